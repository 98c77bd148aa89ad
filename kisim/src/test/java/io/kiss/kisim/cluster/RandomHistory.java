package io.kiss.kisim.cluster;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.ReadinessProbe;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.Nanos;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** A random cluster, random decisions and random drains, all from one seed. */
final class RandomHistory {
  static final int MOST_REPLICAS = 24;
  private static final double HOURS = 3;

  /** Faults by rate all along, or by script in the first of three hours only. */
  enum Faults {
    BY_RATE,
    BY_SCRIPT
  }

  final ClusterSpec spec;
  final ServiceModel service;
  private final long seed;
  private final UniformRandomProvider random;

  /** Of the k-th pod that drains: how long after its draining began it would be done. */
  private final long[] drains = new long[997];

  private final List<long[]> decisions = new ArrayList<>();

  RandomHistory(long seed, Faults faults) {
    this.seed = seed;
    random = RandomSource.XO_SHI_RO_256_PP.create(seed);
    DeviceSharing sharing =
        switch (random.nextInt(4)) {
          case 0 -> new DeviceSharing.TimeSliced(2 + random.nextInt(7), 0);
          case 1 -> new DeviceSharing.Mig(1 + random.nextInt(4), 0.5);
          default -> new DeviceSharing.Exclusive();
        };
    service = ClusterRun.service(startUp()).with(sharing);
    NodePool[] pools = new NodePool[1 + random.nextInt(3)];
    for (int p = 0; p < pools.length; p++) {
      pools[p] = pool("pool" + p);
    }
    spec =
        new ClusterSpec(
            List.of(pools), delay(2), delay(3), faults == Faults.BY_RATE ? byRate() : byScript());
    Arrays.setAll(drains, i -> random.nextInt(4) == 0 ? 0 : Nanos.of(60 * random.nextDouble()));
    for (double at = 0; at < HOURS * 3600 * 0.6; at += 400 * random.nextDouble()) {
      decisions.add(new long[] {Nanos.of(at), random.nextInt(MOST_REPLICAS + 1)});
    }
  }

  private StartUp startUp() {
    return new StartUp(
        delay(60),
        delay(10),
        delay(50),
        random.nextBoolean() ? ReadinessProbe.IMMEDIATE : new ReadinessProbe(5, 10),
        random.nextInt(3) * 15);
  }

  private NodePool pool(String name) {
    int initial = random.nextInt(4);
    return new NodePool(
        name,
        1 + random.nextInt(5),
        initial,
        Math.max(1, initial + random.nextInt(4)),
        delay(200),
        random.nextInt(3) * 300,
        random.nextBoolean(),
        random.nextBoolean());
  }

  private Delay delay(double mean) {
    return switch (random.nextInt(4)) {
      case 0 -> Delay.NONE;
      case 1 -> Delay.constant(mean);
      case 2 -> Delay.uniform(0, 2 * mean);
      default -> Delay.lognormal(mean, 0.5);
    };
  }

  private FaultSettings byRate() {
    return settings(List.of()).withRates(rate(6), rate(2), rate(2), rate(4));
  }

  private double rate(double most) {
    return random.nextInt(3) == 0 ? 0 : most * random.nextDouble();
  }

  private FaultSettings byScript() {
    List<ScriptedFault> script = new ArrayList<>();
    for (int i = random.nextInt(12); i > 0; i--) {
      FaultKind kind = FaultKind.values()[random.nextInt(4)];
      script.add(new ScriptedFault(3600 * random.nextDouble(), kind, random.nextInt(5)));
    }
    return settings(script);
  }

  private FaultSettings settings(List<ScriptedFault> script) {
    return new FaultSettings(
        0,
        0,
        0,
        0,
        script,
        delay(500),
        delay(400),
        random.nextInt(2) * 40,
        random.nextInt(2) * 300,
        random.nextInt(2) * 20,
        10);
  }

  /** The same with pods that are drained at once, or never before they are killed. */
  RandomHistory drainingAtOnceOrNever() {
    for (int i = 0; i < drains.length; i++) {
      drains[i] = drains[i] % 2 == 0 ? 0 : Nanos.of(1e6);
    }
    return this;
  }

  /**
   * Plays it from start to end.
   *
   * @param cut nanoseconds to advance at once, for pods drained at once or never; 0: from event to
   *     event
   */
  Ledger play(long cut) {
    KubernetesCluster cluster = new KubernetesCluster();
    PriorityQueue<long[]> finishing =
        new PriorityQueue<>(
            (a, b) -> a[0] != b[0] ? Long.compare(a[0], b[0]) : Long.compare(a[1], b[1]));
    Ledger ledger = new Ledger(cluster, service.sharing(), spec, drains, finishing, cut == 0);
    int initial = (int) (decisions.get(0)[1]);
    cluster.reset(spec, service, initial, MOST_REPLICAS, seed, 0, ledger);
    ledger.check(0);
    long now = 0;
    long end = Nanos.of(HOURS * 3600);
    for (int d = 1; d <= decisions.size(); d++) {
      long until = d < decisions.size() ? decisions.get(d)[0] : end;
      while (now < until) {
        long step = cut == 0 ? cluster.nextEventNanos() : now + cut;
        step = Math.min(until, Math.max(now, step));
        if (!finishing.isEmpty() && finishing.peek()[0] <= step) {
          long[] first = finishing.poll();
          now = Math.max(now, first[0]);
          cluster.advanceTo(now);
          ledger.check(now);
          ledger.finish((int) first[2], (int) first[1]);
        } else {
          now = step;
          cluster.advanceTo(now);
        }
        ledger.check(now);
      }
      if (d < decisions.size()) {
        int replicas = (int) decisions.get(d)[1];
        cluster.setDesired(replicas);
        ledger.desired(replicas);
        ledger.check(now);
      }
    }
    return ledger;
  }
}
