package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.QueueingRule;

/**
 * What {@link Queueing} goes by.
 *
 * @param arrivalCv coefficient of variation of the times between arrivals
 * @param serviceCv coefficient of variation of the service time
 * @param drainSeconds a queue must be worked off within this time
 * @param stabilisationSeconds a scale-down goes no lower than the highest wish of this window
 * @param correct whether it learns from the measured latency what the formula misses
 */
public record QueueingParameters(
    double arrivalCv,
    double serviceCv,
    double drainSeconds,
    double stabilisationSeconds,
    boolean correct) {

  /** Poisson arrivals, constant service, a minute to work off a queue, five as the HPA keeps. */
  public static final QueueingParameters DEFAULT =
      new QueueingParameters(1, 0, QueueingRule.DRAIN_SECONDS, 300, true);

  public QueueingParameters {
    if (!(arrivalCv >= 0 && serviceCv >= 0 && stabilisationSeconds >= 0)) {
      throw new IllegalArgumentException(
          "coefficients of variation and the window must not be negative");
    }
    if (!(drainSeconds > 0)) {
      throw new IllegalArgumentException("drain must be positive, not " + drainSeconds);
    }
  }

  /** Mean of the squared coefficients of variation. */
  double variability() {
    return (arrivalCv * arrivalCv + serviceCv * serviceCv) / 2;
  }
}
