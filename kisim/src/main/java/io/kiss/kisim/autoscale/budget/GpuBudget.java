package io.kiss.kisim.autoscale.budget;

import io.kiss.kisim.autoscale.budget.Allocation.Share;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Shares GPUs out among Deployments that wish for more than there are.
 *
 * <p>Everybody has the minimum. What is left goes, one replica at a time, to the highest priority,
 * and among equals to where a GPU saves most: a replica is worth the requests it makes punctual
 * ({@link LateShare}), at the Deployment's violation price. Each replica of a Deployment is worth
 * less than the one before, so that this is optimal among Deployments whose pods are of one size;
 * with several sizes it is at most one pod short of that.
 */
public final class GpuBudget {

  /**
   * What runs counts for so much more than what does not: loads scatter, and a replica that is
   * moved takes minutes to become ready.
   */
  public static final double RUNNING_COUNTS = 1.5;

  /** Fewer requests are none: a replica that saves no more comes last, the running one first. */
  private static final double NOTHING = 1e-6;

  private static final Comparator<Step> ORDER =
      Comparator.comparingInt((Step step) -> -step.wish.priority())
          .thenComparingDouble(step -> -step.value)
          .thenComparing(step -> !step.running)
          .thenComparingDouble(step -> (double) step.replica / step.wish.wished())
          .thenComparing(step -> step.wish.name());

  private GpuBudget() {}

  /**
   * One replica more of a Deployment.
   *
   * @param replica the first is 1
   * @param value saved by each of its GPUs, in GPUs
   */
  private record Step(Wish wish, int replica, double value, boolean running) {}

  /**
   * Shares out a budget.
   *
   * @param wishes one a Deployment, in any order
   * @param gpus how many there are for all of them
   * @throws IllegalArgumentException if two wishes are of the same Deployment
   */
  public static Allocation allocate(List<Wish> wishes, long gpus) {
    Map<String, Integer> targets = fill(wishes, Wish::least, Wish::wished, gpus);
    if (targets.size() < wishes.size()) {
      throw new IllegalArgumentException("two wishes are of the same Deployment");
    }
    // Nobody makes room for others below the target: who is above it does.
    ToIntFunction<Wish> floor =
        wish ->
            Math.min(
                wish.wished(),
                Math.max(wish.lowest(), Math.min(wish.current(), targets.get(wish.name()))));
    Map<String, Integer> replicas =
        fill(
            wishes,
            floor,
            wish -> Math.max(floor.applyAsInt(wish), targets.get(wish.name())),
            gpus);
    Map<String, Share> shares = new HashMap<>();
    long used = 0;
    for (Wish wish : wishes) {
      int given = replicas.get(wish.name());
      shares.put(wish.name(), new Share(targets.get(wish.name()), given));
      used += (long) given * wish.gpusPerReplica();
    }
    return new Allocation(shares, used, used > gpus);
  }

  /**
   * What these wishes ask of a budget that others share.
   *
   * @param fixed GPUs taken by what nobody here scales
   */
  public static Demand demand(List<Wish> wishes, long fixed) {
    List<Step> steps = new ArrayList<>();
    long used = fixed;
    long least = fixed;
    for (Wish wish : wishes) {
      used += (long) wish.current() * wish.gpusPerReplica();
      least += (long) wish.least() * wish.gpusPerReplica();
      addSteps(steps, wish, wish.least(), wish.gpusPerReplica() == 0 ? 0 : wish.wished());
    }
    steps.sort(ORDER);
    return new Demand(
        used,
        least,
        Demand.merged(
            steps.stream()
                .map(
                    step ->
                        new Demand.Step(
                            step.wish.priority(), step.value, step.wish.gpusPerReplica()))
                .toList()));
  }

  /** Replicas by name, between floor and ceiling; the floors alone where these take too much. */
  private static Map<String, Integer> fill(
      List<Wish> wishes, ToIntFunction<Wish> floor, ToIntFunction<Wish> ceiling, long gpus) {
    Map<String, Integer> given = new HashMap<>();
    long left = gpus;
    List<Step> steps = new ArrayList<>();
    for (Wish wish : wishes) {
      int least = wish.gpusPerReplica() == 0 ? wish.wished() : floor.applyAsInt(wish);
      given.put(wish.name(), least);
      left -= (long) least * wish.gpusPerReplica();
      addSteps(steps, wish, least, wish.gpusPerReplica() == 0 ? least : ceiling.applyAsInt(wish));
    }
    steps.sort(ORDER);
    for (Step step : steps) {
      // A replica whose predecessor found no room finds none either: they are of one size.
      if (step.wish.gpusPerReplica() <= left) {
        left -= step.wish.gpusPerReplica();
        given.put(step.wish.name(), step.replica);
      }
    }
    return given;
  }

  private static void addSteps(List<Step> steps, Wish wish, int from, int to) {
    if (from >= to) {
      return;
    }
    // Where nobody knows the load, as when the failsafe asks, nothing is known to be saved.
    double[] late = LateShare.upTo(wish.workload(), to, wish.arrivalRate());
    double price =
        wish.workload().violationPrice() * wish.arrivalRate() / wish.workload().replicaCapacity();
    double before = Double.POSITIVE_INFINITY;
    for (int n = from + 1; n <= to; n++) {
      boolean running = n <= wish.current();
      double saved = late[n - 1] - late[n];
      double value = saved >= NOTHING ? price * saved * (running ? RUNNING_COUNTS : 1) : 0;
      // Never more than the one before: rounding must not let a later replica come first.
      before = Math.min(before, value);
      steps.add(new Step(wish, n, before, running));
    }
  }
}
