package io.kiss.kisim.fluid;

import io.kiss.kisim.telemetry.HistogramBounds;
import java.util.Arrays;

/**
 * Latencies of answered requests, for the truth and for Prometheus. In a second only the weight of
 * two nodes of a {@link StationaryCurve} grows; what that means in latencies is worked out when
 * somebody looks. Times are in units of the latency of a lone request.
 */
final class Answers {
  private static final int NODES = StationaryCurve.NODES;
  private static final int POINTS = StationaryCurve.POINTS;

  /** A node at which hardly anybody waits. */
  private static final int LIGHT = 5;

  /** Null where only those later than the SLO are counted. */
  private final LatencyHistogram all;

  /** Made when the first window is started. */
  private LatencyHistogram window;

  private StationaryCurve curve;
  private double slo;

  /** Requests by node since Prometheus' buckets were brought up to date. */
  private final double[] fresh = new double[NODES];

  /** Those of before that are in no histogram yet. */
  private final double[] kept = new double[NODES];

  private int low = NODES;
  private int high = -1;
  private int keptLow = NODES;
  private int keptHigh = -1;
  private double late;

  /** Of each node of the curve, NaN where not known yet. */
  private final double[] lateShare = new double[NODES];

  private HistogramBounds bounds;
  private double[] edges = new double[0];
  private float[] bucketShares = new float[0];

  /** Answers by Prometheus' bucket since they were taken last. */
  private double[] buckets = new double[0];

  /**
   * Answers of a run.
   *
   * @param latencies whether {@link #quantile quantiles} will be asked for; those later than the
   *     SLO and Prometheus' buckets are counted without them, too
   */
  Answers(boolean latencies) {
    all = latencies ? new LatencyHistogram() : null;
  }

  void reset(HistogramBounds bounds, double unitSeconds, double sloSeconds) {
    int size = bounds.buckets();
    if (buckets.length != size) {
      buckets = new double[size];
      edges = new double[size];
      bucketShares = new float[NODES * size];
    }
    for (int b = 0; b < size; b++) {
      edges[b] = bounds.bound(b) / unitSeconds;
    }
    slo = sloSeconds / unitSeconds;
    curve = null;
    forget();
    Arrays.fill(buckets, 0);
  }

  /** Begins anew for the truth; what Prometheus has not scraped yet stays. */
  void forgetTruth() {
    settle();
    Arrays.fill(kept, 0);
    keptLow = NODES;
    keptHigh = -1;
    late = 0;
    resetLatencies();
  }

  private void forget() {
    Arrays.fill(fresh, 0);
    Arrays.fill(kept, 0);
    low = keptLow = NODES;
    high = keptHigh = -1;
    late = 0;
    resetLatencies();
  }

  private void resetLatencies() {
    if (all != null) {
      all.reset();
    }
    window = null;
  }

  /** Requests fared as between a node of a curve and the next one, this far from the first. */
  void add(StationaryCurve on, int node, double part, double requests) {
    if (on != curve) {
      use(on);
    }
    double second = part * requests;
    fresh[node] += requests - second;
    fresh[node + 1] += second;
    if (node < low) {
      low = node;
    }
    if (node >= high) {
      high = node + 1;
    }
  }

  private void use(StationaryCurve other) {
    settle();
    spread();
    curve = other;
    Arrays.fill(lateShare, Double.NaN);
  }

  /**
   * The same, after {@code delay} in a line.
   *
   * @param patience longest wait in line and queue together
   * @param service mean time in service thereafter
   */
  void addDelayed(
      StationaryCurve on,
      int node,
      double part,
      double delay,
      double patience,
      double service,
      double requests) {
    double slower = service / on.service(LIGHT);
    int first = node * POINTS;
    int second = first + POINTS;
    int bucket = 0;
    for (int p = 0; p < POINTS; p++) {
      double here = on.points[first + p];
      double latency = delay + here + part * (on.points[second + p] - here);
      latency = Math.min(latency, patience + slower * on.points[LIGHT * POINTS + p]);
      double weight = StationaryCurve.POINT_WEIGHTS[p] * requests;
      if (all != null) {
        addLatency(latency, weight, p == 0 || p == POINTS - 1);
      }
      while (edges[bucket] < latency) {
        bucket++;
      }
      buckets[bucket] += weight;
    }
    double room = slo - delay;
    if (room <= 0) {
      late += requests;
    } else {
      double within = on.shareWithin(node, room);
      late += requests * (1 - within - part * (on.shareWithin(node + 1, room) - within));
    }
  }

  private void addLatency(double latency, double weight, boolean outermost) {
    int fine = LatencyHistogram.bucketOf(latency);
    if (outermost) {
      all.add(fine, weight);
    } else {
      all.addBetween(fine, weight);
    }
    if (window != null) {
      window.add(fine, weight);
    }
  }

  /** Brings Prometheus' buckets and the late ones up to date. */
  void settle() {
    int size = buckets.length;
    for (int node = low; node <= high; node++) {
      double requests = fresh[node];
      if (requests == 0) {
        continue;
      }
      if (Double.isNaN(lateShare[node])) {
        workOut(node);
      }
      fresh[node] = 0;
      if (all != null) {
        kept[node] += requests;
      }
      late += requests * lateShare[node];
      int from = node * size;
      for (int b = 0; b < size; b++) {
        buckets[b] += requests * bucketShares[from + b];
      }
    }
    keptLow = Math.min(keptLow, low);
    keptHigh = Math.max(keptHigh, high);
    low = NODES;
    high = -1;
  }

  private void workOut(int node) {
    lateShare[node] = 1 - curve.shareWithin(node, slo);
    int size = buckets.length;
    double before = 0;
    for (int b = 0; b < size; b++) {
      double within = b == size - 1 ? 1 : curve.shareWithin(node, edges[b]);
      bucketShares[node * size + b] = (float) (within - before);
      before = within;
    }
  }

  /** Brings the histograms up to date. */
  private void spread() {
    if (all == null) {
      return;
    }
    for (int node = keptLow; node <= keptHigh; node++) {
      if (kept[node] > 0) {
        curve.addTo(all, node, kept[node]);
        if (window != null) {
          curve.addTo(window, node, kept[node]);
        }
        kept[node] = 0;
      }
    }
    keptLow = NODES;
    keptHigh = -1;
  }

  /** Requests later than the SLO. */
  double late() {
    settle();
    return late;
  }

  /** Answers by Prometheus' bucket; whoever takes them sets them to 0. */
  double[] buckets() {
    settle();
    return buckets;
  }

  /** Latency that a share of all requests does not exceed. */
  double quantile(double share) {
    requireLatencies();
    settle();
    spread();
    return all.quantile(share);
  }

  double windowQuantile(double share) {
    requireLatencies();
    settle();
    spread();
    return window == null ? all.quantile(share) : window.quantile(share);
  }

  private void requireLatencies() {
    if (all == null) {
      throw new IllegalStateException(
          "this fluid engine keeps no latencies; make it by new FluidEngine() to ask for them");
    }
  }

  void startWindow() {
    requireLatencies();
    settle();
    spread();
    if (window == null) {
      window = new LatencyHistogram();
    }
    window.reset();
  }
}
