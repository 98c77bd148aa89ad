package io.kiss.kisim.autoscale.opponents;

/**
 * A KEDA ScaledObject with one Prometheus trigger.
 *
 * @param signal what the trigger's query answers, summed over pods
 * @param threshold of it a replica is there for (an {@code AverageValue})
 * @param activation the trigger is active above this
 * @param ignoreNull a lost series reads as 0, as the Prometheus trigger does by default; otherwise
 *     it is an error
 * @param failures after more errors than this in a row the fallback counts
 * @param fallbackReplicas replicas then; 0: no fallback, the HPA holds
 * @param toZero whether it goes to zero when inactive; that needs somebody to hold requests
 *     meanwhile
 * @param pollingSeconds time between two looks at the activation
 * @param cooldownSeconds inactive for longer than this before it goes to zero
 * @param maxReplicas upper limit of its own
 * @param hpa of the HPA it creates; that one's metrics are not read
 */
public record KedaParameters(
    Signal signal,
    double threshold,
    double activation,
    boolean ignoreNull,
    int failures,
    int fallbackReplicas,
    boolean toZero,
    double pollingSeconds,
    double cooldownSeconds,
    int maxReplicas,
    HpaParameters hpa) {

  /** KEDA's defaults, following the load at 70 %. */
  public static final KedaParameters DEFAULT =
      new KedaParameters(
          Signal.LOAD, 0.7, 0, true, 3, 0, false, 30, 300, 100, HpaParameters.DEFAULT);

  public KedaParameters {
    if (signal == Signal.LATENCY) {
      throw new IllegalArgumentException(
          "latency is no sum over pods, so it cannot be shared out by an average value");
    }
    if (!(threshold > 0) || Double.isInfinite(threshold)) {
      throw new IllegalArgumentException("threshold must be a positive number, not " + threshold);
    }
    if (failures < 0 || fallbackReplicas < 0) {
      throw new IllegalArgumentException("failures and fallback must not be negative");
    }
    if (!(pollingSeconds > 0) || !(cooldownSeconds >= 0) || maxReplicas < 1) {
      throw new IllegalArgumentException("polling, cooldown or max is impossible");
    }
  }
}
