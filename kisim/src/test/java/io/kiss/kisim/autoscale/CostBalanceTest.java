package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class CostBalanceTest {
  /** In a saved state, at its end: whether the policy is followed, and three sums. */
  static final int RECORD_BYTES = 1 + 3 * Double.BYTES;

  private static final int MOST = 1000;

  private static WorkloadSpec workload(double price) {
    return new WorkloadSpec("test", 1, MOST, 0.5, 0.1, 10, 60, price, 15);
  }

  private static TelemetryBuffer tick(int replicas, double load, double late) {
    TelemetryBuffer telemetry = Samples.telemetry(0, replicas, 10 * load);
    telemetry.violatingShare = late;
    return telemetry;
  }

  private static CostBalance after(WorkloadSpec workload, int ticks, TelemetryBuffer each) {
    CostBalance balance = new CostBalance(workload);
    for (int i = 0; i < ticks; i++) {
      balance.add(each);
    }
    return balance;
  }

  /** Odds of a violation that fall by the 15th power of the replicas, even where so many are. */
  private static double late(double replicas, double even) {
    return 1 / (1 + Math.pow(replicas / even, 15));
  }

  /**
   * Against the costs themselves: replicas over the load plus the price times the violating share,
   * at every count. Where violations get fewer more and more slowly there is one cheapest count.
   */
  @Property(tries = 200)
  void itIsCarefulBelowTheReplicasThatCostLeastAndSparingAbove(
      @ForAll @DoubleRange(min = 3, max = 30) double price,
      @ForAll @DoubleRange(min = 60, max = 300) double load,
      @ForAll @DoubleRange(min = 0.8, max = 1.2) double evenOverLoad) {
    double even = evenOverLoad * load;
    int cheapest = 1;
    double least = Double.POSITIVE_INFINITY;
    for (int n = (int) even; n < MOST; n++) {
      double cost = n / load + price * late(n, even);
      if (cost < least) {
        least = cost;
        cheapest = n;
      }
    }
    int fewer = (int) (0.97 * cheapest);
    int more = (int) Math.ceil(1.03 * cheapest);
    WorkloadSpec workload = workload(price);

    assertThat(after(workload, 400, tick(fewer, load, late(fewer, even))).level())
        .isGreaterThan(0.5);
    assertThat(after(workload, 400, tick(more, load, late(more, even))).level()).isLessThan(0.5);
    assertThat(after(workload, 400, tick(cheapest, load, late(cheapest, even))).level())
        .isCloseTo(0.5, within(0.04));
  }

  @Test
  void aSpikeThatMakesAllLateDoesNotSpeakForMoreReplicas() {
    WorkloadSpec workload = workload(10);
    CostBalance spikes = new CostBalance(workload);
    CostBalance unrest = new CostBalance(workload);
    // Five requests of a hundred are late in either.
    for (int i = 0; i < 400; i++) {
      spikes.add(tick(10, 7, i % 20 == 0 ? 1 : 0));
      unrest.add(tick(10, 7, 0.05));
    }
    assertThat(unrest.level()).isGreaterThan(0.6);
    assertThat(spikes.level()).isLessThan(0.5);
  }

  @Test
  void withoutARecordItIsThePolicysMedian() {
    assertThat(new CostBalance(workload(10)).level()).isEqualTo(0.5);
  }

  @Test
  void aFewTicksHardlyCountAndAnHourDoes() {
    TelemetryBuffer bad = tick(10, 9, 0.2);
    double few = after(workload(10), 4, bad).level();
    double hour = after(workload(10), 240, bad).level();
    assertThat(few).isBetween(0.5, 0.62);
    assertThat(hour).isGreaterThan(0.7);
  }

  @Test
  void whatIsLongAgoCountsNoMore() {
    CostBalance balance = after(workload(10), 400, tick(10, 9, 0.2));
    double before = balance.level();
    for (int i = 0; i < 4 * 360; i++) {
      balance.add(tick(10, 5, 0));
    }
    assertThat(before).isGreaterThan(0.7);
    assertThat(balance.level()).isLessThan(0.4);
  }

  @Test
  void atALimitAndWhereViolationsAreUnknownNothingIsSaid() {
    WorkloadSpec workload = workload(10);
    assertThat(after(workload, 400, tick(1, 0.1, 0)).level()).isEqualTo(0.5);
    assertThat(after(workload, 400, tick(MOST, 2000, 0.9)).level()).isEqualTo(0.5);
    assertThat(after(workload, 400, tick(10, 9, Double.NaN)).level()).isEqualTo(0.5);
  }

  @Property(tries = 200)
  void whateverItSeesItStaysBetweenItsBounds(@ForAll long seed) {
    Random random = new Random(seed);
    CostBalance balance = new CostBalance(workload(0.5 + 100 * random.nextDouble()));
    for (int i = 0; i < 300; i++) {
      double late = random.nextInt(5) == 0 ? Double.NaN : 2 * random.nextDouble() - 0.5;
      balance.add(tick(random.nextInt(MOST + 10), 500 * random.nextDouble(), late));
      assertThat(balance.level()).isBetween(0.35, 0.75);
    }
  }

  // --- as the decision path keeps it ----------------------------------------------------------

  private static final WorkloadSpec SPEC = Samples.workload();
  private static final int STAYS = ActionSpace.STAY;

  private static void tick(ScalerCore core, int number, int desired, double late) {
    TelemetryBuffer telemetry = Samples.telemetry(15.0 * number, desired, 90);
    telemetry.violatingShare = late;
    core.act(core.observe(telemetry, new float[ScalerCore.OBSERVATION_SIZE], 0), STAYS);
  }

  private static void tick(ScalerCore core, int number, int desired, boolean carriedOut) {
    tick(core, number, desired, 0.2);
    if (!carriedOut) {
      core.notCarriedOut();
    }
  }

  private static ScalerCore core() {
    return new ScalerCore(SPEC, GuardSettings.DEFAULT);
  }

  @Test
  void onlyWhatThePolicyChoseIsOnItsRecord() {
    ScalerCore own = core();
    ScalerCore shadow = core();
    ScalerCore overruled = core();
    ScalerCore ruled = core();
    for (int i = 0; i < 200; i++) {
      tick(own, i, 10, true);
      tick(shadow, i, 10, false);
      // Somebody else sets other replicas each time.
      tick(overruled, i, 10 + i % 2, true);
      ruled.observe(Samples.telemetry(15.0 * i, 10, 90), new float[ScalerCore.OBSERVATION_SIZE], 0);
      ruled.act(DecisionSource.QUEUEING_RULE, STAYS);
    }
    assertThat(own.level()).isGreaterThan(0.7);
    assertThat(shadow.level()).isEqualTo(0.5);
    assertThat(overruled.level()).isEqualTo(0.5);
    assertThat(ruled.level()).isEqualTo(0.5);
  }

  @Test
  void whatABudgetGivesIsNotWhatThePolicyChose() {
    ScalerCore limited = core();
    for (int i = 0; i < 200; i++) {
      TelemetryBuffer telemetry = Samples.telemetry(15.0 * i, 10, 90);
      telemetry.violatingShare = 0.2;
      DecisionSource source = limited.observe(telemetry, new float[ScalerCore.OBSERVATION_SIZE], 0);
      limited.act(source, STAYS + 1);
      limited.limit(10, 10);
    }
    assertThat(limited.level()).isEqualTo(0.5);
  }

  @Test
  void theRecordIsKeptOverARestartAndAnEarlierVersionsStateHasNone() {
    ScalerCore core = core();
    for (int i = 0; i < 200; i++) {
      tick(core, i, 10, true);
    }
    byte[] state = core.saveState();
    ScalerCore restarted = core();
    restarted.restoreState(state);
    assertThat(restarted.level()).isEqualTo(core.level());

    byte[] earlier = Arrays.copyOf(state, state.length - RECORD_BYTES);
    restarted.restoreState(earlier);
    assertThat(restarted.level()).isEqualTo(0.5);
    assertThat(Arrays.copyOf(restarted.saveState(), earlier.length)).isEqualTo(earlier);
  }

  /** As when somebody changes the preference of a Deployment that runs. */
  @Test
  void theRecordIsWeighedAtThePresentPrice() {
    ScalerCore cheap = new ScalerCore(at(3), GuardSettings.DEFAULT);
    ScalerCore dear = new ScalerCore(at(30), GuardSettings.DEFAULT);
    for (int i = 0; i < 200; i++) {
      tick(cheap, i, 10, 0.02);
      tick(dear, i, 10, 0.02);
    }
    assertThat(dear.level()).isGreaterThan(cheap.level() + 0.1);
    ScalerCore changed = new ScalerCore(at(30), GuardSettings.DEFAULT);
    changed.restoreState(cheap.saveState());
    assertThat(changed.level()).isEqualTo(dear.level());
  }

  private static WorkloadSpec at(double price) {
    return new WorkloadSpec("test", 1, 40, 0.5, 0.1, 10, 60, price, 15);
  }

  @Test
  void anotherDeploymentOfTheSameCoreStartsWithoutARecord() {
    ScalerCore core = core();
    for (int i = 0; i < 200; i++) {
      tick(core, i, 10, true);
    }
    core.reset(SPEC);
    assertThat(core.level()).isEqualTo(0.5);
  }
}
