package io.kiss.kisim.fluid;

/**
 * The steady states of a number of pods as a curve over the load, whose nodes are kept: from an
 * empty system through the loads that were measured and some beyond, in which the queue grows as 1
 * / (1 − load) (heavy traffic), to one whose every pod is full.
 *
 * <p>Times are in units of the shape's, rates in requests per such unit. Immutable but for a cache
 * that any thread may fill with the same values.
 */
final class StationaryCurve {
  /** Loads of the nodes between the empty system and the full one. */
  private static final double[] LOADS = {
    0.02, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.66, 0.7, 0.74, 0.77, 0.8, 0.83, 0.86, 0.885, 0.91,
    0.925, 0.94, 0.95, 0.96, 0.97, 0.978, 0.985, 0.99, 0.994, 0.997
  };

  /** Of the measured loads the first from which on the queue is seen as in heavy traffic. */
  private static final int HEAVY = 9;

  private static final int MEASURED = StationaryRow.LOADS.length;
  private static final int SHARES = StationaryRow.SHARES.length;
  private static final int QUEUE_SHARES = StationaryRow.QUEUE_SHARES;

  /** Nodes: empty, those of {@link #LOADS}, full. */
  static final int NODES = LOADS.length + 2;

  /** Points that stand for a distribution of latencies where it is shifted, and their weights. */
  static final double[] POINT_WEIGHTS = {0.2, 0.2, 0.2, 0.2, 0.1, 0.05, 0.03, 0.02};

  private static final double[] POINT_SHARES = {0.1, 0.3, 0.5, 0.7, 0.85, 0.925, 0.965, 0.99};
  static final int POINTS = POINT_WEIGHTS.length;

  /** A node's content is at least this much more than the one's before. */
  private static final double LEAST_GROWTH = 1e-6;

  final int pods;

  /** Requests per unit of time while every pod is full. */
  final double capacity;

  /** Mean time in service while every pod is full. */
  final double fullService;

  /** Mean requests in the system at each node, growing. */
  final double[] content = new double[NODES];

  /** Requests served per unit of time at each node. */
  final double[] flow = new double[NODES];

  /** Share of time that work ran on a device at each node. */
  final double[] busy = new double[NODES];

  /** Mean time from arrival until the batch begins at each node. */
  final double[] wait = new double[NODES];

  /** Latencies that stand for the whole distribution {@code [nodes × POINTS]}. */
  final double[] points = new double[NODES * POINTS];

  private final double[] latencies = new double[NODES * SHARES];
  private final double[] queues = new double[NODES * QUEUE_SHARES];

  private final Spread[] spreads = new Spread[NODES];

  /** How the latencies at a node fall into a histogram's buckets. */
  private record Spread(int first, float[] shares) {}

  /**
   * Between two rows.
   *
   * @param part of the second one, 0..1; the rest is the first one's
   */
  StationaryCurve(StationaryRow first, StationaryRow second, double part, int pods) {
    this.pods = pods;
    double perPod = mix(first.capacity() / first.pods(), second.capacity() / second.pods(), part);
    capacity = pods * perPod;
    fullService = mix(first.fullService(), second.fullService(), part);
    Measured measured = new Measured(first, second, part);
    for (int i = 0; i < LOADS.length; i++) {
      fill(i + 1, LOADS[i], measured);
    }
    finishEnds();
    for (int i = 1; i < NODES; i++) {
      content[i] = Math.max(content[i], content[i - 1] + LEAST_GROWTH);
      busy[i] = Math.max(busy[i], busy[i - 1]);
    }
    for (int i = 0; i < NODES; i++) {
      for (int p = 0; p < POINTS; p++) {
        points[i * POINTS + p] = quantile(i, POINT_SHARES[p]);
      }
    }
  }

  private static double mix(double first, double second, double part) {
    return first + part * (second - first);
  }

  /** What was measured, for as many pods as the curve is of. */
  private final class Measured {
    final double[] content = new double[MEASURED];
    final double[] busy = new double[MEASURED];
    final double[] wait = new double[MEASURED];
    final double[] latencies = new double[MEASURED * SHARES];
    final double[] queues = new double[MEASURED * QUEUE_SHARES];

    /** Wait × load × (1 − load), which in heavy traffic goes to its limit in a straight line. */
    private double scaledAtOne;

    private double scaledSlope;

    Measured(StationaryRow first, StationaryRow second, double part) {
      double a = (double) pods / first.pods();
      double b = (double) pods / second.pods();
      for (int i = 0; i < MEASURED; i++) {
        content[i] = mix(a * first.content()[i], b * second.content()[i], part);
        busy[i] = mix(first.busy()[i], second.busy()[i], part);
        wait[i] = mix(first.waits()[i], second.waits()[i], part);
      }
      for (int i = 0; i < latencies.length; i++) {
        latencies[i] = mix(first.latencies()[i], second.latencies()[i], part);
      }
      for (int i = 0; i < queues.length; i++) {
        queues[i] = mix(a * first.queues()[i], b * second.queues()[i], part);
      }
      smoothHeavyTraffic();
    }

