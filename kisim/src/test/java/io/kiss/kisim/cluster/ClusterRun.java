package io.kiss.kisim.cluster;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Nanos;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/** A cluster and the log of what its listener was told: {@code "12.5 ready 3"}, in seconds. */
final class ClusterRun implements PodListener {
  /** What a draining pod has left to do: never done. */
  static final double FOREVER = Double.POSITIVE_INFINITY;

  final KubernetesCluster cluster = new KubernetesCluster();
  final List<String> log = new ArrayList<>();
  private final List<Long> drainAt = new ArrayList<>();
  private final List<Integer> drainPod = new ArrayList<>();
  private final List<Integer> stillDraining = new ArrayList<>();
  private double drainSeconds;

  static ServiceModel service(StartUp startUp) {
    return ServiceModel.ofServers("s", 0.1, 1, ServiceNoise.NONE, startUp);
  }

  static ClusterRun of(ClusterSpec spec, ServiceModel service, int replicas) {
    ClusterRun run = new ClusterRun();
    run.cluster.reset(spec, service, replicas, 100, 7, 0, run);
    return run;
  }

  static ClusterRun of(ClusterSpec spec, StartUp startUp, int replicas) {
    return of(spec, service(startUp), replicas);
  }

  static ClusterRun of(ClusterSpec spec, StartUp startUp, DeviceSharing sharing, int replicas) {
    return of(spec, service(startUp).with(sharing), replicas);
  }

  /** Draining pods finish after this long. */
  ClusterRun finishingAfter(double seconds) {
    drainSeconds = seconds;
    return this;
  }

  /** Lets time pass until {@code seconds}, pods finishing on the way. */
  ClusterRun until(double seconds) {
    long end = Nanos.of(seconds);
    while (true) {
      int first = -1;
      for (int i = 0; i < drainAt.size(); i++) {
        if (drainAt.get(i) <= end && (first < 0 || drainAt.get(i) < drainAt.get(first))) {
          first = i;
        }
      }
      if (first < 0) {
        break;
      }
      long at = drainAt.remove(first);
      int pod = drainPod.remove(first);
      cluster.advanceTo(at);
      finish(pod);
    }
    cluster.advanceTo(end);
    return this;
  }

  private void finish(int pod) {
    if (stillDraining.contains(pod)) {
      cluster.drained(pod);
    }
  }

  /** The log since the last call. */
  List<String> news() {
    List<String> news = List.copyOf(log);
    log.clear();
    return news;
  }

  private void note(String what, int pod, long now) {
    log.add(text(now) + " " + what + " " + pod);
  }

  static String text(long nanos) {
    return BigDecimal.valueOf(nanos, 9).stripTrailingZeros().toPlainString();
  }

  @Override
  public void created(int pod, long now) {
    note("created", pod, now);
  }

  @Override
  public void ready(int pod, long now) {
    note("ready", pod, now);
  }

  @Override
  public void draining(int pod, long now) {
    note("draining", pod, now);
    if (drainSeconds == 0) {
      cluster.drained(pod);
    } else {
      stillDraining.add(pod);
      if (drainSeconds < FOREVER) {
        drainAt.add(now + Nanos.of(drainSeconds));
        drainPod.add(pod);
      }
    }
  }

  @Override
  public void unreachable(int pod, long now) {
    note("unreachable", pod, now);
  }

  @Override
  public void killed(int pod, long now) {
    note("killed", pod, now);
    stillDraining.remove((Integer) pod);
  }

  @Override
  public void gone(int pod, long now) {
    note("gone", pod, now);
    stillDraining.remove((Integer) pod);
  }
}
