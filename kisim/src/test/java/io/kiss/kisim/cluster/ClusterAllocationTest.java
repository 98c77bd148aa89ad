package io.kiss.kisim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kiss.kisim.serving.ReadinessProbe;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.Nanos;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a cluster takes from the heap, by the JVM's own count for this thread. */
class ClusterAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** A pod's last requests take no time. */
  private static final class Instant implements PodListener {
    private KubernetesCluster cluster;

    @Override
    public void created(int pod, long now) {}

    @Override
    public void ready(int pod, long now) {}

    @Override
    public void draining(int pod, long now) {
      cluster.drained(pod);
    }

    @Override
    public void unreachable(int pod, long now) {}

    @Override
    public void killed(int pod, long now) {}

    @Override
    public void gone(int pod, long now) {}
  }

  private static final ServiceModel SERVICE =
      ClusterRun.service(
          new StartUp(
              Delay.constant(30),
              Delay.lognormal(10, 0.3),
              Delay.lognormalFromQuantiles(20, 40),
              new ReadinessProbe(5, 10),
              30));

  private static final ClusterSpec FAILING =
      new ClusterSpec(
          List.of(
              NodePool.fixed("base", 2, 4),
              new NodePool("spot", 4, 0, 8, Delay.exponential(100), 300, true, false)),
          Delay.constant(1),
          Delay.uniform(0, 2),
          FaultSettings.NONE.withRates(2, 1, 1, 1));

  private static void live(KubernetesCluster cluster, ClusterSpec spec, Instant listener) {
    listener.cluster = cluster;
    for (int seed = 0; seed < 20; seed++) {
      cluster.reset(spec, SERVICE, 10, 40, seed, 0, listener);
      for (int step = 1; step <= 240; step++) {
        cluster.advanceTo(step * 15 * Nanos.PER_SECOND);
        cluster.setDesired(20 + (int) (20 * Math.sin(0.1 * step)));
      }
    }
  }

  @Test
  void onceGrownEpisodesAndResetsAllocateNothing() {
    KubernetesCluster cluster = new KubernetesCluster();
    Instant listener = new Instant();
    for (ClusterSpec spec : List.of(ClusterSpec.AMPLE, FAILING)) {
      live(cluster, spec, listener);
      long before = THREADS.getCurrentThreadAllocatedBytes();
      long calling = THREADS.getCurrentThreadAllocatedBytes() - before;
      before = THREADS.getCurrentThreadAllocatedBytes();
      live(cluster, spec, listener);
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before - calling).isZero();
    }
  }

  @Test
  void anAmpleClusterOfFortyPodsTakesAFewKibibytes() {
    Instant listener = new Instant();
    new KubernetesCluster().reset(ClusterSpec.AMPLE, SERVICE, 40, 40, 1, 0, listener);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    int clusters = 100;
    for (int i = 0; i < clusters; i++) {
      new KubernetesCluster().reset(ClusterSpec.AMPLE, SERVICE, 40, 40, 1, 0, listener);
    }
    // What growing left behind is counted as well.
    double each = (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / clusters;
    System.out.println("allocated for a cluster of 40 pods: " + each + " B");
    assertThat(each).isLessThan(8192);
  }
}
