package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.KubernetesCluster;
import io.kiss.kisim.cluster.NodePool;
import io.kiss.kisim.cluster.PodListener;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.Nanos;
import java.util.Arrays;
import java.util.List;

/**
 * How long each pod of a run takes to start. The cluster draws that from the seed and the pod's
 * number alone, so a cluster on which nothing else happens tells it beforehand.
 */
final class PodStarts {
  private static final int AT_ONCE = 256;
  private static final int GPUS_PER_NODE = 8;
  private static final long LONG_ENOUGH = 40L * 86_400 * Nanos.PER_SECOND;

  private PodStarts() {}

  /**
   * Seconds from being bound to a node that has the image until Ready, of the pods with the numbers
   * 0 to {@code count} - 1.
   */
  static double[] seconds(ServiceModel service, long seed, int count) {
    Stopwatch watch = new Stopwatch(count);
    int nodes = (int) Math.ceil(service.gpusPerPod() * AT_ONCE / GPUS_PER_NODE) + AT_ONCE;
    ClusterSpec alone =
        new ClusterSpec(
            List.of(NodePool.fixed("alone", nodes, GPUS_PER_NODE)),
            Delay.NONE,
            Delay.NONE,
            FaultSettings.NONE);
    watch.cluster.reset(alone, service, 0, AT_ONCE, seed, 0, watch);
    long now = 0;
    while (watch.ready < count) {
      watch.cluster.setDesired(Math.min(AT_ONCE, count - watch.ready));
      now += LONG_ENOUGH;
      watch.cluster.advanceTo(now);
      watch.cluster.setDesired(0);
    }
    return watch.seconds;
  }

  /** Those of the first {@code count} pods after the initial ones. */
  static double[] after(Outlook outlook, int count) {
    int initial = outlook.initial;
    double[] all = seconds(outlook.scenario.service(), outlook.seed, initial + count);
    return Arrays.copyOfRange(all, initial, initial + count);
  }

  private static final class Stopwatch implements PodListener {
    final KubernetesCluster cluster = new KubernetesCluster();
    final double[] seconds;
    private final int[] number = new int[2 * AT_ONCE];
    private final long[] since = new long[2 * AT_ONCE];
    private int created;
    private int ready;

    Stopwatch(int count) {
      seconds = new double[count];
    }

    @Override
    public void created(int pod, long now) {
      number[pod] = created++;
      since[pod] = now;
    }

    @Override
    public void ready(int pod, long now) {
      seconds[number[pod]] = Nanos.toSeconds(now - since[pod]);
      ready++;
    }

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
}
