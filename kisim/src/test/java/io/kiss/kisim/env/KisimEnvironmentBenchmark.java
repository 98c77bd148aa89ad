package io.kiss.kisim.env;

import io.kiss.kisim.autoscale.ActionSpace;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Environment steps a second on one core, with telemetry, encoding, guardrails and reward, over
 * episodes as training draws them, resets included. Each iteration also prints steps per second of
 * CPU time, which other programs on the machine disturb less.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class KisimEnvironmentBenchmark {
  private static final int ENVIRONMENTS = 64;

  /** Whether all goes well in all episodes, or troubles come as in training. */
  @Param({"none", "usual"})
  public String troubles;

  private final Random random = new Random(1);
  private final int[] actions = new int[ENVIRONMENTS];
  private KisimEnvironment environment;
  private VectorStep step;
  private long steps;
  private long before;

  /** Measures the services' steady states and goes through the first, shortened episodes. */
  @Setup
  public void create() {
    EnvironmentSettings usual = EnvironmentSettings.DEFAULT;
    EnvironmentSettings settings =
        troubles.equals("usual")
            ? usual
            : new EnvironmentSettings(
                usual.fewestSteps(),
                usual.mostSteps(),
                usual.tickSeconds(),
                usual.guards(),
                usual.churnPrice(),
                TroubleShares.NONE,
                usual.ranges());
    new ScenarioGenerator(settings).prepare();
    environment = new KisimEnvironment(ENVIRONMENTS, 1, settings);
    step = environment.reset();
    for (int t = 0; t < settings.mostSteps(); t++) {
      steps();
    }
  }

  /** Starts counting CPU time. */
  @Setup(Level.Iteration)
  public void start() {
    steps = 0;
    before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** Prints what came of it. */
  @TearDown(Level.Iteration)
  public void stop() {
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
    System.out.printf("[%.3f M/CPU-s] ", 1e3 * steps / nanos);
  }

  /** One step of every environment. */
  @Benchmark
  @OperationsPerInvocation(ENVIRONMENTS)
  public VectorStep steps() {
    for (int e = 0; e < ENVIRONMENTS; e++) {
      // Mostly small steps, as a policy's are, so that fleets stay near what they need.
      int action = ActionSpace.STAY;
      int draw = random.nextInt(10);
      if (draw < 2) {
        action = draw == 0 ? ActionSpace.STAY - 1 : ActionSpace.STAY + 1;
      }
      boolean allowed = step.masks[e * ActionSpace.SIZE + action] == 1;
      actions[e] = allowed ? action : ActionSpace.STAY;
    }
    step = environment.step(actions);
    steps += ENVIRONMENTS;
    return step;
  }
}
