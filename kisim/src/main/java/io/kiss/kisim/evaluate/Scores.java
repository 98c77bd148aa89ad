package io.kiss.kisim.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What one autoscaler scored, trace by trace and seed by seed; lower is better.
 *
 * @param autoscaler whose they are
 * @param strata one a trace: its name and the scores of its seeds, in order
 */
public record Scores(String autoscaler, List<Stratum> strata) {

  /**
   * The runs of one trace.
   *
   * @param name of the trace
   * @param values one a seed; copied at construction
   */
  public record Stratum(String name, double[] values) {
    public Stratum {
      values = values.clone();
      if (values.length == 0) {
        throw new IllegalArgumentException("no runs of " + name);
      }
      for (double value : values) {
        if (Double.isNaN(value)) {
          throw new IllegalArgumentException("a run of " + name + " has no score");
        }
      }
    }

    @Override
    public double[] values() {
      return values.clone();
    }
  }

  public Scores {
    strata = List.copyOf(strata);
    if (strata.isEmpty()) {
      throw new IllegalArgumentException(autoscaler + " has no runs");
    }
  }

  /** Of a map from trace to scores, in its order. */
  public static Scores of(String autoscaler, Map<String, double[]> runs) {
    List<Stratum> strata = new ArrayList<>();
    runs.forEach((name, values) -> strata.add(new Stratum(name, values)));
    return new Scores(autoscaler, strata);
  }

  /** {@code [traces][seeds]}, not to be changed. */
  double[][] matrix() {
    return strata.stream().map(stratum -> stratum.values).toArray(double[][]::new);
  }

  /** Refuses another's scores that are not of the same traces and as many seeds. */
  void requireSameRuns(Scores other) {
    boolean same = strata.size() == other.strata.size();
    for (int s = 0; same && s < strata.size(); s++) {
      same =
          strata.get(s).name.equals(other.strata.get(s).name)
              && strata.get(s).values.length == other.strata.get(s).values.length;
    }
    if (!same) {
      throw new IllegalArgumentException(
          autoscaler + " and " + other.autoscaler + " did not run the same traces and seeds");
    }
  }
}
