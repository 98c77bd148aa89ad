package io.kiss.kisim.autoscale.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds for any wishes; jqwik prints the seed of those it does not hold for. */
class GpuBudgetPropertiesTest {
  private static WorkloadSpec workload(Random random, int index, int min, int max) {
    int servers = 1 + random.nextInt(4);
    double service = 0.02 + 0.5 * random.nextDouble();
    return new WorkloadSpec(
        "d" + index,
        min,
        max,
        service * (1 + 3 * random.nextDouble()),
        service,
        servers / service,
        60,
        1 + 30 * random.nextDouble(),
        15);
  }

  private static Wish draw(Random random, int index, int gpus) {
    int min = 1 + random.nextInt(3);
    int max = min + random.nextInt(12);
    WorkloadSpec workload = workload(random, index, min, max);
    int current = min + random.nextInt(max - min + 1);
    boolean held = random.nextInt(8) == 0;
    int wished = held ? current : min + random.nextInt(max - min + 1);
    int lowest = held ? current : Math.min(wished, min + random.nextInt(current - min + 1));
    double rate = held ? Double.NaN : max * workload.replicaCapacity() * random.nextDouble();
    return new Wish(workload, random.nextInt(3), gpus, current, wished, lowest, rate);
  }

  private static List<Wish> draws(Random random) {
    List<Wish> wishes = new ArrayList<>();
    int deployments = 1 + random.nextInt(8);
    for (int i = 0; i < deployments; i++) {
      wishes.add(draw(random, i, random.nextInt(5)));
    }
    return wishes;
  }

  private static int gpus(Random random, List<Wish> wishes) {
    int wished = wishes.stream().mapToInt(w -> w.wished() * w.gpusPerReplica()).sum();
    return random.nextInt(2 + wished);
  }

  private static Map<String, Integer> given(List<Wish> wishes, long gpus) {
    Map<String, Integer> given = new HashMap<>();
    GpuBudget.allocate(wishes, gpus).shares().forEach((k, share) -> given.put(k, share.replicas()));
    return given;
  }

  @Property
  void nobodyIsBelowItsLowestOrAboveItsWishAndTheBudgetHoldsUnlessTheLowestAloneBreakIt(
      @ForAll long seed) {
    Random random = new Random(seed);
    List<Wish> wishes = draws(random);
    int gpus = gpus(random, wishes);

    Allocation all = GpuBudget.allocate(wishes, gpus);

    long used = 0;
    long targets = 0;
    long least = 0;
    for (Wish wish : wishes) {
      Allocation.Share share = all.shares().get(wish.name());
      assertThat(share.replicas()).as(wish.name()).isBetween(wish.lowest(), wish.wished());
      assertThat(share.target()).as(wish.name()).isLessThanOrEqualTo(wish.wished());
      assertThat(share.target())
          .as(wish.name())
          .isGreaterThanOrEqualTo(Math.min(wish.wished(), wish.workload().minReplicas()));
      // Down only as far as needed: never below the target, where it is above that.
      assertThat(share.replicas())
          .as(wish.name())
          .isGreaterThanOrEqualTo(Math.min(share.target(), wish.current()));
      used += (long) share.replicas() * wish.gpusPerReplica();
      targets += (long) share.target() * wish.gpusPerReplica();
      least += (long) wish.least() * wish.gpusPerReplica();
    }
    assertThat(all.gpus()).isEqualTo(used);
    assertThat(all.exceeded()).isEqualTo(used > gpus);
    assertThat(targets).isLessThanOrEqualTo(Math.max(gpus, least));
    if (used > gpus) {
      // Then nobody goes up.
      wishes.stream()
          .filter(wish -> wish.gpusPerReplica() > 0)
          .forEach(
              wish ->
                  assertThat(all.shares().get(wish.name()).replicas())
                      .isLessThanOrEqualTo(Math.max(wish.current(), wish.lowest())));
    }
  }

  @Property
  void theOrderOfWishesDoesNotMatter(@ForAll long seed) {
    Random random = new Random(seed);
    List<Wish> wishes = draws(random);
    int gpus = gpus(random, wishes);
    List<Wish> shuffled = new ArrayList<>(wishes);
    Collections.shuffle(shuffled, random);

    assertThat(GpuBudget.allocate(shuffled, gpus)).isEqualTo(GpuBudget.allocate(wishes, gpus));
  }

