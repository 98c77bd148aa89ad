package io.kiss.kisim.autoscale.opponents;

import java.util.ArrayList;
import java.util.List;

/**
 * Least squares of latency on load, over observations spread evenly over the loads seen: when there
 * are too many, the oldest of the fullest of equally wide buckets goes. A fit that says more load
 * takes less time is no fit (dynamo.planner perf_model).
 */
final class LatencyRegression {
  private record Observation(double load, double latencySeconds) {}

  private final int least;
  private final int most;
  private final int buckets;
  private final List<Observation> observations = new ArrayList<>();
  private double slope = Double.NaN;
  private double intercept;

  /**
   * Starts without observations.
   *
   * @param least observations that make a fit
   * @param most observations that are kept
   * @param buckets loads are spread over
   */
  LatencyRegression(int least, int most, int buckets) {
    this.least = least;
    this.most = most;
    this.buckets = buckets;
  }

  void add(double load, double latencySeconds) {
    observations.add(new Observation(load, latencySeconds));
    if (observations.size() > most) {
      retire();
    }
    fit();
  }

  /** Latency expected at a load, seconds; {@code NaN} while there is no fit. */
  double predict(double load) {
    return Math.max(1e-6, intercept + slope * load);
  }

  private void retire() {
    double low = observations.stream().mapToDouble(Observation::load).min().orElseThrow();
    double high = observations.stream().mapToDouble(Observation::load).max().orElseThrow();
    int[] counts = new int[buckets];
    for (Observation each : observations) {
      counts[bucket(each, low, high)]++;
    }
    int fullest = 0;
    for (int b = 1; b < buckets; b++) {
      fullest = counts[b] > counts[fullest] ? b : fullest;
    }
    for (int i = 0; i < observations.size(); i++) {
      if (bucket(observations.get(i), low, high) == fullest) {
        observations.remove(i);
        return;
      }
    }
  }

  private int bucket(Observation each, double low, double high) {
    return high > low
        ? Math.min(buckets - 1, (int) ((each.load() - low) / (high - low) * buckets))
        : 0;
  }

  private void fit() {
    slope = Double.NaN;
    int n = observations.size();
    if (n < least) {
      return;
    }
    double meanLoad = 0;
    double meanLatency = 0;
    for (Observation each : observations) {
      meanLoad += each.load() / n;
      meanLatency += each.latencySeconds() / n;
    }
    double squares = 0;
    double products = 0;
    for (Observation each : observations) {
      squares += (each.load() - meanLoad) * (each.load() - meanLoad);
      products += (each.load() - meanLoad) * (each.latencySeconds() - meanLatency);
    }
    double fitted = squares > 0 ? products / squares : 0;
    if (fitted >= 0) {
      slope = fitted;
      intercept = meanLatency - fitted * meanLoad;
    }
  }
}
