package io.kiss.kisim.env;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kiss.kisim.autoscale.ActionSpace;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What an environment costs in memory: nothing a step, little a reset. */
class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int ENVIRONMENTS = 16;
  private static final int STEPS = 50_000;
  private static final int MOST_PASSES = 20;
  private static final EnvironmentSettings SETTINGS =
      EnvironmentSettings.DEFAULT.with(ScenarioRanges.DEFAULT.withShapes(3));

  private final KisimEnvironment environment = new KisimEnvironment(ENVIRONMENTS, 7, SETTINGS);
  private final int[] actions = new int[ENVIRONMENTS];
  private final Random random = new Random(7);

  /** Random allowed actions, chosen without allocating. */
  private void choose(VectorStep step) {
    for (int e = 0; e < ENVIRONMENTS; e++) {
      int action = random.nextInt(ActionSpace.SIZE);
      while (step.masks[e * ActionSpace.SIZE + action] == 0) {
        action = (action + 1) % ActionSpace.SIZE;
      }
      actions[e] = action;
    }
  }

  private static boolean anyEnded(VectorStep step) {
    for (int e = 0; e < ENVIRONMENTS; e++) {
      if (step.ended(e)) {
        return true;
      }
    }
    return false;
  }

  private long bytesOfSteps;
  private long bytesOfResets;
  private int steps;
  private int resets;

  /** Goes the same way through the same episodes at every call, and counts. */
  private void pass() {
    bytesOfSteps = 0;
    bytesOfResets = 0;
    steps = 0;
    resets = 0;
    random.setSeed(7);
    VectorStep step = environment.reset();
    for (int t = 0; t < STEPS / ENVIRONMENTS; t++) {
      choose(step);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      step = environment.step(actions);
      long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (anyEnded(step)) {
        bytesOfResets += bytes;
        for (int e = 0; e < ENVIRONMENTS; e++) {
          resets += step.ended(e) ? 1 : 0;
        }
      } else {
        bytesOfSteps += bytes;
        steps += ENVIRONMENTS;
      }
    }
  }

  @Test
  void aStepAllocatesNothingAndAResetLittle() {
    // Tables and buffers grow to the size that these episodes need, and the compiler gets done. It
    // takes some passes: which of an engine's buffers meets the longest line differs among them.
    int passes = 0;
    do {
      pass();
    } while (bytesOfSteps > 0 && ++passes < MOST_PASSES);
    assertThat(steps).isGreaterThan(STEPS / 2);
    assertThat(resets).isGreaterThan(50);
    assertThat(bytesOfSteps).as("bytes of %d steps", steps).isZero();
    assertThat(bytesOfResets / resets).as("bytes of a reset").isLessThan(8192);
  }

  @Test
  void aHundredThousandEnvironmentsWouldFitIntoEightGibibytes() {
    int workers = 40;
    int perWorker = 10;
    double each = Footprint.bytes(SETTINGS, workers, perWorker, 30) / (workers * perWorker);
    assertThat(each).as("bytes of an environment").isBetween(1e3, 8.0 * (1 << 30) / 100_000);
  }
}
