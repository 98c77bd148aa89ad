package io.kiss.actors.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.actors.lifecycle.CanaryWatch.Verdict;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Assignment.Arm;
import io.kiss.actors.protocol.Canary;
import io.kiss.actors.protocol.CanaryObserved;
import io.kiss.actors.protocol.CanaryObserved.Tick;
import io.kiss.actors.protocol.PolicyRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

class CanaryWatchTest {
  private static final PolicyRef CHAMPION = new PolicyRef("champion", "1".repeat(64));
  private static final PolicyRef CANDIDATE = new PolicyRef("candidate", "2".repeat(64));
  private static final double TICK = 15;

  private static CanarySettings settings(int looks, int extraLooks, double margin) {
    return new CanarySettings(
        List.of(0.5), 1800, looks, extraLooks, 1000, 5, 0.05, margin, 20, 600, 150);
  }

  /** Ticks of {@code scalers} scalers, until the watch says something or time is up. */
  private static Verdict run(
      CanaryWatch watch, Canary canary, int scalers, double seconds, ToDoubleFunction<Arm> share) {
    return run(watch, canary, scalers, seconds, (scaler, time, arm) -> share.applyAsDouble(arm));
  }

  private interface Truth {
    double violatingShare(int scaler, double time, Arm arm);
  }

  private static Verdict run(
      CanaryWatch watch, Canary canary, int scalers, double seconds, Truth truth) {
    Assignment assignment =
        new Assignment(2, Optional.of(CHAMPION), Optional.of(canary), List.of());
    for (double time = 6000; time <= 6000 + seconds; time += TICK) {
      List<Tick> ticks = new ArrayList<>();
      for (int i = 0; i < scalers; i++) {
        Arm arm = assignment.choose("c", "ns", "d" + i, time).arm();
        double requests = 100 + 10 * i;
        double violating = requests * truth.violatingShare(i, time, arm);
        ticks.add(new Tick("d" + i, arm, requests, violating, 2 * TICK, TICK));
      }
      Verdict verdict = watch.observe(new CanaryObserved("c", "ns", 2, time, ticks));
      if (verdict != Verdict.WAIT) {
        return verdict;
      }
    }
    return Verdict.WAIT;
  }

  private static Canary split() {
    return new Canary(CANDIDATE, 0.5, 0);
  }

  @Test
  void aCandidateThatIsAsGoodAdvancesAfterTheObservationTimeAndNotBefore() {
    CanaryWatch watch = new CanaryWatch(settings(6, 6, 0.005), split(), 0);
    assertThat(run(watch, split(), 40, 1785, arm -> 0.01)).isEqualTo(Verdict.WAIT);
    assertThat(watch.status().looks()).isEqualTo(5);

    CanaryWatch whole = new CanaryWatch(settings(6, 6, 0.005), split(), 0);
    assertThat(run(whole, split(), 40, 1800, arm -> 0.01)).isEqualTo(Verdict.ADVANCE);
    assertThat(whole.sentence()).contains("nothing says it is worse by more than 0.50%");
  }

  @Test
  void aCandidateThatIsMuchWorseGoesBackAtTheFirstLook() {
    CanaryWatch watch = new CanaryWatch(settings(6, 6, 0.005), split(), 0);
    assertThat(run(watch, split(), 40, 300, arm -> arm == Arm.CANARY ? 0.2 : 0.01))
        .isEqualTo(Verdict.ROLL_BACK);
    assertThat(watch.sentence()).contains("20.00%").contains("beyond doubt");
  }

  @Test
  void nothingIsDecidedBeforeEachArmHasServedEnough() {
    // Two scalers can never give five units of each arm.
    CanaryWatch watch = new CanaryWatch(settings(6, 6, 0.005), split(), 0);
    assertThat(run(watch, split(), 2, 20_000, arm -> arm == Arm.CANARY ? 1 : 0))
        .isEqualTo(Verdict.WAIT);
    assertThat(watch.status().looks()).isZero();
    assertThat(watch.sentence()).contains("waits until each arm has served 1000 requests");
  }

  @Test
  void withOneDeploymentTheCanaryIsAShareOfItsTime() {
    Canary byTime = new Canary(CANDIDATE, 0.5, 600);
    CanaryWatch watch = new CanaryWatch(settings(6, 6, 0.005), byTime, 0);
    assertThat(run(watch, byTime, 1, 20_000, arm -> arm == Arm.CANARY ? 0.3 : 0.01))
        .isEqualTo(Verdict.ROLL_BACK);
    assertThat(watch.status().candidate().orElseThrow().units()).isGreaterThanOrEqualTo(5);
    assertThat(watch.status().candidate().orElseThrow().violatingShare())
        .isCloseTo(0.3, within(1e-12));
  }

  @Test
  void theBeginningOfASlotIsTheOtherArmsDoingAndDoesNotCount() {
    Canary byTime = new Canary(CANDIDATE, 0.5, 600);
    CanaryWatch watch = new CanaryWatch(settings(6, 6, 0.005), byTime, 0);
    Verdict verdict =
        run(watch, byTime, 1, 40_000, (scaler, time, arm) -> time % 600 < 150 ? 1 : 0.01);
    assertThat(verdict).isEqualTo(Verdict.ADVANCE);
    assertThat(watch.status().champion().orElseThrow().violatingShare())
        .isCloseTo(0.01, within(1e-12));
  }

