package io.kiss.kisim.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * What a report may claim from a handful of seeds on a handful of traces (Agarwal et al., Deep
 * Reinforcement Learning at the Edge of the Statistical Precipice, NeurIPS 2021). Scores are costs:
 * lower is better. All intervals are 95 % and come from a stratified bootstrap over the seeds of
 * each trace; autoscalers that met the same traffic are compared run by run.
 */
public final class RunStatistics {
  private static final int RESAMPLES = 2000;
  private static final double CONFIDENCE = 0.95;
  private static final double TRIMMED = 0.25;

  private final StratifiedBootstrap bootstrap;

  /** Statistics whose resampling starts from {@code seed}. */
  public RunStatistics(long seed) {
    bootstrap = new StratifiedBootstrap(RESAMPLES, CONFIDENCE, seed);
  }

  /**
   * The mean of the middle half: of n values sorted, {@code ⌊n/4⌋} at either end are left out.
   *
   * @throws IllegalArgumentException without values
   */
  public static double interquartileMean(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no values to take a mean of");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int cut = (int) (TRIMMED * sorted.length);
    double sum = 0;
    for (int i = cut; i < sorted.length - cut; i++) {
      sum += sorted[i];
    }
    return sum / (sorted.length - 2 * cut);
  }

  /** Interquartile mean over all runs of all traces. */
  public Interval interquartileMean(Scores scores) {
    return bootstrap.paired(samples -> pooled(samples[0]), scores.matrix());
  }

  /**
   * Interquartile mean of {@code one}'s scores minus that of {@code other}'s, the same runs drawn
   * of both.
   *
   * @throws IllegalArgumentException if they did not run the same traces and seeds
   */
  public Interval difference(Scores one, Scores other) {
    one.requireSameRuns(other);
    return bootstrap.paired(
        samples -> pooled(samples[0]) - pooled(samples[1]), one.matrix(), other.matrix());
  }

  /**
   * {@link #difference} as a share of {@code other}'s interquartile mean: -0.07 is 7 % less.
   *
   * @throws IllegalArgumentException if they did not run the same traces and seeds
   */
  public Interval relativeDifference(Scores one, Scores other) {
    one.requireSameRuns(other);
    return bootstrap.paired(
        samples -> pooled(samples[0]) / pooled(samples[1]) - 1, one.matrix(), other.matrix());
  }

  /**
   * Median over all runs of the share of the way from {@code from} to {@code to} that {@code one}
   * has gone: 0 is as the former, 1 as the latter. Runs in which {@code to} is no better than
   * {@code from} have no such way and do not count.
   *
   * @return {@code NaN} where no run has one
   * @throws IllegalArgumentException if they did not run the same traces and seeds
   */
  public Interval gapClosed(Scores one, Scores from, Scores to) {
    one.requireSameRuns(from);
    one.requireSameRuns(to);
    Interval median =
        bootstrap.paired(
            samples -> medianGapClosed(samples[0], samples[1], samples[2]),
            one.matrix(),
            from.matrix(),
            to.matrix());
    // Sorted, NaN is the highest: where resamples may lack a gap altogether there is no interval.
    return Double.isNaN(median.high())
        ? new Interval(median.estimate(), Double.NaN, Double.NaN)
        : median;
  }

  private static double medianGapClosed(double[][] one, double[][] from, double[][] to) {
    DoubleStream.Builder shares = DoubleStream.builder();
    for (int s = 0; s < one.length; s++) {
      for (int i = 0; i < one[s].length; i++) {
        double gap = from[s][i] - to[s][i];
        if (gap > 0) {
          shares.add((from[s][i] - one[s][i]) / gap);
        }
      }
    }
    double[] all = shares.build().toArray();
    return all.length == 0 ? Double.NaN : Bootstrap.median(all);
  }

  /** How {@code one} does beside {@code other}, by the interval of their {@link #difference}. */
  public Verdict compare(Scores one, Scores other) {
    Interval difference = difference(one, other);
    if (difference.contains(0)) {
      return Verdict.TIE;
    }
    return difference.high() < 0 ? Verdict.BETTER : Verdict.WORSE;
  }

  /**
   * Probability that a run of {@code one} scores lower than a run of {@code other} on the same
   * trace, ties counting half, as a mean over traces (Mann and Whitney's U).
   *
   * @throws IllegalArgumentException if they did not run the same traces and seeds
   */
  public Interval probabilityOfImprovement(Scores one, Scores other) {
    one.requireSameRuns(other);
    return bootstrap.independent(
        samples -> improvement(samples[0], samples[1]), one.matrix(), other.matrix());
  }

  /**
   * Share of runs with a score of at most each threshold.
   *
   * @param thresholds ascending
   */
  public PerformanceProfile performanceProfile(Scores scores, double[] thresholds) {
    Interval[] shares = new Interval[thresholds.length];
    for (int i = 0; i < thresholds.length; i++) {
      double threshold = thresholds[i];
      shares[i] = bootstrap.paired(samples -> shareAtMost(samples[0], threshold), scores.matrix());
    }
    return new PerformanceProfile(scores.autoscaler(), thresholds, shares);
  }

  /**
   * A place in a ranking.
   *
   * @param autoscaler whose it is
   * @param mean interquartile mean of its scores
   * @param tiedWith those whose difference from it is no more than chance, best first
   */
  public record Place(String autoscaler, Interval mean, List<String> tiedWith) {
    public Place {
      tiedWith = List.copyOf(tiedWith);
    }
  }

  /**
   * All of them, lowest interquartile mean first, with their ties. A tie is between two: that one
   * ties with two others does not say that those tie.
   *
   * @throws IllegalArgumentException if they did not run the same traces and seeds
   */
  public List<Place> rank(List<Scores> all) {
    List<Scores> ordered = new ArrayList<>(all);
    ordered.sort(Comparator.comparingDouble(scores -> pooled(scores.matrix())));
    List<Place> places = new ArrayList<>();
    for (Scores scores : ordered) {
      List<String> ties = new ArrayList<>();
      for (Scores other : ordered) {
        if (other != scores && compare(scores, other) == Verdict.TIE) {
          ties.add(other.autoscaler());
        }
      }
      places.add(new Place(scores.autoscaler(), interquartileMean(scores), ties));
    }
    return places;
  }

  private static double pooled(double[][] strata) {
    int size = 0;
    for (double[] runs : strata) {
      size += runs.length;
    }
    double[] all = new double[size];
    int at = 0;
    for (double[] runs : strata) {
      System.arraycopy(runs, 0, all, at, runs.length);
      at += runs.length;
    }
    return interquartileMean(all);
  }

  private static double improvement(double[][] one, double[][] other) {
    double sum = 0;
    for (int s = 0; s < one.length; s++) {
      double wins = 0;
      for (double mine : one[s]) {
        for (double theirs : other[s]) {
          wins += mine < theirs ? 1 : mine == theirs ? 0.5 : 0;
        }
      }
      sum += wins / ((double) one[s].length * other[s].length);
    }
    return sum / one.length;
  }

  private static double shareAtMost(double[][] strata, double threshold) {
    double sum = 0;
    for (double[] runs : strata) {
      int within = 0;
      for (double value : runs) {
        within += value <= threshold ? 1 : 0;
      }
      sum += (double) within / runs.length;
    }
    return sum / strata.length;
  }
}
