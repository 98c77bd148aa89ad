package io.kiss.actors.lifecycle;

import io.kiss.actors.protocol.CanaryStatus.ArmFigures;
import java.util.HashMap;
import java.util.Map;

/**
 * What one arm did, unit by unit. A unit is what was drawn into the arm: a scaler, or a slot of its
 * time. Ticks of a unit resemble each other, so units, not ticks, say how sure a figure is.
 */
final class Arm {
  private static final int REQUESTS = 0;
  private static final int VIOLATING = 1;

  private final Map<String, double[]> units = new HashMap<>();
  private double requests;
  private double violating;
  private double replicaSeconds;
  private double neededSeconds;

  /** Adds a tick of a unit. */
  void add(
      String unit, double newRequests, double newViolating, double newReplica, double newNeeded) {
    double[] sums = units.computeIfAbsent(unit, u -> new double[2]);
    sums[REQUESTS] += newRequests;
    sums[VIOLATING] += newViolating;
    requests += newRequests;
    violating += newViolating;
    replicaSeconds += newReplica;
    neededSeconds += newNeeded;
  }

  int units() {
    return units.size();
  }

  double requests() {
    return requests;
  }

  /** Violating share, weighted by arrivals. */
  double violatingShare() {
    return violating / requests;
  }

  /**
   * Variance of {@link #violatingShare} as a ratio of sums over units: Taylor-linearised, as for
   * cluster samples (Cochran, Sampling Techniques, 3rd ed., section 6.3).
   */
  double variance() {
    double share = violatingShare();
    double squares = 0;
    for (double[] sums : units.values()) {
      double residual = sums[VIOLATING] - share * sums[REQUESTS];
      squares += residual * residual;
    }
    int n = units.size();
    return squares * n / (n - 1) / (requests * requests);
  }

  ArmFigures figures() {
    return new ArmFigures(units(), requests, violatingShare(), replicaSeconds / neededSeconds);
  }
}
