package io.kiss.actors.protocol;

/**
 * When a run is done: at whichever comes first.
 *
 * @param seconds of training, those before a restart counted in; {@link Double#MAX_VALUE}: no limit
 * @param environmentSteps likewise; {@link Long#MAX_VALUE}: no limit
 */
public record TrainingBudget(double seconds, long environmentSteps) implements ControlMessage {

  public TrainingBudget {
    if (!(seconds > 0)) {
      throw new IllegalArgumentException("a training budget needs more than 0 seconds");
    }
    if (environmentSteps <= 0) {
      throw new IllegalArgumentException("a training budget needs more than 0 environment steps");
    }
  }

  /** A budget of time alone. */
  public static TrainingBudget ofSeconds(double seconds) {
    return new TrainingBudget(seconds, Long.MAX_VALUE);
  }

  /** Whether it ends with time. */
  public boolean limitsSeconds() {
    return seconds < Double.MAX_VALUE;
  }

  /** Whether it ends with steps. */
  public boolean limitsSteps() {
    return environmentSteps < Long.MAX_VALUE;
  }
}
