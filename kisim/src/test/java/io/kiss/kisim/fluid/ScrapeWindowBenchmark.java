package io.kiss.kisim.fluid;

import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.telemetry.TelemetrySettings;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.apache.commons.rng.simple.RandomSource;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What telemetry costs in an environment step of 15 s: 15 seconds counted, a scrape, a query. Each
 * iteration also prints nanoseconds of CPU time, which other programs on the machine disturb less.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ScrapeWindowBenchmark {
  /** What happens besides: nothing, replicas that change every minute, scrapes that fail. */
  @Param({"steady", "scaling", "failing"})
  public String what;

  private final ScrapeWindow window = new ScrapeWindow();
  private final TelemetryBuffer out = new TelemetryBuffer(1);
  private final double[] answered = new double[TelemetrySettings.DEFAULT.bounds().buckets()];
  private int now;
  private long steps;
  private long cpuBefore;

  /** Begins to count CPU time. */
  @Setup(Level.Iteration)
  public void startClock() {
    steps = 0;
    cpuBefore = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  /** Prints it. */
  @TearDown(Level.Iteration)
  public void stopClock() {
    long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpuBefore;
    System.out.printf("[%.0f CPU-ns/op] ", (double) nanos / steps);
  }

  /** Begins anew. */
  @Setup
  public void reset() {
    TelemetrySettings settings = TelemetrySettings.DEFAULT;
    if (what.equals("failing")) {
      settings = settings.withFailedScrapes(0.02);
    }
    now = 0;
    window.reset(settings, RandomSource.XO_SHI_RO_256_PP.create(1), 1, now);
    window.setReady(10);
  }

  /** A step; latencies lie in five buckets. */
  @Benchmark
  public double step() {
    steps++;
    if (now > 1_000_000) {
      reset();
    }
    if (what.equals("scaling")) {
      window.setReady(10 + now / 60 % 5);
    }
    for (int second = 0; second < 15; second++) {
      now++;
      window.arrived(100);
      window.completed(100);
      for (int b = 0; b < 5; b++) {
        answered[3 + b] += 20;
      }
      if (window.due(now)) {
        window.take(answered);
        window.scrape(now, 3, 7, 0.8);
      }
    }
    window.read(now, 0.4, out);
    return out.p95LatencySeconds;
  }
}