    /**
     * Long queues are measured with the largest errors: a line through all heavy loads has smaller
     * ones. What it says more or less of the wait at a load is added to the distribution there.
     */
    private void smoothHeavyTraffic() {
      double n = MEASURED - HEAVY;
      double sumX = 0;
      double sumY = 0;
      double sumXx = 0;
      double sumXy = 0;
      for (int i = HEAVY; i < MEASURED; i++) {
        double x = 1 - StationaryRow.LOADS[i];
        double y = scaled(i);
        sumX += x;
        sumY += y;
        sumXx += x * x;
        sumXy += x * y;
      }
      double slope = (n * sumXy - sumX * sumY) / (n * sumXx - sumX * sumX);
      double last = scaled(MEASURED - 1);
      double atOne = (sumY - slope * sumX) / n;
      scaledAtOne = Math.max(last, Math.min(3 * last, atOne));
      scaledSlope = (sumY / n - scaledAtOne) / (sumX / n);
      for (int i = MEASURED - 2; i < MEASURED; i++) {
        stretch(i, heavyWait(StationaryRow.LOADS[i]));
      }
    }

    private double scaled(int i) {
      double load = StationaryRow.LOADS[i];
      return wait[i] * load * (1 - load);
    }

    /** Mean wait in heavy traffic. */
    double heavyWait(double load) {
      return (scaledAtOne + scaledSlope * (1 - load)) / (load * (1 - load));
    }

    private void stretch(int i, double smoothed) {
      double added = smoothed - wait[i];
      wait[i] = smoothed;
      double queue = StationaryRow.LOADS[i] * capacity * added;
      content[i] += queue;
      addTail(latencies, i, added);
      for (int q = 0; q < QUEUE_SHARES; q++) {
        queues[i * QUEUE_SHARES + q] =
            Math.max(0, queues[i * QUEUE_SHARES + q] + queue * queueTail(q));
      }
    }
  }

  /** Adds an exponential wait of this mean, quantile by quantile. */
  private static void addTail(double[] latencies, int row, double mean) {
    double least = 0;
    for (int p = 0; p < SHARES; p++) {
      int at = row * SHARES + p;
      double stretched = latencies[at] - mean * Math.log1p(-StationaryRow.SHARES[p]);
      latencies[at] = Math.max(least, stretched);
      least = latencies[at];
    }
  }

  private static double queueTail(int q) {
    return -Math.log1p(-(q + 0.5) / QUEUE_SHARES);
  }

  private void fill(int node, double load, Measured from) {
    int i = 0;
    while (i < MEASURED - 2 && StationaryRow.LOADS[i + 1] < load) {
      i++;
    }
    double low = 1 / (1 - StationaryRow.LOADS[i]);
    double high = 1 / (1 - StationaryRow.LOADS[i + 1]);
    // Queues grow as 1 / (1 − load): between two loads they are straight in that.
    double part = Math.min(1, (1 / (1 - load) - low) / (high - low));
    flow[node] = load * capacity;
    wait[node] = mix(from.wait[i], from.wait[i + 1], part);
    busy[node] = mix(from.busy[i], from.busy[i + 1], part);
    content[node] = mix(from.content[i], from.content[i + 1], part);
    for (int p = 0; p < SHARES; p++) {
      int at = i * SHARES + p;
      latencies[node * SHARES + p] = mix(from.latencies[at], from.latencies[at + SHARES], part);
    }
    for (int q = 0; q < QUEUE_SHARES; q++) {
      int at = i * QUEUE_SHARES + q;
      queues[node * QUEUE_SHARES + q] = mix(from.queues[at], from.queues[at + QUEUE_SHARES], part);
    }
    double last = StationaryRow.LOADS[MEASURED - 1];
    if (load > last) {
      goBeyond(node, load, last, from);
    }
  }

  /**
   * Heavy traffic: the wait times (1 − load) goes on to its limit in a straight line, and what is
   * added to it is exponential (Kingman, "The heavy traffic approximation in the theory of queues",
   * 1965).
   */
  private void goBeyond(int node, double load, double last, Measured from) {
    double added = Math.max(0, from.heavyWait(load) - wait[node]);
    // Batches grow to their full size at last.
    double service = content[node] / (last * capacity) - wait[node];
    double longer = Math.max(0, fullService - service) * (load - last) / (1 - last);
    wait[node] += added;
    content[node] = flow[node] * (wait[node] + service + longer);
    busy[node] += (1 - busy[node]) * (load - last) / (1 - last);
    for (int p = 0; p < SHARES; p++) {
      latencies[node * SHARES + p] += longer;
    }
    addTail(latencies, node, added);
    for (int q = 0; q < QUEUE_SHARES; q++) {
      queues[node * QUEUE_SHARES + q] += flow[node] * added * queueTail(q);
    }
  }

