package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RuleRehearsalTest {
  private static final int TICK = 15;
  private static final int HOUR = 240;
  private static final int LAST = RuleRehearsal.TARGETS.length - 1;

  private final float[] features = new float[RuleRehearsal.features().size()];

  /** 1..40 replicas of 1000 requests/s each, so that next to nobody waits below full load. */
  private static WorkloadSpec workload(double startupSeconds, double violationPrice) {
    return new WorkloadSpec("test", 1, 40, 0.5, 0.1, 1000, startupSeconds, violationPrice, TICK);
  }

  /** All signals but the growth alike, as after hours of a load that never fell. */
  private static void add(RuleRehearsal rehearsal, double load) {
    double rate = 1000 * load;
    rehearsal.add(rate, rate, rate, rate, rate, rate);
  }

  private float feature(String name) {
    int index = RuleRehearsal.features().indexOf(name);
    assertThat(index).as(name).isNotNegative();
    return features[index];
  }

  @Test
  void underASteadyLoadTheRuleWithTheLeastRoomIsTheBest() {
    RuleRehearsal rehearsal = new RuleRehearsal(workload(60, 10));
    for (int i = 0; i < 20 * HOUR; i++) {
      add(rehearsal, 8);
    }
    assertThat(rehearsal.encode(5, features, 0)).isEqualTo(features.length);
    // 8 replicas' load at 88 % takes ten, at 25 % 32, and nobody waits.
    assertThat(feature("cost of the best rule")).isCloseTo(10 / 8f - 1, within(2e-3f));
    assertThat(feature("regret of the best rule to 25 %")).isCloseTo(32 / 10f - 1, within(0.01f));
    assertThat(feature("log replicas of the best rule over desired"))
        .isCloseTo((float) Math.log(8 / 0.88 / 5), within(1e-5f));
    assertThat(feature("share of three hours that rules were rehearsed for")).isEqualTo(1);
  }

  @Test
  void crowdsThatComeEveryHalfHourMakeRulesBestThatRememberThem() {
    LoadHistory history = new LoadHistory(TICK);
    RuleRehearsal rehearsal = new RuleRehearsal(workload(120, 30));
    float highest = 0;
    for (int i = 0; i < 10 * HOUR; i++) {
      float load = i % 120 < 112 ? 1 : 8;
      history.add(1000 * load);
      highest = Math.max(highest, 1000 * load);
      rehearsal.add(
          1000 * load,
          history.highest(5),
          history.highest(21),
          history.highest(80),
          highest,
          highest);
    }
    rehearsal.encode(10, features, 0);
    // Ten replicas, always, for a mean load of (112 · 1 + 8 · 8) / 120. Without them a start-up
    // time
    // of violations each crowd costs 30 · 64 / 176, which is more.
    assertThat(rehearsal.cost(3, LAST)).isCloseTo(10 * 120 / 176.0, within(0.15));
    assertThat(rehearsal.cost(0, LAST)).isGreaterThan(30 * 64 / 176.0);
    assertThat(feature("regret of the best rule on highest of 1 h")).isZero();
    assertThat(feature("regret of the best rule on highest of 1 min")).isGreaterThan(0.3f);
  }

  @Test
  void aHigherViolationPriceNeverWishesForFewerReplicas() {
    double before = Double.NEGATIVE_INFINITY;
    for (double price : new double[] {0.1, 1, 3, 10, 30, 100}) {
      Random random = new Random(7);
      RuleRehearsal rehearsal = new RuleRehearsal(workload(60, price));
      double load = 5;
      for (int i = 0; i < 4 * HOUR; i++) {
        load = Math.max(1, Math.min(20, load * Math.exp(0.15 * random.nextGaussian())));
        add(rehearsal, load);
      }
      rehearsal.encode(10, features, 0);
      double wish = feature("log replicas of the best rule on highest of 1 min over desired");
      assertThat(wish).as("price " + price).isGreaterThanOrEqualTo(before);
      before = wish;
    }
  }

  @Test
  void costsAreThoseOfPodsThatAreStartedAndStoppedOneByOne() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int startUp = random.nextInt(1, 300);
    WorkloadSpec workload = workload(startUp, 10);
    RuleRehearsal rehearsal = new RuleRehearsal(workload);
    PodByPod[] rules = new PodByPod[RuleRehearsal.TARGETS.length];
    for (int t = 0; t < rules.length; t++) {
      rules[t] = new PodByPod(workload, RuleRehearsal.TARGETS[t]);
    }
    double load = 5;
    for (int i = 0; i < 30 * HOUR; i++) {
      load = Math.max(0.5, Math.min(30, load * Math.exp(0.2 * random.nextGaussian())));
      add(rehearsal, (float) load);
      for (PodByPod rule : rules) {
        rule.tick(i, (float) load);
      }
    }
    rehearsal.encode(10, features, 0);
    for (int t = 0; t < rules.length; t++) {
      assertThat(rehearsal.cost(0, t))
          .as("target %s, start-up %s s, seed %s", RuleRehearsal.TARGETS[t], startUp, seed)
          .isCloseTo(rules[t].cost(), within(0.02 * rules[t].cost()));
    }
  }

  @Test
  void whatIsNotKnownDoesNotCount() {
    RuleRehearsal gaps = new RuleRehearsal(workload(60, 10));
    RuleRehearsal none = new RuleRehearsal(workload(60, 10));
    float[] other = new float[features.length];
    for (int i = 0; i < 100; i++) {
      add(none, 1 + i % 9);
      add(gaps, 1 + i % 9);
      add(gaps, Double.NaN);
    }
    gaps.encode(5, features, 0);
    none.encode(5, other, 0);
    assertThat(features).containsExactly(other);
  }

  /** One rule, pod by pod, with fading means of three hours that start with the first load. */
  private static final class PodByPod {
    private static final double KEEP = 1 - 15 / (3 * 3600.0);

    private final WorkloadSpec workload;
    private final double target;
    private final Deque<Double> readyAt = new ArrayDeque<>();
    private double backlog;
    private double held;
    private double violating;
    private double needed;

    PodByPod(WorkloadSpec workload, double target) {
      this.workload = workload;
      this.target = target;
    }

    void tick(int tick, double load) {
      double now = tick * TICK;
      if (tick > 0) {
        // Pods serve the tick whose rate is measured at its end, and are asked for a tick before.
        double at = now - 2 * TICK;
        long ready = readyAt.stream().filter(time -> time <= at).count();
        backlog = Math.max(0, backlog + (load - ready) * TICK);
        double slack = workload.sloSeconds() - workload.serviceTimeSeconds();
        boolean late = load >= ready || backlog > ready * slack;
        backlog = Math.min(backlog, ready * 10.0);
        held = KEEP * held + readyAt.size();
        violating = KEEP * violating + (late ? load : 0);
        needed = KEEP * needed + load;
      }
      int wish = workload.clamp((int) Math.ceil(load / target));
      while (readyAt.size() > wish) {
        readyAt.removeLast();
      }
      while (readyAt.size() < wish) {
        readyAt.addLast(tick == 0 ? Double.NEGATIVE_INFINITY : now + workload.startupSeconds());
      }
    }

    double cost() {
      return (held + workload.violationPrice() * violating) / needed;
    }
  }
}
