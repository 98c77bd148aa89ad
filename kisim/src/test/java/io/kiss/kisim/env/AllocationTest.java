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

  private final KisimEnvironment environment =
      new KisimEnvironment(ENVIRONMENTS, 7, EnvironmentSettings.DEFAULT);
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

  @Test
  void aStepAllocatesNothingAndAResetLittle() {
    new ScenarioGenerator(EnvironmentSettings.DEFAULT).prepare();
    VectorStep step = environment.reset();
    // Two episodes each: buffers grow to their working size, and the compiler is done.
    int warmUp = 2 * EnvironmentSettings.DEFAULT.mostSteps();
    int measured = 100_000 / ENVIRONMENTS;
    long bytesOfSteps = 0;
    long bytesOfResets = 0;
    int steps = 0;
    int resets = 0;
    for (int t = 0; t < warmUp + measured; t++) {
      choose(step);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      step = environment.step(actions);
      long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
      if (t < warmUp) {
        continue;
      }
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
    assertThat(steps).isGreaterThan(50_000);
    assertThat(resets).isGreaterThan(100);
    System.out.printf(
        "%d steps: %d B in all; %d resets: %d B each%n",
        steps, bytesOfSteps, resets, bytesOfResets / resets);
    assertThat(bytesOfSteps).isZero();
    assertThat(bytesOfResets / resets).isLessThan(16_384);
  }
}