  @Test
  void oneThatSeemsWorseWithoutBeingSoBeyondDoubtIsObservedForLongerAndThenGoesBack() {
    // Scalers differ far more than the arms do: no look can be sure.
    Truth truth = (i, time, arm) -> (i % 4 == 0 ? 0.5 : 0.0) + (arm == Arm.CANARY ? 0.15 : 0);
    CanaryWatch watch = new CanaryWatch(settings(6, 6, 0.005), split(), 0);
    assertThat(run(watch, split(), 24, 1800, truth)).isEqualTo(Verdict.WAIT);
    assertThat(watch.sentence()).contains("observed for longer");
    CanaryWatch longer = new CanaryWatch(settings(6, 6, 0.005), split(), 0);
    assertThat(run(longer, split(), 24, 3600, truth)).isEqualTo(Verdict.ROLL_BACK);
    assertThat(longer.status().looks()).isEqualTo(12);
    assertThat(longer.sentence()).contains("could not be shown");
  }

  /**
   * Both arms alike, no margin, Deployments that differ and violations that come in bursts: of 1000
   * canaries no more may be called worse beyond doubt than the stated error allows.
   */
  @Test
  void aCandidateThatIsAsGoodIsRarelyCalledWorse() {
    long seed = 41;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    int canaries = 1000;
    int beyondDoubt = 0;
    int undecided = 0;
    for (int c = 0; c < canaries; c++) {
      Canary canary =
          new Canary(new PolicyRef("c" + c, Long.toHexString(random.nextLong())), 0.5, 0);
      double[] level = random.doubles(24, 0.002, 0.04).toArray();
      long bursts = random.nextLong();
      Truth truth =
          (i, time, arm) -> {
            // A burst lasts five minutes and hits one Deployment.
            long block = (long) (time / 300);
            boolean burst = new Random(bursts ^ (31 * block + i)).nextDouble() < 0.1;
            return burst ? Math.min(1, 8 * level[i]) : level[i];
          };
      CanaryWatch watch = new CanaryWatch(settings(6, 6, 0), canary, 0);
      if (run(watch, canary, 24, 3600, truth) == Verdict.ROLL_BACK) {
        if (watch.sentence().contains("beyond doubt")) {
          beyondDoubt++;
        } else {
          undecided++;
        }
      }
    }
    System.out.printf(
        "of %d canaries as good as the champion, %d were called worse beyond doubt, %d were sent"
            + " back undecided (margin 0)%n",
        canaries, beyondDoubt, undecided);
    // 0.05 and three standard deviations of a share among 1000.
    assertThat(undecided / (double) canaries).isLessThan(0.1 + 3 * Math.sqrt(0.1 * 0.9 / 1000));
    assertThat(beyondDoubt / (double) canaries)
        .isLessThan(0.05 + 3 * Math.sqrt(0.05 * 0.95 / 1000));
  }

  @Test
  void widerSharesContainTheNarrowerAndMatchTheirSize() {
    int narrow = 0;
    int wide = 0;
    for (int i = 0; i < 20_000; i++) {
      boolean inNarrow = new Canary(CANDIDATE, 0.1, 0).includes("c/ns/d" + i, 0);
      boolean inWide = new Canary(CANDIDATE, 0.5, 0).includes("c/ns/d" + i, 99);
      assertThat(inWide || !inNarrow).isTrue();
      narrow += inNarrow ? 1 : 0;
      wide += inWide ? 1 : 0;
    }
    // Five standard deviations of a binomial share.
    assertThat(narrow / 20_000.0).isCloseTo(0.1, within(5 * Math.sqrt(0.1 * 0.9 / 20_000)));
    assertThat(wide / 20_000.0).isCloseTo(0.5, within(5 * Math.sqrt(0.5 * 0.5 / 20_000)));
  }

  @Test
  void scalersAreDrawnOnlyWhereEachArmGetsAsManyAsALookAsksFor() {
    CanarySettings settings = settings(6, 6, 0.005);
    int tooFew = 0;
    int drawn = 0;
    for (double share : new double[] {0.1, 0.5, 0.9}) {
      for (int scalers = 5; scalers < 300; scalers += 5) {
        if (settings.slotSecondsFor(scalers, share) > 0) {
          continue;
        }
        for (int candidate = 0; candidate < 30; candidate++) {
          PolicyRef ref = new PolicyRef("p", "%064x".formatted(candidate));
          int tries = 0;
          for (int i = 0; i < scalers; i++) {
            tries += new Canary(ref, share, 0).includes("c/ns/d" + i, 0) ? 1 : 0;
          }
          drawn++;
          tooFew += Math.min(tries, scalers - tries) < settings.minUnits() ? 1 : 0;
        }
      }
    }
    assertThat(settings.slotSecondsFor(24, 0.1)).isEqualTo(600);
    assertThat(settings.slotSecondsFor(24, 0.5)).isEqualTo(600);
    assertThat(settings.slotSecondsFor(300, 0.1)).isEqualTo(0);
    assertThat(drawn).isGreaterThan(1000);
    // Three standard deviations of a binomial draw: about one in a thousand.
    assertThat(tooFew / (double) drawn).isLessThan(0.005);
  }

  /** Against the textbook's cluster sample computed by hand: two units of 100 and 300 requests. */
  @Test
  void theVarianceIsThatOfARatioOverUnits() {
    io.kiss.actors.lifecycle.Arm arm = new io.kiss.actors.lifecycle.Arm();
    arm.add("a", 100, 10, 1, 1);
    arm.add("b", 300, 10, 1, 1);
    // Share 20/400 = 0.05; residuals 10-5 = 5 and 10-15 = -5; 2/(2-1) · 50 / 400².
    assertThat(arm.violatingShare()).isEqualTo(0.05);
    assertThat(arm.variance()).isCloseTo(100.0 / 160_000, within(1e-15));
  }
}