  private void finishEnds() {
    // Nearly empty, a request fares as at the lightest load measured.
    copyDistributions(1, 0);
    busy[0] = 0;
    int full = NODES - 1;
    copyDistributions(full - 1, full);
    content[full] = 2 * content[full - 1];
    flow[full] = capacity;
    wait[full] = wait[full - 1];
    busy[full] = busy[full - 1];
  }

  private void copyDistributions(int from, int to) {
    System.arraycopy(latencies, from * SHARES, latencies, to * SHARES, SHARES);
    if (to > 0) {
      System.arraycopy(queues, from * QUEUE_SHARES, queues, to * QUEUE_SHARES, QUEUE_SHARES);
    }
  }

  /** Latency that this share of the requests does not exceed at a node. */
  double quantile(int node, double share) {
    int p = 1;
    while (p < SHARES - 1 && StationaryRow.SHARES[p] < share) {
      p++;
    }
    double low = StationaryRow.SHARES[p - 1];
    double part = Math.min(1, (share - low) / (StationaryRow.SHARES[p] - low));
    return mix(latencies[node * SHARES + p - 1], latencies[node * SHARES + p], part);
  }

  /** Share of the requests whose latency at a node does not exceed this. */
  double shareWithin(int node, double latency) {
    int from = node * SHARES;
    if (latency < latencies[from]) {
      return 0;
    }
    int low = 0;
    int high = SHARES;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (latencies[from + middle] <= latency) {
        low = middle;
      } else {
        high = middle;
      }
    }
    if (low == SHARES - 1) {
      return 1;
    }
    double left = latencies[from + low];
    double part = (latency - left) / (latencies[from + low + 1] - left);
    return mix(StationaryRow.SHARES[low], StationaryRow.SHARES[low + 1], part);
  }

  /** Mean time in service at a node. */
  double service(int node) {
    int at = Math.max(1, Math.min(NODES - 2, node));
    return Math.max(0, content[at] / flow[at] - wait[at]);
  }

  /** Mean of those that are there only because others are. */
  double crowd(int node) {
    return node == 0 ? 0 : content[node] - flow[node] * content[1] / flow[1];
  }

  /** Content in the steady state of a load. */
  double contentAt(double load) {
    double rate = load * capacity;
    int node = 0;
    int above = NODES - 1;
    while (above - node > 1) {
      int middle = (node + above) >>> 1;
      if (flow[middle] < rate) {
        node = middle;
      } else {
        above = middle;
      }
    }
    double part = (rate - flow[node]) / (flow[above] - flow[node]);
    return mix(content[node], content[node + 1], Math.max(0, Math.min(1, part)));
  }

  /** Whether at a node more than this share of the requests wait longer than so. */
  boolean waitsExceed(int node, double waiting, double share) {
    return shareWithin(node, waiting + service(node)) < 1 - share;
  }

  /** Content in the steady state whose mean wait is this. */
  double contentOfWait(double mean) {
    int node = 1;
    while (node < NODES - 1 && wait[node + 1] <= mean) {
      node++;
    }
    return content[node];
  }

  /** Requests waiting at a moment that is drawn by {@code uniform} in 0..1. */
  double queueAt(int node, double part, double uniform) {
    double at = uniform * QUEUE_SHARES - 0.5;
    int q = Math.max(0, Math.min(QUEUE_SHARES - 2, (int) Math.floor(at)));
    double between = Math.max(0, Math.min(1, at - q));
    int i = node * QUEUE_SHARES + q;
    double here = mix(queues[i], queues[i + 1], between);
    int next = Math.min(NODES - 1, node + 1) * QUEUE_SHARES + q;
    return Math.max(0, mix(here, mix(queues[next], queues[next + 1], between), part));
  }

  /** Adds requests that fare as at a node to a histogram. */
  void addTo(LatencyHistogram histogram, int node, double requests) {
    Spread spread = spreads[node];
    if (spread == null) {
      spread = makeSpread(node);
      spreads[node] = spread;
    }
    histogram.addSpread(spread.first, spread.shares, requests);
  }

  private Spread makeSpread(int node) {
    int first = LatencyHistogram.bucketOf(latencies[node * SHARES]);
    int last = LatencyHistogram.bucketOf(latencies[node * SHARES + SHARES - 1]);
    float[] shares = new float[last - first + 1];
    double before = 0;
    for (int b = first; b <= last; b++) {
      double within = b == last ? 1 : shareWithin(node, LatencyHistogram.edge(b));
      shares[b - first] = (float) (within - before);
      before = within;
    }
    return new Spread(first, shares);
  }
}
