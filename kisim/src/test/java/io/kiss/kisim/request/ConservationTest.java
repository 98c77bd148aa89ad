package io.kiss.kisim.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultKind;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.KubernetesCluster;
import io.kiss.kisim.cluster.NodePool;
import io.kiss.kisim.cluster.ScriptedFault;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.serving.TimeoutAction;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.pattern.ClosedLoad;
import io.kiss.kisim.traffic.pattern.Load;
import io.kiss.kisim.traffic.pattern.MarkovModulatedRate;
import io.kiss.kisim.traffic.pattern.OpenLoad;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What must add up exactly, whatever is simulated. */
class ConservationTest {
  private static final double SECONDS = 40;

  /** Everything about a scenario follows from its seed. */
  private static final class Scenario {
    private static final int MOST = 12;

    private final Random random;
    private final long seed;
    private final PodLedger ledger;
    private final RequestEngine engine;

    /** Times at which the run is interrupted between two decisions, for nothing. */
    private int cuts;

    /**
     * Draws a scenario.
     *
     * @param roomy whether there is always room, so that a pod is bound when it is created
     */
    Scenario(long seed, boolean roomy) {
      this.seed = seed;
      random = new Random(seed);
      int replicas = random.nextInt(4);
      engine =
          new RequestEngine(
              new KubernetesCluster(),
              roomy ? ClusterSpec.AMPLE.with(faults()) : narrow(),
              service(),
              Routing.values()[random.nextInt(Routing.values().length)],
              load(),
              replicas,
              MOST,
              seed,
              0,
              random.nextBoolean() ? TelemetrySettings.DEFAULT : null);
      ledger = new PodLedger(engine);
    }

    Scenario(long seed) {
      this(seed, false);
    }

    Scenario cut(int times) {
      cuts = times;
      return this;
    }

    /** Two pools, the second with spot nodes that come and go; room for fewer pods than asked. */
    private ClusterSpec narrow() {
      int nodes = 1 + random.nextInt(3);
      NodePool fixed = NodePool.fixed("fixed", nodes, 1 + random.nextInt(3));
      NodePool spot =
          new NodePool(
              "spot",
              1 + random.nextInt(2),
              random.nextInt(2),
              1 + random.nextInt(4),
              Delay.uniform(0.2, 3),
              2 * random.nextDouble(),
              true,
              random.nextBoolean());
      return new ClusterSpec(
          List.of(fixed, spot), delay(), random.nextBoolean() ? Delay.NONE : delay(), faults());
    }

    private Delay delay() {
      return Delay.uniform(0, 0.2 * random.nextDouble());
    }

    /** In 40 s as much goes wrong as elsewhere in months. */
    private FaultSettings faults() {
      return new FaultSettings(
          often(60),
          often(40),
          often(40),
          often(60),
          random.nextBoolean()
              ? List.of()
              : List.of(
                  new ScriptedFault(10 * random.nextDouble(), FaultKind.NODE, 0),
                  new ScriptedFault(10 + 20 * random.nextDouble(), FaultKind.PREEMPTION, 1)),
          Delay.uniform(0, 5),
          Delay.uniform(0, 10),
          2 * random.nextDouble(),
          3 * random.nextDouble(),
          random.nextDouble(),
          random.nextDouble());
    }

    private double often(double perHour) {
      return random.nextBoolean() ? 0 : 10 * perHour * random.nextDouble();
    }

    private ServiceModel service() {
      int maxBatch = 1 + random.nextInt(16);
      int[] preferred = random.nextBoolean() ? new int[0] : new int[] {1 + maxBatch / 2};
      DynamicBatching batching =
          new DynamicBatching(
              maxBatch,
              preferred,
              random.nextBoolean() ? 0 : 0.05 * random.nextDouble(),
              1 + random.nextInt(3),
              random.nextBoolean() ? 0 : 1 + random.nextInt(30),
              random.nextBoolean() ? 0 : 0.01 + 0.3 * random.nextDouble(),
              TimeoutAction.values()[random.nextInt(2)]);
      double host = random.nextBoolean() ? 0 : 0.01 * random.nextDouble();
      double device = random.nextInt(4) == 0 ? 0 : 0.05 * random.nextDouble();
      BatchCurve curve =
          new BatchCurve(
              new double[] {1, 16},
              new double[] {host + 0.001, 2 * host + 0.002},
              new double[] {device, 4 * device},
              random.nextBoolean());
      ServiceNoise noise =
          switch (random.nextInt(3)) {
            case 0 -> ServiceNoise.NONE;
            case 1 -> ServiceNoise.EXPONENTIAL;
            default -> ServiceNoise.lognormal(0.1 + random.nextDouble());
          };
      DeviceSharing sharing =
          switch (random.nextInt(3)) {
            case 0 -> new DeviceSharing.Exclusive();
            case 1 -> new DeviceSharing.TimeSliced(2 + random.nextInt(3), 0.1);
            default -> new DeviceSharing.Mig(1 + random.nextInt(3), 0.3);
          };
      StartUp startUp =
          StartUp.ofTotal(4 * random.nextDouble(), random.nextInt(2), 0.1 * random.nextInt(3));
      return Services.model(curve, noise, batching, sharing, startUp);
    }

