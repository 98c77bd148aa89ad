package io.kiss.learner;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import org.junit.jupiter.api.Test;

class SegmentCheckTest {
  /** Two steps in three environments of two features and two heads; one step ended an episode. */
  private static TrajectorySegment segment(byte[] actions, byte[] flags) {
    return new TrajectorySegment(
        0,
        1,
        0,
        new Iteration("run", 1, 0),
        2,
        3,
        new float[12],
        new int[6],
        actions,
        new float[6],
        new float[6],
        flags,
        new float[2],
        new float[6],
        EpisodeSummary.NONE);
  }

  private static final int[] HEADS = {3, 2};

  @Test
  void aSegmentWhoseArraysFitItsHeadsIsTaken() {
    byte[] actions = {0, 0, 1, 1, 2, 0, 2, 1, 0, 1, 1, 0};
    assertThat(SegmentCheck.problem(segment(actions, ended()), 2, HEADS)).isEmpty();
  }

  private static byte[] ended() {
    return new byte[] {1, 1, TrajectorySegment.TRUNCATED, 1, 1, 1};
  }

  @Test
  void anActionThatItsHeadDoesNotHaveIsNamed() {
    byte[] actions = {0, 0, 1, 1, 2, 2, 2, 1, 0, 1, 1, 0};
    assertThat(SegmentCheck.problem(segment(actions, ended()), 2, HEADS))
        .hasValueSatisfying(problem -> assertThat(problem).contains("action 2 is none of 2"));
    actions[5] = -1;
    assertThat(SegmentCheck.problem(segment(actions, ended()), 2, HEADS)).isPresent();
  }

  @Test
  void arraysOfAnotherLengthAreRefused() {
    byte[] oneHead = new byte[6];
    assertThat(SegmentCheck.problem(segment(oneHead, ended()), 2, HEADS)).isPresent();
    assertThat(SegmentCheck.problem(segment(new byte[12], ended()), 3, HEADS)).isPresent();
    assertThat(SegmentCheck.problem(segment(new byte[12], new byte[6]), 2, HEADS)).isPresent();
  }
}
