package io.kiss.actors.protocol;

import java.util.List;

/**
 * Where the segments of a run come from, as the learner sees it.
 *
 * @param now the iteration that workers are told to collect with
 * @param queueDepth segments that no update has begun with: in the batch being filled, and behind
 *     it
 * @param queueSeconds how long the oldest of them has waited; 0 where there is none
 */
public record RolloutProgress(
    Iteration now, int queueDepth, double queueSeconds, List<WorkerProgress> workers)
    implements ControlMessage {

  public RolloutProgress {
    workers = List.copyOf(workers);
  }

  /**
   * A worker that joined.
   *
   * @param node address of the node it runs on
   * @param iteration its newest segment was collected with; -1 before the first
   * @param lag iterations that one was behind when it came; -1 before the first
   * @param segments counted, of this incarnation
   * @param stepsPerSecond environment steps it delivered over the last few seconds
   * @param silentSeconds since its newest segment, or since it joined
   * @param late batches go on without it until it delivers again
   */
  public record WorkerProgress(
      int worker,
      long incarnation,
      String node,
      long iteration,
      long lag,
      long segments,
      double stepsPerSecond,
      double silentSeconds,
      boolean late) {}
}