    private Load load() {
      if (random.nextInt(3) == 0) {
        return ClosedLoad.of(
            1 + random.nextInt(80),
            Delay.uniform(0, 0.2 * random.nextDouble()),
            Delay.exponential(0.01),
            RequestEngine.random(seed, 50));
      }
      double rate = 400 * random.nextDouble();
      return new OpenLoad(
          new MarkovModulatedRate(
              new double[] {rate, 0, 5 * rate},
              new double[] {3, 1, 0.5},
              RequestEngine.random(seed, 51)),
          random.nextInt(3),
          RequestEngine.random(seed, 52));
    }

    Scenario run() {
      Random cutting = new Random(seed + 1);
      for (int step = 1; step <= 20; step++) {
        int ready = engine.cluster().ready() - engine.cluster().unreachable();
        switch (random.nextInt(4)) {
          case 0 -> engine.setReplicas(random.nextInt(9));
          case 1 -> {
            if (ready > 0) {
              engine.crash(random.nextInt(ready));
            }
          }
          default -> engine.setReplicas(Math.min(MOST, 1 + engine.cluster().current()));
        }
        long until = Services.seconds(SECONDS * step / 20);
        for (int cut = 0; cut < cuts; cut++) {
          long now = engine.nowNanos();
          engine.advanceTo(now + (long) ((until - now) * cutting.nextDouble()));
        }
        engine.advanceTo(until);
      }
      return this;
    }
  }

  @Property(tries = 300)
  void requestsAreNeitherMadeNorForgotten(@ForAll long seed) {
    Scenario scenario = new Scenario(seed).run();
    RequestCounts counts = scenario.engine.counts();
    assertThat(
            counts.served()
                + counts.rejected()
                + counts.timedOut()
                + counts.lost()
                + counts.inFlight())
        .isEqualTo(counts.arrived());
    assertThat(scenario.ledger.arrived()).isEqualTo(counts.arrived());
    assertThat(scenario.ledger.held()).isEqualTo(counts.inFlight());
    long[] outcomes = scenario.ledger.outcomes;
    assertThat(outcomes[Outcome.SERVED.ordinal()]).isEqualTo(counts.served());
    assertThat(outcomes[Outcome.REJECTED.ordinal()]).isEqualTo(counts.rejected());
    assertThat(outcomes[Outcome.TIMED_OUT.ordinal()]).isEqualTo(counts.timedOut());
    assertThat(outcomes[Outcome.LOST.ordinal()]).isEqualTo(counts.lost());
  }

  @Test
  void theScenariosDrawnReachEveryOutcome() {
    long[] outcomes = new long[Outcome.values().length];
    int killed = 0;
    int unreachable = 0;
    int drained = 0;
    for (long seed = 0; seed < 60; seed++) {
      PodLedger ledger = new Scenario(seed).run().ledger;
      killed += ledger.killedWithRequests;
      unreachable += ledger.unreachable;
      drained += ledger.drained;
      long[] drawn = ledger.outcomes;
      for (int i = 0; i < outcomes.length; i++) {
        outcomes[i] += drawn[i] > 0 ? 1 : 0;
      }
    }
    for (Outcome outcome : Outcome.values()) {
      assertThat(outcomes[outcome.ordinal()]).as(outcome.name()).isGreaterThan(3);
    }
    assertThat(killed).isGreaterThan(50);
    assertThat(unreachable).isGreaterThan(50);
    assertThat(drained).isGreaterThan(50);
  }

  @Property(tries = 300)
  void littlesLawHoldsOnTheSamplePathToTheLastNanosecond(@ForAll long seed) {
    Scenario scenario = new Scenario(seed).run();
    RequestCounts counts = scenario.engine.counts();
    BigInteger left = scenario.ledger.sojourns;
    assertThat(counts.sojourns().exact()).isEqualTo(left);
    assertThat(counts.area().exact()).isEqualTo(left.add(scenario.engine.inFlightNanos()));
  }

  @Property(tries = 300)
  void allocatedDeviceTimeIsTheIntegralOfThePodsShares(@ForAll long seed) {
    Scenario scenario = new Scenario(seed, true).run();
    long now = scenario.engine.nowNanos();
    int units = scenario.engine.service().sharing().unitsPerPod();
    assertThat(scenario.engine.cluster().allocatedUnitNanos(now).exact())
        .isEqualTo(scenario.ledger.podNanos(now).multiply(BigInteger.valueOf(units)))
        .isPositive();
  }

  @Property(tries = 100)
  void aRunCutIntoOtherAdvancesGivesTheSameBits(@ForAll long seed) {
    Scenario whole = new Scenario(seed).run();
    Scenario cut = new Scenario(seed).cut(7).run();
    assertThat(cut.ledger.fingerprint).isEqualTo(whole.ledger.fingerprint);
    assertThat(cut.engine.counts().area().exact()).isEqualTo(whole.engine.counts().area().exact());
  }

  @Test
  void sameSeedGivesTheSameBitsOnOneThreadAndOnMany() throws Exception {
    int scenarios = 24;
    long[] alone = new long[scenarios];
    for (int seed = 0; seed < scenarios; seed++) {
      alone[seed] = new Scenario(seed).run().ledger.fingerprint;
    }
    assertThat(alone).doesNotHaveDuplicates();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Long>> together = new ArrayList<>();
      for (int seed = 0; seed < scenarios; seed++) {
        Scenario scenario = new Scenario(seed);
        together.add(threads.submit(() -> scenario.run().ledger.fingerprint));
      }
      for (int seed = 0; seed < scenarios; seed++) {
        assertThat(together.get(seed).get()).as("seed %d", seed).isEqualTo(alone[seed]);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
