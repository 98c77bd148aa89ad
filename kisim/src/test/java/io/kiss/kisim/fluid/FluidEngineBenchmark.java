package io.kiss.kisim.fluid;

import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.ScalerCore;
import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.OpenTraffic;
import java.lang.management.ManagementFactory;
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
 * Steps of 15 s on one core: 10 pods under a load that goes up and down. {@code physics}: engine
 * and truth, Prometheus scraping twice an hour. {@code decided}: a scrape every 15 s, its telemetry
 * read and encoded at every step. {@code overloaded}: physics at twice the capacity, a timeout
 * cutting the line. Each iteration also prints steps per second of CPU time, which other programs
 * on the machine disturb less.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FluidEngineBenchmark {
  private static final int STEP = 15;
  private static final int STEPS = 2_000;
  private static final int PODS = 10;

  /** Counts CPU time of the measuring thread, resets left out. */
  @State(Scope.Thread)
  public static class CpuTime {
    private long steps;
    private long nanos;
    private long before;

    @Setup(Level.Iteration)
    public void start() {
      steps = 0;
      nanos = 0;
    }

    void begin() {
      before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    void end() {
      nanos += ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
      steps += STEPS;
    }

    @TearDown(Level.Iteration)
    public void stop() {
      System.out.printf("[%.3f M/CPU-s] ", 1e3 * steps / nanos);
    }
  }

  /** An engine in the middle of a scenario that begins anew when it is over. */
  @State(Scope.Thread)
  public static class Run {
    /** A shape of the pool: 4 servers, and batches of 16 with a queue delay. */
    @Param({"4", "12"})
    public int shape;

    final FluidEngine engine = new FluidEngine();
    final TelemetryBuffer telemetry = new TelemetryBuffer(64);
    final float[] observation = new float[ScalerCore.OBSERVATION_SIZE];
    ScalerCore core;
    private float[] rates;

    void begin(double load, TelemetrySettings settings) {
      ServiceModel service = ShapePool.service(shape, 0.08, StartUp.ofTotal(60, 0.2, 30));
      service = service.with(service.batching().withTimeout(10));
      int seconds = STEPS * STEP;
      if (rates == null) {
        rates = new float[seconds];
        for (int t = 0; t < seconds; t++) {
          double wave = 0.7 + 0.25 * Math.sin(t / 300.0) + 0.03 * Math.sin(t / 7.0);
          rates[t] = (float) (load * wave * PODS * service.podCapacity());
        }
      }
      Scenario scenario =
          new Scenario(
              "benchmark",
              service,
              Routing.LEAST_OUTSTANDING,
              OpenTraffic.poisson(rates),
              seconds,
              ClusterSpec.AMPLE,
              0.4,
              PODS,
              2 * PODS,
              settings);
      engine.reset(scenario, 1);
      core = new ScalerCore(Episode.of(scenario, 10, STEP).workload(), GuardSettings.DEFAULT);
    }
  }

  /** Before each invocation: a run without telemetry. */
  @State(Scope.Thread)
  public static class Quiet extends Run {
    @Setup(Level.Invocation)
    public void setUp() {
      begin(1, TelemetrySettings.of(1800, 3600));
    }
  }

  /** A run under overload. */
  @State(Scope.Thread)
  public static class Overloaded extends Run {
    @Setup(Level.Invocation)
    public void setUp() {
      begin(2, TelemetrySettings.of(1800, 3600));
    }
  }

  /** A run with a scrape a step. */
  @State(Scope.Thread)
  public static class Scraped extends Run {
    @Setup(Level.Invocation)
    public void setUp() {
      begin(1, TelemetrySettings.DEFAULT);
    }
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public double physics(Quiet run, CpuTime cpu) {
    cpu.begin();
    double violating = steps(run);
    cpu.end();
    return violating;
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public double overloaded(Overloaded run, CpuTime cpu) {
    cpu.begin();
    double violating = steps(run);
    cpu.end();
    return violating;
  }

  private static double steps(Run run) {
    double violating = 0;
    for (int i = 0; i < STEPS; i++) {
      run.engine.advance(STEP);
      violating += run.engine.truth().violating();
    }
    return violating;
  }

  @Benchmark
  @OperationsPerInvocation(STEPS)
  public double decided(Scraped run, CpuTime cpu) {
    cpu.begin();
    double sum = 0;
    for (int i = 0; i < STEPS; i++) {
      run.engine.advance(STEP);
      run.engine.readTelemetry(run.telemetry);
      DecisionSource source = run.core.observe(run.telemetry, run.observation, 0);
      run.core.act(source, 4);
      sum += run.engine.truth().violating() + run.observation[0];
    }
    cpu.end();
    return sum;
  }
}
