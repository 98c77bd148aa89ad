package io.kiss.actors.protocol;

/**
 * What one worker collected with one iteration's weights: {@code steps} steps in each of {@code
 * environments} environments. Row {@code t * environments + e} is step t of environment e.
 *
 * @param worker index of the worker
 * @param incarnation of the worker, so that a restarted one is not mistaken for its predecessor
 * @param sequence number of the segment within the incarnation, from 0
 * @param iteration whose weights acted
 * @param observations raw, before normalisation {@code [steps × envs × features]}
 * @param masks bit a is set where action a was allowed; where several actions are chosen at once,
 *     the heads' actions are counted on from head to head {@code [steps × envs]}
 * @param actions taken, one a head, counted from 0 in each; nearly always there is one head {@code
 *     [steps × envs × heads]}
 * @param logProbabilities of all heads' actions together, under the weights that acted {@code
 *     [steps × envs]}
 * @param rewards {@code [steps × envs]}
 * @param flags {@link #POLICY_DECIDED}, {@link #TERMINATED}, {@link #TRUNCATED} {@code [steps ×
 *     envs]}
 * @param terminalObservations of the steps flagged as ended, in row order {@code [ended ×
 *     features]}
 * @param lastObservations after the last step, to bootstrap from {@code [envs × features]}
 * @param episodes that ended in the segment
 */
public record TrajectorySegment(
    int worker,
    long incarnation,
    long sequence,
    Iteration iteration,
    int steps,
    int environments,
    float[] observations,
    int[] masks,
    byte[] actions,
    float[] logProbabilities,
    float[] rewards,
    byte[] flags,
    float[] terminalObservations,
    float[] lastObservations,
    EpisodeSummary episodes)
    implements BulkMessage {

  /** The policy chose the action; otherwise the step is left out of the loss. */
  public static final byte POLICY_DECIDED = 1;

  /** The step ended an episode in a state without future. */
  public static final byte TERMINATED = 2;

  /** The step was the last of an episode that was cut off. */
  public static final byte TRUNCATED = 4;

  /** Environment steps in the segment. */
  public int environmentSteps() {
    return steps * environments;
  }
}
