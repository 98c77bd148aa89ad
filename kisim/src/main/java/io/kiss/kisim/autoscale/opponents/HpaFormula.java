package io.kiss.kisim.autoscale.opponents;

/**
 * The replicas one metric asks for, as Kubernetes' replica calculator works them out
 * (pkg/controller/podautoscaler/replica_calculator.go).
 */
final class HpaFormula {
  /** The metric is missing: it asks for nothing, and forbids scaling down. */
  static final int NO_WISH = -1;

  /** What products of floating-point numbers have too much is no pod and no deviation. */
  private static final double NOISE = 1e-9;

  private HpaFormula() {}

  /**
   * A metric with a mean over pods.
   *
   * @param ratio mean over the measured pods, over the target
   * @param measured ready pods with a sample
   * @param unready pods set aside: nothing on the way down, 0 % on the way up
   * @param missing pods without a sample: 100 % of the target on the way down, 0 % on the way up
   */
  static int perPod(
      int current, double ratio, double tolerance, int measured, int unready, int missing) {
    if (measured <= 0 || Double.isNaN(ratio)) {
      return NO_WISH;
    }
    boolean countUnready = unready > 0 && ratio > 1;
    if (!countUnready && missing == 0) {
      return within(ratio, tolerance) ? current : ceil(ratio * measured);
    }
    int pods = measured + missing + (countUnready ? unready : 0);
    double sum = ratio * measured + (ratio < 1 ? missing : 0);
    double whole = sum / pods;
    boolean turned = (ratio < 1 && whole > 1) || (ratio > 1 && whole < 1);
    if (turned || within(whole, tolerance)) {
      return current;
    }
    int wish = ceil(sum);
    boolean against = (whole < 1 && wish > current) || (whole > 1 && wish < current);
    return against ? current : wish;
  }

  /**
   * An external metric with an {@code AverageValue}.
   *
   * @param share its sum over the target: the replicas it is enough for
   * @param pods of the workload, ready or not
   */
  static int averageValue(double share, double tolerance, int pods) {
    if (pods == 0 || Double.isNaN(share)) {
      return NO_WISH;
    }
    return within(share / pods, tolerance) ? pods : ceil(share);
  }

  /** A metric with a {@code Value}: {@code ratio} of it to the target times the ready pods. */
  static int value(int current, double ratio, double tolerance, int ready) {
    if (Double.isNaN(ratio)) {
      return NO_WISH;
    }
    return within(ratio, tolerance) ? current : ceil(ratio * ready);
  }

  private static boolean within(double ratio, double tolerance) {
    return Math.abs(ratio - 1) <= tolerance + NOISE;
  }

  /** Rounds up. */
  static int ceil(double replicas) {
    return (int) Math.ceil(Math.min(replicas, Integer.MAX_VALUE) - NOISE);
  }
}