  @Property
  void everybodyThatNeedsMoreGetsMoreOfABiggerBudgetUntilAllWishesAreMet(@ForAll long seed) {
    Random random = new Random(seed);
    List<Wish> wishes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      wishes.add(settled(draw(random, i, 2), 1));
    }
    Map<String, Integer> before = given(wishes, 0);
    for (int gpus = 2; gpus <= 150; gpus += 2) {
      Map<String, Integer> now = given(wishes, gpus);
      before.forEach((name, n) -> assertThat(now.get(name)).as(name).isGreaterThanOrEqualTo(n));
      before = now;
    }
    for (Wish wish : wishes) {
      assertThat(before.get(wish.name())).isEqualTo(wish.wished());
    }
  }

  @Property
  void valuesThatScatterMoveNothingThatRuns(@ForAll long seed) {
    Random random = new Random(seed);
    List<Wish> wishes = new ArrayList<>();
    for (Wish wish : draws(random)) {
      wishes.add(settled(wish, wish.priority()));
    }
    int gpus = gpus(random, wishes);
    Map<String, Integer> running = given(wishes, gpus);

    for (int tick = 0; tick < 5; tick++) {
      List<Wish> scattered = new ArrayList<>();
      for (Wish wish : wishes) {
        // Values are proportional to prices, and what runs counts half as much again.
        double price = wish.workload().violationPrice() * (1 + 0.49 * random.nextDouble());
        scattered.add(priced(at(wish, running.get(wish.name())), price));
      }
      assertThat(given(scattered, gpus)).isEqualTo(running);
    }
  }

  private static Wish at(Wish wish, int current) {
    boolean held = Double.isNaN(wish.arrivalRate());
    int wished = held ? current : wish.wished();
    int lowest = held ? current : Math.min(wished, Math.min(current, wish.least()));
    return new Wish(
        wish.workload(),
        wish.priority(),
        wish.gpusPerReplica(),
        current,
        wished,
        lowest,
        wish.arrivalRate());
  }

  private static Wish priced(Wish wish, double price) {
    WorkloadSpec w = wish.workload();
    WorkloadSpec priced =
        new WorkloadSpec(
            w.name(),
            w.minReplicas(),
            w.maxReplicas(),
            w.sloSeconds(),
            w.serviceTimeSeconds(),
            w.replicaCapacity(),
            w.startupSeconds(),
            price,
            w.tickSeconds());
    return new Wish(
        priced,
        wish.priority(),
        wish.gpusPerReplica(),
        wish.current(),
        wish.wished(),
        wish.lowest(),
        wish.arrivalRate());
  }

  /** Nothing of it runs but its minimum, so that what runs already has no say. */
  private static Wish settled(Wish wish, int priority) {
    int min = wish.workload().minReplicas();
    double rate =
        Double.isNaN(wish.arrivalRate()) ? wish.workload().replicaCapacity() : wish.arrivalRate();
    return new Wish(
        wish.workload(),
        priority,
        wish.gpusPerReplica(),
        min,
        Math.max(min, wish.wished()),
        min,
        rate);
  }

  @Property(tries = 300)
  void noAllocationOfEqualPodsLosesLess(@ForAll long seed) {
    Random random = new Random(seed);
    int size = 1 + random.nextInt(3);
    List<Wish> wishes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      wishes.add(settled(draw(random, i, size), 0));
    }
    int gpus = gpus(random, wishes);

    assertThat(cost(wishes, given(wishes, gpus)))
        .isLessThanOrEqualTo(best(wishes, gpus) + rounding(wishes));
  }

  @Property(tries = 300)
  void noAllocationOfUnequalPodsLosesLessByMoreThanOnePod(@ForAll long seed) {
    Random random = new Random(seed);
    List<Wish> wishes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      wishes.add(settled(draw(random, i, 1 + random.nextInt(8)), 0));
    }
    int gpus = gpus(random, wishes);
    Map<String, Integer> given = given(wishes, gpus);
    double onePod = 0;
    for (Wish wish : wishes) {
      int n = given.get(wish.name());
      if (n < wish.wished()) {
        onePod = Math.max(onePod, cost(wish, n) - cost(wish, n + 1));
      }
    }

    assertThat(cost(wishes, given))
        .isLessThanOrEqualTo(best(wishes, gpus) + onePod + rounding(wishes));
  }

  @Property(tries = 300)
  void theHigherPriorityLosesAsLittleAsIfItWereAlone(@ForAll long seed) {
    Random random = new Random(seed);
    List<Wish> high = new ArrayList<>();
    List<Wish> low = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      high.add(settled(draw(random, i, 1), 1));
      low.add(settled(draw(random, 10 + i, 1), 0));
    }
    List<Wish> all = new ArrayList<>(low);
    all.addAll(high);
    int gpus = gpus(random, all);
    int minima = low.stream().mapToInt(wish -> wish.workload().minReplicas()).sum();

    assertThat(cost(high, given(all, gpus)))
        .isLessThanOrEqualTo(best(high, gpus - minima) + rounding(high));
  }

  /** The least that any allocation loses, by trying all of them. */
  private static double best(List<Wish> wishes, int gpus) {
    Map<String, Integer> tried = new HashMap<>();
    int least = 0;
    for (Wish wish : wishes) {
      tried.put(wish.name(), wish.lowest());
      least += wish.lowest() * wish.gpusPerReplica();
    }
    return best(wishes, 0, tried, gpus - least);
  }

  private static double best(List<Wish> wishes, int index, Map<String, Integer> tried, int left) {
    if (index == wishes.size()) {
      return cost(wishes, tried);
    }
    Wish wish = wishes.get(index);
    double best = Double.POSITIVE_INFINITY;
    for (int more = 0; more <= wish.wished() - wish.lowest(); more++) {
      int gpus = more * wish.gpusPerReplica();
      if (more > 0 && gpus > left) {
        break;
      }
      tried.put(wish.name(), wish.lowest() + more);
      best = Math.min(best, best(wishes, index + 1, tried, left - gpus));
    }
    tried.put(wish.name(), wish.lowest());
    return best;
  }

  private static double cost(List<Wish> wishes, Map<String, Integer> replicas) {
    return wishes.stream().mapToDouble(wish -> cost(wish, replicas.get(wish.name()))).sum();
  }

  /** A replica that saves one request in a million counts as one that saves none. */
  private static double rounding(List<Wish> wishes) {
    return wishes.stream().mapToDouble(wish -> 1e-6 * wish.wished() * cost(wish, 0)).sum() + 1e-9;
  }

  /** Late requests at their price, in units of the GPUs the offered load needs. */
  private static double cost(Wish wish, int replicas) {
    double needed = wish.arrivalRate() / wish.workload().replicaCapacity() * wish.gpusPerReplica();
    return wish.workload().violationPrice()
        * needed
        * LateShare.upTo(wish.workload(), replicas, wish.arrivalRate())[replicas];
  }
}
