package io.kiss.kisim.serving;

import io.kiss.kisim.time.Delay;

/**
 * What a pod goes through on its node until it is Ready, and how long it may take to end. Waiting
 * for a node comes before, and is the cluster's.
 *
 * @param imagePull of a node that does not have the image yet
 * @param containerStart from the image being there until the server process runs: sandbox, init
 *     containers, device plugin
 * @param modelLoad from then until the server would answer a probe
 * @param readiness when that is noticed
 * @param graceSeconds a terminating pod may finish what it has for at most this long
 */
public record StartUp(
    Delay imagePull,
    Delay containerStart,
    Delay modelLoad,
    ReadinessProbe readiness,
    double graceSeconds) {

  /** Ready at once, and Kubernetes' default 30 s to finish. */
  public static final StartUp INSTANT = ofTotal(0, 0, 30);

  public StartUp {
    if (!(graceSeconds >= 0 && graceSeconds < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "graceSeconds must not be negative, and is " + graceSeconds);
    }
  }

  /**
   * A start-up of which only the whole is known.
   *
   * @param meanSeconds mean time on a node until Ready
   * @param cv its coefficient of variation (log-normal); 0: always the mean
   */
  public static StartUp ofTotal(double meanSeconds, double cv, double graceSeconds) {
    Delay load =
        meanSeconds == 0 || cv == 0
            ? Delay.constant(meanSeconds)
            : Delay.lognormal(meanSeconds, cv);
    return new StartUp(Delay.NONE, Delay.NONE, load, ReadinessProbe.IMMEDIATE, graceSeconds);
  }

  /** Mean time from being bound to a node that has the image until Ready, seconds. */
  public double meanSeconds() {
    return containerStart.meanSeconds() + readiness.meanReadyAfter(modelLoad.meanSeconds());
  }
}
