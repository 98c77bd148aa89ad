package io.kiss.kisim.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.serving.TimeoutAction;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.pattern.ClosedLoad;
import io.kiss.kisim.traffic.pattern.Load;
import io.kiss.kisim.traffic.pattern.MarkovModulatedRate;
import io.kiss.kisim.traffic.pattern.OpenLoad;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /** Adds up, request by request, what the engine says in sums. */
  private static final class Ledger implements RequestObserver {
    private final long[] outcomes = new long[Outcome.values().length];
    private BigInteger sojourns = BigInteger.ZERO;
    private final Map<Integer, Long> pods = new HashMap<>();
    private BigInteger podNanos = BigInteger.ZERO;
    private long fingerprint = 17;

    @Override
    public void left(int pod, long arrived, long started, long left, Outcome outcome) {
      outcomes[outcome.ordinal()]++;
      assertThat(arrived).isBetween(0L, left);
      assertThat(started == NEVER_STARTED || (started >= arrived && started <= left)).isTrue();
      sojourns = sojourns.add(BigInteger.valueOf(left - arrived));
      fingerprint = fingerprint * 31 + left * 7 + started * 5 + arrived * 3 + outcome.ordinal();
    }

    @Override
    public void created(int pod, long nanos) {
      assertThat(pods.put(pod, nanos)).isNull();
    }

    @Override
    public void gone(int pod, long nanos) {
      podNanos = podNanos.add(BigInteger.valueOf(nanos - pods.remove(pod)));
    }

    BigInteger podNanos(long now) {
      BigInteger sum = podNanos;
      for (long created : pods.values()) {
        sum = sum.add(BigInteger.valueOf(now - created));
      }
      return sum;
    }
  }

  /** Everything about a scenario follows from its seed. */
  private static final class Scenario {
    private final Random random;
    private final long seed;
    private final Ledger ledger = new Ledger();
    private final RequestEngine engine;

    Scenario(long seed) {
      this.seed = seed;
      random = new Random(seed);
      engine =
          new RequestEngine(
              service(),
              Routing.values()[random.nextInt(Routing.values().length)],
              load(),
              0,
              seed);
      engine.observe(ledger);
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
      for (int step = 1; step <= 20; step++) {
        switch (random.nextInt(4)) {
          case 0 -> engine.setReplicas(random.nextInt(9));
          case 1 -> {
            if (engine.fleet().readyCount() > 0) {
              engine.crash(random.nextInt(engine.fleet().readyCount()));
            }
          }
          default -> engine.setReplicas(Math.min(12, 1 + engine.cluster().current()));
        }
        engine.advanceTo(Services.seconds(SECONDS * step / 20));
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
    long[] outcomes = scenario.ledger.outcomes;
    assertThat(outcomes[Outcome.SERVED.ordinal()]).isEqualTo(counts.served());
    assertThat(outcomes[Outcome.REJECTED.ordinal()]).isEqualTo(counts.rejected());
    assertThat(outcomes[Outcome.TIMED_OUT.ordinal()]).isEqualTo(counts.timedOut());
    assertThat(outcomes[Outcome.LOST.ordinal()]).isEqualTo(counts.lost());
  }

  @Test
  void theScenariosDrawnReachEveryOutcome() {
    long[] outcomes = new long[Outcome.values().length];
    for (long seed = 0; seed < 60; seed++) {
      long[] drawn = new Scenario(seed).run().ledger.outcomes;
      for (int i = 0; i < outcomes.length; i++) {
        outcomes[i] += drawn[i] > 0 ? 1 : 0;
      }
    }
    for (Outcome outcome : Outcome.values()) {
      assertThat(outcomes[outcome.ordinal()]).as(outcome.name()).isGreaterThan(3);
    }
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
    Scenario scenario = new Scenario(seed).run();
    long now = scenario.engine.nowNanos();
    int units = scenario.engine.service().sharing().unitsPerPod();
    assertThat(scenario.engine.cluster().allocatedUnitNanos(now).exact())
        .isEqualTo(scenario.ledger.podNanos(now).multiply(BigInteger.valueOf(units)))
        .isPositive();
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
