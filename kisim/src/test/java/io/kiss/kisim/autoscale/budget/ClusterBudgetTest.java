package io.kiss.kisim.autoscale.budget;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Namespaces share a cluster's GPUs; jqwik prints the seed of what does not hold. */
class ClusterBudgetTest {

  private static Demand demand(long used, long least, Demand.Step... steps) {
    return new Demand(used, least, List.of(steps));
  }

  @Test
  void theBestUseComesFirstWhicheverNamespaceHasIt() {
    Demand a = demand(2, 2, new Demand.Step(0, 5, 4), new Demand.Step(0, 1, 4));
    Demand b = demand(2, 2, new Demand.Step(0, 3, 4));

    assertThat(ClusterBudget.split(Map.of("a", a, "b", b), Map.of(), 9))
        .isEqualTo(Map.of("a", 6L, "b", 3L));
    assertThat(ClusterBudget.split(Map.of("a", a, "b", b), Map.of(), 13))
        .isEqualTo(Map.of("a", 7L, "b", 6L));
  }

  @Test
  void aHigherPriorityComesFirst() {
    Demand low = demand(1, 1, new Demand.Step(0, 50, 9));
    Demand high = demand(1, 1, new Demand.Step(4, 1, 5));

    assertThat(ClusterBudget.split(Map.of("low", low, "high", high), Map.of(), 8))
        .isEqualTo(Map.of("low", 2L, "high", 6L));
  }

  @Test
  void whatIsToBeGivenBackGoesToOthersOnlyOnceItIsNotHeldAnyMore() {
    Demand rich = demand(8, 1, new Demand.Step(0, 1, 7));
    Demand poor = demand(1, 1, new Demand.Step(0, 9, 6));
    Map<String, Demand> demands = Map.of("rich", rich, "poor", poor);

    assertThat(ClusterBudget.split(demands, Map.of("rich", 8L, "poor", 1L), 10))
        .isEqualTo(Map.of("rich", 3L, "poor", 2L));
    // It has come down, and may not go up any more.
    Demand down = demand(3, 1, new Demand.Step(0, 1, 7));
    assertThat(
            ClusterBudget.split(
                Map.of("rich", down, "poor", poor), Map.of("rich", 3L, "poor", 2L), 10))
        .isEqualTo(Map.of("rich", 3L, "poor", 7L));
    // It has come down, but may think it has eight still.
    assertThat(
            ClusterBudget.split(
                Map.of("rich", down, "poor", poor), Map.of("rich", 8L, "poor", 2L), 10))
        .isEqualTo(Map.of("rich", 3L, "poor", 2L));
  }

  private static Demand draw(Random random) {
    List<Demand.Step> steps = new ArrayList<>();
    int count = random.nextInt(6);
    for (int i = 0; i < count; i++) {
      steps.add(
          new Demand.Step(random.nextInt(3), 10 * random.nextDouble(), 1 + random.nextInt(9)));
    }
    steps.sort(
        (x, y) ->
            x.priority() != y.priority()
                ? y.priority() - x.priority()
                : Double.compare(y.value(), x.value()));
    return new Demand(random.nextInt(30), random.nextInt(8), steps);
  }

  @Property
  void whatIsHeldAndWhatIsGivenNeverExceedTheBudgetUnlessWhatIsHeldDoes(@ForAll long seed) {
    Random random = new Random(seed);
    Map<String, Demand> demands = new TreeMap<>();
    Map<String, Long> holding = new HashMap<>();
    int namespaces = 1 + random.nextInt(5);
    for (int i = 0; i < namespaces; i++) {
      demands.put("n" + i, draw(random));
      if (random.nextBoolean()) {
        holding.put("n" + i, (long) random.nextInt(40));
      }
    }
    long gpus = random.nextInt(100);

    Map<String, Long> shares = ClusterBudget.split(demands, holding, gpus);

    long held = 0;
    long together = 0;
    long least = 0;
    for (String name : demands.keySet()) {
      Demand demand = demands.get(name);
      long has = Math.max(demand.used(), holding.getOrDefault(name, 0L));
      held += has;
      together += Math.max(has, shares.get(name));
      least += demand.least();
      assertThat(shares.get(name)).as(name).isBetween(0L, demand.wished());
      assertThat(shares.get(name)).as(name).isGreaterThanOrEqualTo(Math.min(has, demand.least()));
    }
    assertThat(together).isLessThanOrEqualTo(Math.max(gpus, held));
    assertThat(shares.values().stream().mapToLong(Long::longValue).sum())
        .isLessThanOrEqualTo(Math.max(gpus, least));
  }

  @Property
  void aloneInItsClusterANamespaceGetsWhatItsOwnBudgetWouldHaveGivenIt(@ForAll long seed) {
    Random random = new Random(seed);
    List<Wish> wishes = new ArrayList<>();
    long wished = 0;
    for (int i = 0; i < 4; i++) {
      WorkloadSpec workload = new WorkloadSpec("d" + i, 1, 30, 0.3, 0.1, 10, 60, 10, 15);
      int wish = 1 + random.nextInt(12);
      wished += wish;
      wishes.add(
          new Wish(workload, random.nextInt(3), 1, 1, wish, 1, 10 * 12 * random.nextDouble()));
    }
    Demand demand = GpuBudget.demand(wishes, 3);

    assertThat(demand.used()).isEqualTo(7);
    assertThat(demand.least()).isEqualTo(7);
    assertThat(demand.wished()).isEqualTo(3 + wished);
    for (long gpus = 7; gpus < 60; gpus++) {
      assertThat(ClusterBudget.split(Map.of("n", demand), Map.of(), gpus).get("n"))
          .isEqualTo(3 + GpuBudget.allocate(wishes, gpus - 3).gpus());
    }
  }
}
