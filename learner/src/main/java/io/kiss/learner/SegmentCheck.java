package io.kiss.learner;

import io.kiss.actors.protocol.TrajectorySegment;
import java.util.Optional;

/** Whether a segment's arrays fit together, so that a torn one never reaches the engine. */
final class SegmentCheck {
  private SegmentCheck() {}

  /**
   * What is wrong with a segment; empty: nothing.
   *
   * @param features of an observation
   * @param heads number of each head's actions
   */
  static Optional<String> problem(TrajectorySegment segment, int features, int[] heads) {
    long rows = (long) segment.steps() * segment.environments();
    if (segment.steps() < 1 || segment.environments() < 1) {
      return Optional.of("it has no steps");
    }
    if (segment.masks().length != rows
        || segment.actions().length != rows * heads.length
        || segment.logProbabilities().length != rows
        || segment.rewards().length != rows
        || segment.flags().length != rows) {
      return Optional.of("its arrays do not have " + rows + " rows");
    }
    if (segment.observations().length != rows * features
        || segment.lastObservations().length != (long) segment.environments() * features) {
      return Optional.of("its observations do not have " + features + " features");
    }
    for (int i = 0; i < segment.actions().length; i++) {
      byte action = segment.actions()[i];
      if (action < 0 || action >= heads[i % heads.length]) {
        return Optional.of("its action " + action + " is none of " + heads[i % heads.length]);
      }
    }
    long ended = 0;
    for (byte flags : segment.flags()) {
      if ((flags & (TrajectorySegment.TERMINATED | TrajectorySegment.TRUNCATED)) != 0) {
        ended++;
      }
    }
    if (segment.terminalObservations().length != ended * features) {
      return Optional.of("it does not have " + ended + " terminal observations");
    }
    return Optional.empty();
  }
}
