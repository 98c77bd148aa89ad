package io.kiss.kisim.request;

import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.TimeoutAction;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
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
 * Requests a second on one core: a Triton-like service of 10 pods at 70 % load, batches of at most
 * 16. Beside it a bare M/M/10 on a binary heap of doubles, whose operation is one event, as a
 * measure of the machine. Each iteration also prints operations per second of CPU time, which other
 * programs on the machine disturb less.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RequestEngineBenchmark {
  private static final int OPERATIONS = 100_000;
  private static final int PODS = 10;
  private static final double LOAD = 0.7;

  /** Counts CPU time of the measuring thread. */
  @State(Scope.Thread)
  public static class CpuTime {
    private long invocations;
    private long before;

    @Setup(Level.Iteration)
    public void start() {
      invocations = 0;
      before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @TearDown(Level.Iteration)
    public void stop() {
      long nanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before;
      System.out.printf("[%.2f M/CPU-s] ", 1e3 * invocations * OPERATIONS / nanos);
    }
  }

  /** The engine in steady state. */
  @State(Scope.Thread)
  public static class Engine {
    @Param({"ROUND_ROBIN", "LEAST_OUTSTANDING"})
    public Routing routing;

    private RequestEngine engine;
    private long step;
    private final Histogram latencies = RequestCounts.newHistogram();

    @Setup(Level.Trial)
    public void setUp() {
      DynamicBatching batching =
          new DynamicBatching(16, new int[] {4, 8, 16}, 0.001, 1, 0, 0, TimeoutAction.REJECT);
      ServiceModel model =
          Services.model(BatchCurve.line(0.002, 0.0005), ServiceNoise.lognormal(0.1), batching);
      double rate = LOAD * PODS * model.podCapacity();
      step = Services.seconds(OPERATIONS / rate);
      engine = new RequestEngine(model, routing, Services.poisson(rate, 1), PODS, 1);
      engine.setSloSeconds(0.05);
    }
  }

  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public long engine(Engine state, CpuTime cpu) {
    cpu.invocations++;
    state.engine.advanceTo(state.engine.nowNanos() + state.step);
    state.latencies.reset();
    state.engine.drainLatencies(state.latencies);
    return state.latencies.getTotalCount();
  }

  /** Whole runs from an empty engine, to see how time grows with the number of requests. */
  @State(Scope.Thread)
  public static class WholeRun {
    @Param({"1000000", "10000000", "100000000"})
    public long requests;
  }

  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @Warmup(iterations = 2)
  @Measurement(iterations = 3)
  public long wholeRun(WholeRun state) {
    Engine engine = new Engine();
    engine.routing = Routing.ROUND_ROBIN;
    engine.setUp();
    engine.engine.advanceTo(state.requests / OPERATIONS * engine.step);
    return engine.engine.counts().served();
  }

  /** M/M/10 at 70 % load: a heap of completion times, nothing else. */
  @State(Scope.Thread)
  public static class BareHeap {
    private final double[] heap = new double[PODS];
    private ZigguratSampler.Exponential gaps;
    private int busy;
    private long waiting;
    private double nextArrival;

    @Setup(Level.Trial)
    public void setUp() {
      UniformRandomProvider random = RequestEngine.random(1, 1);
      gaps = ZigguratSampler.Exponential.of(random);
    }

    private void push(double time) {
      int at = busy++;
      while (at > 0 && heap[(at - 1) >> 1] > time) {
        heap[at] = heap[(at - 1) >> 1];
        at = (at - 1) >> 1;
      }
      heap[at] = time;
    }

    private void replaceTop(double time) {
      int at = 0;
      for (int child = 1; child < busy; child = 2 * at + 1) {
        if (child + 1 < busy && heap[child + 1] < heap[child]) {
          child++;
        }
        if (heap[child] >= time) {
          break;
        }
        heap[at] = heap[child];
        at = child;
      }
      heap[at] = time;
    }

    private void event() {
      if (busy > 0 && heap[0] <= nextArrival) {
        double now = heap[0];
        if (waiting > 0) {
          waiting--;
          replaceTop(now + gaps.sample());
        } else {
          busy--;
          replaceTop(heap[busy]);
        }
        return;
      }
      double now = nextArrival;
      nextArrival = now + gaps.sample() / (LOAD * PODS);
      if (busy < PODS) {
        push(now + gaps.sample());
      } else {
        waiting++;
      }
    }
  }

  @Benchmark
  @OperationsPerInvocation(OPERATIONS)
  public long bareHeap(BareHeap state, CpuTime cpu) {
    cpu.invocations++;
    for (int i = 0; i < OPERATIONS; i++) {
      state.event();
    }
    return state.waiting;
  }
}
