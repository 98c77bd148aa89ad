package io.kiss.cluster.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class WideSegmentTest {
  private static final byte D = TrajectorySegment.POLICY_DECIDED;
  private static final byte END = D | TrajectorySegment.TRUNCATED;

  /** Two steps, two features; every figure of worker w, step t, environment e is wte. */
  private static TrajectorySegment part(int worker, int environments, byte... flags) {
    int rows = 2 * environments;
    float[] observations = new float[2 * rows];
    int[] masks = new int[rows];
    byte[] actions = new byte[rows];
    float[] figures = new float[rows];
    float[] last = new float[2 * environments];
    int ended = 0;
    for (int r = 0; r < rows; r++) {
      int name = 100 * worker + 10 * (r / environments) + r % environments;
      observations[2 * r] = name;
      observations[2 * r + 1] = -name;
      masks[r] = name;
      actions[r] = (byte) (name % 100);
      figures[r] = name;
      ended += flags[r] == END ? 1 : 0;
    }
    float[] terminal = new float[2 * ended];
    for (int r = 0, to = 0; r < rows; r++) {
      if (flags[r] == END) {
        terminal[to++] = 1000 + observations[2 * r];
        terminal[to++] = 1000 + observations[2 * r];
      }
    }
    for (int e = 0; e < last.length; e++) {
      last[e] = 100 * worker + 50 + e;
    }
    return new TrajectorySegment(
        worker,
        0,
        7,
        new Iteration("run", 0, 7),
        2,
        environments,
        observations,
        masks,
        actions,
        figures,
        figures,
        flags,
        terminal,
        last,
        new EpisodeSummary(ended, 10 * ended, ended, ended));
  }

  @Test
  void rowsGoStepByStepWithTheWorkersSideBySide() {
    TrajectorySegment wide =
        WideSegment.of(List.of(part(1, 2, D, END, D, END), part(2, 1, END, D)));
    assertThat(wide.steps()).isEqualTo(2);
    assertThat(wide.environments()).isEqualTo(3);
    assertThat(wide.rewards()).containsExactly(100, 101, 200, 110, 111, 210);
    assertThat(wide.masks()).containsExactly(100, 101, 200, 110, 111, 210);
    assertThat(wide.actions()).containsExactly(0, 1, 0, 10, 11, 10);
    assertThat(wide.observations())
        .containsExactly(100, -100, 101, -101, 200, -200, 110, -110, 111, -111, 210, -210);
    assertThat(wide.flags()).containsExactly(D, END, END, D, END, D);
    // In the order of the rows: worker 1 in step 0, worker 2 in step 0, worker 1 in step 1.
    assertThat(wide.terminalObservations()).containsExactly(1101, 1101, 1200, 1200, 1111, 1111);
    assertThat(wide.lastObservations()).containsExactly(150, 151, 152, 153, 250, 251);
    assertThat(wide.episodes()).isEqualTo(new EpisodeSummary(3, 30, 3, 3));
  }

  @Test
  void oneWorkersSegmentStaysAsItIs() {
    TrajectorySegment only = part(1, 2, D, D, D, D);
    assertThat(WideSegment.of(List.of(only))).isSameAs(only);
  }
}
