package io.kiss.actors.protocol;

/**
 * Where a run stands.
 *
 * @param run its name; empty while there is none
 * @param workers that deliver segments
 * @param environmentSteps the weights have learned from, each counted once; where training falls
 *     back to an older checkpoint after a failure, those since it are taken off again
 * @param stepsPerSecond over the last few seconds
 * @param seconds of training so far, restarts bridged, pauses left out
 * @param episodeReturn mean undiscounted return of the latest episodes; NaN before the first
 * @param sloAttainment mean share of their requests inside the SLO; NaN before the first
 * @param gpuHours mean GPU-hours an episode allocated; NaN before the first
 */
public record TrainingProgress(
    String run,
    State state,
    long epoch,
    long iteration,
    int workers,
    long environmentSteps,
    double stepsPerSecond,
    double seconds,
    TrainingBudget budget,
    double episodeReturn,
    double sloAttainment,
    double gpuHours,
    UpdateStatistics lastUpdate)
    implements ControlMessage {

  /** The same with another speed. */
  public TrainingProgress withStepsPerSecond(double speed) {
    return new TrainingProgress(
        run,
        state,
        epoch,
        iteration,
        workers,
        environmentSteps,
        speed,
        seconds,
        budget,
        episodeReturn,
        sloAttainment,
        gpuHours,
        lastUpdate);
  }

  /** What a run is doing. */
  public enum State {
    IDLE,
    RUNNING,
    PAUSED,
    COMPLETE,
    STOPPED
  }
}
