package io.kiss.kisim.evaluate;

import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the best settings of an autoscaler on given cases, before a tournament: on training
 * scenarios, as an operator would beforehand, or on the very trace it is then run on, which makes
 * the strongest opponent there is. Nothing but the costs is looked at, and they can come from
 * anywhere; the same costs give the same settings.
 */
public final class TuningSweep {
  private TuningSweep() {}

  /**
   * What a candidate cost.
   *
   * @param choice its settings
   * @param cost interquartile mean over the cases, as reports rank by
   */
  public record Candidate(AutoscalerChoice choice, double cost) {}

  /**
   * What a sweep found.
   *
   * @param best the cheapest; of equal ones the first
   * @param tried all candidates, cheapest first
   */
  public record Tuned(Candidate best, List<Candidate> tried) {
    public Tuned {
      tried = List.copyOf(tried);
    }
  }

  /**
   * Picks by what the candidates cost.
   *
   * @param costs {@code [candidates][cases]}; lower is better
   */
  public static Tuned pick(List<AutoscalerChoice> candidates, double[][] costs) {
    if (candidates.isEmpty() || candidates.size() != costs.length) {
      throw new IllegalArgumentException(
          "a sweep needs candidates, each with its costs: "
              + candidates.size()
              + " and "
              + costs.length);
    }
    List<Candidate> tried = new ArrayList<>();
    for (int i = 0; i < costs.length; i++) {
      tried.add(new Candidate(candidates.get(i), RunStatistics.interquartileMean(costs[i])));
    }
    // Stable, so that equal ones stay in the order they were tried in; NaN comes last.
    tried.sort(Comparator.comparingDouble(Candidate::cost));
    if (Double.isNaN(tried.get(0).cost())) {
      throw new IllegalArgumentException(
          "no candidate of " + candidates.get(0).kind().name() + " has a cost");
    }
    return new Tuned(tried.get(0), tried);
  }
}
