package io.kiss.kisim.paper;

/** Throughputs of an episode's last steps, and the two figures the paper makes of them. */
final class PaperLoadHistory {
  private static final int TREND_STEPS = 3;
  private static final int VARIANCE_STEPS = 5;

  private final double[] throughputs = new double[PaperSetup.STEPS];
  private int count;

  void clear() {
    count = 0;
  }

  void add(double throughput) {
    throughputs[count++] = throughput;
  }

  /** Change over the last three steps against the first of them, −1..1; 0 before there are. */
  double trend() {
    if (count < TREND_STEPS) {
      return 0;
    }
    double first = throughputs[count - TREND_STEPS];
    double trend = (throughputs[count - 1] - first) / Math.max(first, 1);
    return Math.max(-1, Math.min(1, trend));
  }

  /** Variance of up to the last five steps over their mean, 0..1; 0 before there are three. */
  double variance() {
    if (count < TREND_STEPS) {
      return 0;
    }
    int from = Math.max(0, count - VARIANCE_STEPS);
    double sum = 0;
    for (int s = from; s < count; s++) {
      sum += throughputs[s];
    }
    double mean = sum / (count - from);
    double squares = 0;
    for (int s = from; s < count; s++) {
      squares += (throughputs[s] - mean) * (throughputs[s] - mean);
    }
    return Math.min(1, squares / (count - from) / Math.max(mean, 1));
  }
}
