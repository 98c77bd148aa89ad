package io.kiss.kisim.autoscale.budget;

import java.util.ArrayList;
import java.util.List;

/**
 * What a whole namespace asks of a cluster's budget: small enough to be told at every tick, however
 * many Deployments there are.
 *
 * @param used GPUs that its replicas take now
 * @param least GPUs it cannot do without: minima, and what is not scaled
 * @param steps what GPUs beyond those would save, the best first
 */
public record Demand(long used, long least, List<Step> steps) {

  /** Values inside a factor of this are told as one. */
  private static final double ALIKE = 1.25;

  public Demand {
    steps = List.copyOf(steps);
  }

  /**
   * GPUs of about the same value.
   *
   * @param value saved by each, in GPUs
   */
  public record Step(int priority, double value, long gpus) {}

  /** The same steps, fewer: neighbours of one priority and about one value are put together. */
  static List<Step> merged(List<Step> steps) {
    List<Step> merged = new ArrayList<>();
    double first = 0;
    for (Step step : steps) {
      int last = merged.size() - 1;
      Step before = last < 0 ? null : merged.get(last);
      if (before != null && before.priority() == step.priority() && step.value() * ALIKE >= first) {
        long gpus = before.gpus() + step.gpus();
        double value = (before.value() * before.gpus() + step.value() * step.gpus()) / gpus;
        merged.set(last, new Step(step.priority(), value, gpus));
      } else {
        merged.add(step);
        first = step.value();
      }
    }
    return merged;
  }

  /** GPUs wished for altogether. */
  public long wished() {
    return least + steps.stream().mapToLong(Step::gpus).sum();
  }
}
