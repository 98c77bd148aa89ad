package io.kiss.kisim.autoscale;

/**
 * Limits that no decision may break, whoever proposed it.
 *
 * @param maxStepUpFactor replicas at most multiply by this in one tick
 * @param maxStepUpPods or grow by this many, whichever allows more
 * @param maxStepDownFraction share of the replicas that may go in one tick, 0..1; one pod may
 *     always go
 * @param stabilisationSeconds a scale-down goes no lower than the highest proposal of this window
 * @param flapBudget scale-downs that may follow a scale-up within the flap window
 * @param flapWindowSeconds length of the window the flap budget counts in
 * @param staleAfterSeconds samples older than this do not count
 * @param failsafeReplicas raise to this many when telemetry stays away; 0: never
 * @param failsafeAfterSeconds how long telemetry must have been away for that
 */
public record GuardSettings(
    double maxStepUpFactor,
    int maxStepUpPods,
    double maxStepDownFraction,
    double stabilisationSeconds,
    int flapBudget,
    double flapWindowSeconds,
    double staleAfterSeconds,
    int failsafeReplicas,
    double failsafeAfterSeconds) {

  /** What training uses, and live scalers unless told otherwise. */
  public static final GuardSettings DEFAULT =
      new GuardSettings(2.0, 4, 0.5, 60, 6, 900, 60, 0, 300);

  public GuardSettings {
    if (!(maxStepUpFactor >= 1)) {
      throw new IllegalArgumentException("maxStepUpFactor must be at least 1");
    }
    if (maxStepUpPods < 1) {
      throw new IllegalArgumentException("maxStepUpPods must be at least 1");
    }
    if (!(maxStepDownFraction > 0 && maxStepDownFraction <= 1)) {
      throw new IllegalArgumentException("maxStepDownFraction must be in (0, 1]");
    }
    if (!(stabilisationSeconds >= 0 && flapWindowSeconds >= 0 && failsafeAfterSeconds >= 0)) {
      throw new IllegalArgumentException("guard windows must not be negative");
    }
    if (flapBudget < 0 || flapBudget > GuardState.MAX_FLAPS) {
      throw new IllegalArgumentException("flapBudget must be in 0.." + GuardState.MAX_FLAPS);
    }
    if (!(staleAfterSeconds > 0)) {
      throw new IllegalArgumentException("staleAfterSeconds must be positive");
    }
    if (failsafeReplicas < 0) {
      throw new IllegalArgumentException("failsafeReplicas must not be negative");
    }
  }
}
