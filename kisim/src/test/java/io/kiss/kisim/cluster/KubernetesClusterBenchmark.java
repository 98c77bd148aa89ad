package io.kiss.kisim.cluster;

import io.kiss.kisim.serving.ReadinessProbe;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.Nanos;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the cluster costs an engine: a second in which nothing is due, and a scale-up by ten pods
 * through all stages followed by their scale-down and drain. With {@code -prof gc}: 0 B.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class KubernetesClusterBenchmark implements PodListener {
  private static final int PODS = 10;

  /** Whether a fault by rate may come, and its clock has to follow the pods. */
  @Param({"false", "true"})
  public boolean faults;

  private final KubernetesCluster cluster = new KubernetesCluster();
  private long now;

  @Setup
  public void setUp() {
    StartUp startUp =
        new StartUp(
            Delay.NONE,
            Delay.constant(9.5),
            Delay.lognormalFromQuantiles(22.7, 45.4),
            new ReadinessProbe(30, 10),
            30);
    ClusterSpec spec = ClusterSpec.AMPLE;
    if (faults) {
      spec = spec.with(FaultSettings.NONE.withRates(1e-3, 1e-3, 1e-3, 1e-3));
    }
    now = 0;
    cluster.reset(spec, ClusterRun.service(startUp), PODS, 2 * PODS, 1, now, this);
  }

  @Benchmark
  public long idleSecond() {
    now += Nanos.PER_SECOND;
    cluster.advanceTo(now);
    return cluster.ready();
  }

  @Benchmark
  public long tenPodsUpAndDown() {
    cluster.setDesired(2 * PODS);
    now += 600 * Nanos.PER_SECOND;
    cluster.advanceTo(now);
    cluster.setDesired(PODS);
    return cluster.current();
  }

  @Override
  public void created(int pod, long at) {}

  @Override
  public void ready(int pod, long at) {}

  @Override
  public void draining(int pod, long at) {
    cluster.drained(pod);
  }

  @Override
  public void unreachable(int pod, long at) {}

  @Override
  public void killed(int pod, long at) {}

  @Override
  public void gone(int pod, long at) {}
}
