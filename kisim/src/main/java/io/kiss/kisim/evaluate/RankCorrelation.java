package io.kiss.kisim.evaluate;

/**
 * How alike two rankings of the same things are: 1 where they agree, -1 where one is the other
 * turned round. Ties share their mean rank.
 */
public final class RankCorrelation {
  private RankCorrelation() {}

  /**
   * Spearman's ρ: Pearson's correlation of the ranks.
   *
   * @param one scores; {@code NaN} where all are equal, as there is no ranking then
   * @param other scores of the same things in the same order
   */
  public static double spearman(double[] one, double[] other) {
    requireSameSize(one, other);
    double[] a = ranks(one);
    double[] b = ranks(other);
    double mean = (one.length + 1) / 2.0;
    double both = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < a.length; i++) {
      both += (a[i] - mean) * (b[i] - mean);
      first += (a[i] - mean) * (a[i] - mean);
      second += (b[i] - mean) * (b[i] - mean);
    }
    return both / Math.sqrt(first * second);
  }

  /** Kendall's τ-b: pairs in the same order less those in the other, over those without ties. */
  public static double kendall(double[] one, double[] other) {
    requireSameSize(one, other);
    double agreement = 0;
    double untiedOne = 0;
    double untiedOther = 0;
    for (int i = 0; i < one.length; i++) {
      for (int j = 0; j < i; j++) {
        double a = Math.signum(one[i] - one[j]);
        double b = Math.signum(other[i] - other[j]);
        agreement += a * b;
        untiedOne += a * a;
        untiedOther += b * b;
      }
    }
    return agreement / Math.sqrt(untiedOne * untiedOther);
  }

  private static double[] ranks(double[] values) {
    double[] ranks = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      for (double each : values) {
        ranks[i] += each < values[i] ? 1 : each == values[i] ? 0.5 : 0;
      }
      ranks[i] += 0.5;
    }
    return ranks;
  }

  private static void requireSameSize(double[] one, double[] other) {
    if (one.length != other.length || one.length < 2) {
      throw new IllegalArgumentException(
          "a rank correlation needs two lists of one length, two or more, not "
              + one.length
              + " and "
              + other.length);
    }
  }
}
