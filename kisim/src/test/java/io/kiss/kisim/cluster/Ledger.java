package io.kiss.kisim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.time.Delay;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/**
 * Keeps its own books of a cluster, from what a listener hears and from {@code deviceOf}, and holds
 * the cluster to them at every instant.
 */
final class Ledger implements PodListener {
  private enum Life {
    STARTING,
    READY,
    UNREACHABLE,
    DRAINING,
    KILLED
  }

  private static final class Entry {
    private final int birth;
    private Life life = Life.STARTING;
    private boolean served;
    private boolean terminated;
    private long boundAt = -1;

    private Entry(int birth) {
      this.birth = birth;
    }
  }

  private final KubernetesCluster cluster;
  private final DeviceSharing sharing;
  private final boolean scheduledAtOnce;
  private final boolean apiAtOnce;
  private final boolean everyInstant;
  private final long[] drains;
  private final PriorityQueue<long[]> finishing;
  private final Map<Integer, Entry> pods = new HashMap<>();
  private final List<String> log = new ArrayList<>();
  private BigInteger unitNanos = BigInteger.ZERO;
  private long last;
  private long end;
  private int births;
  private int drained;
  private int kills;
  private int desired = -1;

  Ledger(
      KubernetesCluster cluster,
      DeviceSharing sharing,
      ClusterSpec spec,
      long[] drains,
      PriorityQueue<long[]> finishing,
      boolean everyInstant) {
    this.cluster = cluster;
    this.sharing = sharing;
    this.drains = drains;
    this.finishing = finishing;
    this.everyInstant = everyInstant;
    scheduledAtOnce = spec.scheduling().equals(Delay.NONE);
    apiAtOnce = spec.api().equals(Delay.NONE);
  }

  List<String> log() {
    return log;
  }

  int kills() {
    return kills;
  }

  /** Of the cluster, allocated and with the cloud, at the end. */
  List<BigInteger> unitNanos() {
    return List.of(cluster.allocatedUnitNanos(end).exact(), cluster.nodeUnitNanos(end).exact());
  }

  KubernetesCluster cluster() {
    return cluster;
  }

  void desired(int replicas) {
    desired = replicas;
  }

  /** The pod born as {@code birth} in this row has nothing left, if it still lives and drains. */
  void finish(int row, int birth) {
    Entry entry = pods.get(row);
    if (entry != null && entry.birth == birth && entry.life == Life.DRAINING) {
      cluster.drained(row);
    }
  }

  @Override
  public void created(int pod, long now) {
    assertThat(pods.put(pod, new Entry(births++))).as("row in use").isNull();
    note("created", pod, now);
  }

  @Override
  public void ready(int pod, long now) {
    Entry entry = become(pod, now, Life.READY, Life.STARTING, Life.KILLED);
    entry.served = true;
    assertThat(entry.terminated).isFalse();
  }

  @Override
  public void draining(int pod, long now) {
    Entry entry = become(pod, now, Life.DRAINING, Life.READY);
    entry.terminated = true;
    long wait = drains[drained++ % drains.length];
    if (wait == 0) {
      cluster.drained(pod);
    } else {
      finishing.add(new long[] {now + wait, entry.birth, pod});
    }
  }

  @Override
  public void unreachable(int pod, long now) {
    become(pod, now, Life.UNREACHABLE, Life.READY);
  }

  @Override
  public void killed(int pod, long now) {
    kills++;
    become(pod, now, Life.KILLED, Life.READY, Life.UNREACHABLE, Life.DRAINING);
  }

  @Override
  public void gone(int pod, long now) {
    Entry entry = pods.remove(pod);
    assertThat(entry).as("gone twice").isNotNull();
    assertThat(entry.life).isIn(Life.STARTING, Life.DRAINING, Life.KILLED);
    if (entry.boundAt >= 0) {
      unitNanos = unitNanos.add(held(entry, now));
    }
    note("gone", pod, now);
  }

  private Entry become(int pod, long now, Life to, Life... from) {
    Entry entry = pods.get(pod);
    assertThat(entry).as("%s of pod %d that is not there", to, pod).isNotNull();
    assertThat(entry.life).isIn((Object[]) from);
    entry.life = to;
    note(to.name(), pod, now);
    return entry;
  }

  private void note(String what, int pod, long now) {
    assertThat(now).isGreaterThanOrEqualTo(last);
    last = now;
    log.add(now + " " + what + " " + pod);
  }

  private BigInteger held(Entry entry, long now) {
    return BigInteger.valueOf(now - entry.boundAt)
        .multiply(BigInteger.valueOf(sharing.unitsPerPod()));
  }

  /** Everything that must hold at an instant. */
  void check(long now) {
    end = now;
    Map<Integer, Integer> onDevice = new HashMap<>();
    int newlyBound = -1;
    int unbound = 0;
    int oldestUnbound = Integer.MAX_VALUE;
    for (Map.Entry<Integer, Entry> each : pods.entrySet()) {
      Entry entry = each.getValue();
      int device = cluster.deviceOf(each.getKey());
      if (device < 0) {
        assertThat(entry.boundAt).as("a bound pod lost its device").isNegative();
        unbound++;
        oldestUnbound = Math.min(oldestUnbound, entry.birth);
        continue;
      }
      if (entry.boundAt < 0) {
        entry.boundAt = now;
        newlyBound = Math.max(newlyBound, entry.birth);
      }
      assertThat(device).isLessThan(cluster.mostDevices());
      assertThat(onDevice.merge(device, sharing.unitsPerPod(), Integer::sum))
          .isLessThanOrEqualTo(DeviceSharing.UNITS);
    }
    if (scheduledAtOnce) {
      assertThat(cluster.unschedulable()).isEqualTo(unbound);
      assertThat(everyInstant ? newlyBound : -1)
          .as("first come, first served")
          .isLessThan(oldestUnbound);
    }
    assertThat(cluster.unschedulable()).isLessThanOrEqualTo(unbound);
    checkCounts();
    if (everyInstant) {
      checkUnits(now);
    }
  }

  private void checkCounts() {
    assertThat(cluster.ready()).isEqualTo(count(Life.READY) + count(Life.UNREACHABLE));
    assertThat(cluster.unreachable()).isEqualTo(count(Life.UNREACHABLE));
    assertThat(cluster.pending()).isEqualTo(cluster.current() - cluster.ready());
    assertThat(cluster.current() + cluster.terminating()).isEqualTo(pods.size());
    assertThat(cluster.terminating()).isGreaterThanOrEqualTo(count(Life.DRAINING));
    if (desired >= 0) {
      assertThat(cluster.desired()).isEqualTo(desired);
    }
    if (apiAtOnce) {
      assertThat(cluster.current()).isEqualTo(cluster.desired());
    }
    pods.keySet().forEach(row -> assertThat(row).isLessThan(cluster.mostPods()));
    for (int i = 1; i < cluster.pending(); i++) {
      assertThat(cluster.pendingSinceNanos(i)).isGreaterThanOrEqualTo(0);
    }
  }

  private void checkUnits(long now) {
    BigInteger sum = unitNanos;
    for (Entry entry : pods.values()) {
      if (entry.boundAt >= 0) {
        sum = sum.add(held(entry, now));
      }
    }
    assertThat(cluster.allocatedUnitNanos(now).exact()).isEqualTo(sum);
    assertThat(cluster.nodeUnitNanos(now).exact()).isGreaterThanOrEqualTo(sum);
  }

  private int count(Life life) {
    return (int) pods.values().stream().filter(entry -> entry.life == life).count();
  }
}
