package io.kiss.kisim.autoscale.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GpuBudgetTest {

  /** Ten requests a second a replica, one at a time. */
  private static Wish wish(String name, int priority, int current, int wished, double load) {
    return wish(name, priority, 1, current, wished, 1, load, 10);
  }

  private static Wish wish(
      String name,
      int priority,
      int gpus,
      int current,
      int wished,
      int lowest,
      double load,
      double price) {
    WorkloadSpec workload = new WorkloadSpec(name, 1, 100, 0.5, 0.1, 10, 60, price, 15);
    return new Wish(workload, priority, gpus, current, wished, lowest, 10 * load);
  }

  private static int replicas(List<Wish> wishes, long gpus, String name) {
    return GpuBudget.allocate(wishes, gpus).shares().get(name).replicas();
  }

  @Test
  void whatFitsIsGivenAsWished() {
    Allocation all = GpuBudget.allocate(List.of(wish("a", 0, 2, 7, 5), wish("b", 0, 9, 3, 2)), 10);

    assertThat(all.shares().get("a")).isEqualTo(new Allocation.Share(7, 7));
    assertThat(all.shares().get("b")).isEqualTo(new Allocation.Share(3, 3));
    assertThat(all.gpus()).isEqualTo(10);
    assertThat(all.exceeded()).isFalse();
  }

  @Test
  void equalsWithEqualLoadsShareAlike() {
    List<Wish> wishes = List.of(wish("a", 0, 2, 10, 8), wish("b", 0, 2, 10, 8));

    assertThat(replicas(wishes, 12, "a")).isEqualTo(6);
    assertThat(replicas(wishes, 12, "b")).isEqualTo(6);
  }

  @Test
  void whatCannotBeHalvedGoesToTheFirstByNameWhateverTheOrder() {
    Wish a = wish("a", 0, 2, 10, 8);
    Wish b = wish("b", 0, 2, 10, 8);

    assertThat(replicas(List.of(a, b), 11, "a")).isEqualTo(6);
    assertThat(replicas(List.of(b, a), 11, "a")).isEqualTo(6);
  }

  @Test
  void theHigherPriorityHasItsWishFirstAndTheLowerAtLeastItsMinimum() {
    List<Wish> wishes = List.of(wish("low", -1, 1, 10, 90), wish("high", 5, 1, 10, 5));

    assertThat(replicas(wishes, 8, "high")).isEqualTo(7);
    assertThat(replicas(wishes, 8, "low")).isEqualTo(1);
    assertThat(replicas(wishes, 14, "high")).isEqualTo(10);
    assertThat(replicas(wishes, 14, "low")).isEqualTo(4);
  }

  @Test
  void theDearerViolationsComeFirstAmongEquals() {
    List<Wish> wishes =
        List.of(wish("cheap", 0, 1, 1, 9, 1, 8, 5), wish("dear", 0, 1, 1, 9, 1, 8, 50));

    // Ten times the price: up to its wish nothing of the other's is worth as much.
    assertThat(replicas(wishes, 10, "dear")).isEqualTo(9);
    assertThat(replicas(wishes, 10, "cheap")).isEqualTo(1);
  }

  @Test
  void aGpuGoesWhereItSavesMoreAndNotWhereAPodIsBigger() {
    // Both lose as many requests a replica short, but one of them takes four GPUs for each.
    List<Wish> wishes =
        List.of(wish("big", 0, 4, 1, 5, 1, 5, 10), wish("small", 0, 1, 1, 5, 1, 5, 10));

    Allocation all = GpuBudget.allocate(wishes, 12);

    // Loads of the same replicas are worth four times as much of the bigger pods, for as many GPUs.
    assertThat(all.gpus()).isLessThanOrEqualTo(12);
    assertThat(all.shares().get("small").replicas()).isEqualTo(4);
    assertThat(all.shares().get("big").replicas()).isEqualTo(2);
  }

  @Test
  void minimaThatExceedTheBudgetAreGivenAndSaidToExceedIt() {
    List<Wish> wishes = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      wishes.add(wish(name, 0, 3, 6, 5));
    }

    Allocation all = GpuBudget.allocate(wishes, 2);

    assertThat(all.shares().values()).containsOnly(new Allocation.Share(1, 1));
    assertThat(all.gpus()).isEqualTo(3);
    assertThat(all.exceeded()).isTrue();
  }

  @Test
  void whatRunsAboveItsShareComesDownAsFarAsTheGuardrailsAllowAndNobodyGetsItBefore() {
    Wish running = wish("running", 0, 1, 10, 10, 8, 9, 10);
    Wish coming = wish("coming", 1, 1, 1, 6, 1, 5, 10);

    Allocation all = GpuBudget.allocate(List.of(running, coming), 11);

    assertThat(all.shares().get("running")).isEqualTo(new Allocation.Share(5, 8));
    assertThat(all.shares().get("coming")).isEqualTo(new Allocation.Share(6, 3));
  }

  @Test
  void whoIsNotAboveItsShareDoesNotMakeRoomForOneThatCannotComeDownYet() {
    Wish stuck = wish("stuck", 0, 1, 10, 10, 10, 9, 10);
    Wish inside = wish("inside", 1, 1, 3, 3, 1, 2.5, 10);

    Allocation all = GpuBudget.allocate(List.of(stuck, inside), 8);

    assertThat(all.shares().get("inside")).isEqualTo(new Allocation.Share(3, 3));
    assertThat(all.shares().get("stuck")).isEqualTo(new Allocation.Share(5, 10));
    assertThat(all.exceeded()).isTrue();
  }

  @Test
  void nothingIsTakenFromOneWhoseLoadNobodyKnows() {
    Wish unknown = wish("unknown", -1, 1, 6, 6, 6, Double.NaN, 10);
    Wish known = wish("known", 1, 1, 1, 9, 1, 8, 10);

    assertThat(replicas(List.of(unknown, known), 8, "unknown")).isEqualTo(6);
    assertThat(replicas(List.of(unknown, known), 8, "known")).isEqualTo(2);
  }

  @Test
  void aFailsafeRaiseGetsWhatNobodyElseNeeds() {
    Wish unknown = wish("unknown", 0, 1, 2, 6, 2, Double.NaN, 10);
    Wish known = wish("known", 0, 1, 1, 5, 1, 4.5, 10);

    assertThat(replicas(List.of(unknown, known), 8, "known")).isEqualTo(5);
    assertThat(replicas(List.of(unknown, known), 8, "unknown")).isEqualTo(3);
  }

  @Test
  void podsWithoutGpusAreNotLimited() {
    List<Wish> wishes =
        List.of(wish("cpu", 0, 0, 2, 40, 1, 30, 10), wish("gpu", 0, 1, 1, 9, 1, 8, 10));

    assertThat(replicas(wishes, 4, "cpu")).isEqualTo(40);
    assertThat(replicas(wishes, 4, "gpu")).isEqualTo(4);
  }

  @Test
  void aDeploymentWishesOnce() {
    assertThatThrownBy(
            () -> GpuBudget.allocate(List.of(wish("a", 0, 1, 2, 1), wish("a", 0, 1, 3, 1)), 9))
        .hasMessageContaining("two wishes");
  }
}
