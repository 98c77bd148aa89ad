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
  private static final double[] BEYOND = {0.94, 0.965, 0.98, 0.99, 0.996};
  private static final int MEASURED = StationaryRow.LOADS.length;
  private static final int SHARES = StationaryRow.SHARES.length;
  private static final int QUEUE_SHARES = StationaryRow.QUEUE_SHARES;

  /** Nodes: empty, measured, beyond, full. */
  static final int NODES = 1 + MEASURED + BEYOND.length + 1;

  /** Points that stand for a distribution of latencies where it is shifted, and their weights. */
  static final double[] POINT_WEIGHTS = {0.2, 0.2, 0.2, 0.2, 0.1, 0.05, 0.03, 0.02};

  private static final double[] POINT_SHARES = {0.1, 0.3, 0.5, 0.7, 0.85, 0.925, 0.965, 0.99};
  static final int POINTS = POINT_WEIGHTS.length;

  /** A node's content is at least this much more than the one's before. */
  private static final double LEAST_GROWTH = 1e-6;

  final int pods;

  /** Requests per unit of time while every pod is full. */
  final double capacity;

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
    for (int i = 0; i < MEASURED; i++) {
      takeOver(first, second, part, i);
    }
    for (int i = 1 + MEASURED; i < NODES - 1; i++) {
      extrapolate(i, BEYOND[i - 1 - MEASURED]);
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

  private void takeOver(StationaryRow first, StationaryRow second, double part, int i) {
    int node = i + 1;
    flow[node] = StationaryRow.LOADS[i] * capacity;
    double a = 1.0 / first.pods();
    double b = 1.0 / second.pods();
    content[node] = pods * mix(a * first.content()[i], b * second.content()[i], part);
    busy[node] = mix(first.busy()[i], second.busy()[i], part);
    wait[node] = mix(first.waits()[i], second.waits()[i], part);
    for (int p = 0; p < SHARES; p++) {
      latencies[node * SHARES + p] =
          mix(first.latencies()[i * SHARES + p], second.latencies()[i * SHARES + p], part);
    }
    for (int q = 0; q < QUEUE_SHARES; q++) {
      int at = i * QUEUE_SHARES + q;
      queues[node * QUEUE_SHARES + q] =
          pods * mix(a * first.queues()[at], b * second.queues()[at], part);
    }
  }

  /**
   * Heavy traffic: the queue times (1 − load) goes on to its limit in a straight line, and the
   * additional wait is exponential (Kingman, "The heavy traffic approximation in the theory of
   * queues", 1965).
   */
  private void extrapolate(int node, double load) {
    int last = MEASURED;
    int before = MEASURED - 2;
    double lastLoad = StationaryRow.LOADS[last - 1];
    double beforeLoad = StationaryRow.LOADS[before - 1];
    double scaledLast = flow[last] * wait[last] * (1 - lastLoad);
    double scaledBefore = flow[before] * wait[before] * (1 - beforeLoad);
    double slope = Math.max(0, (scaledLast - scaledBefore) / (lastLoad - beforeLoad));
    double scaled = Math.min(2 * scaledLast, scaledLast + slope * (load - lastLoad));
    double queue = scaled / (1 - load);
    flow[node] = load * capacity;
    wait[node] = Math.max(wait[node - 1], queue / flow[node]);
    double added = wait[node] - wait[last];
    content[node] = load / lastLoad * content[last] + flow[node] * added;
    busy[node] = Math.min(1, busy[last] + (1 - busy[last]) * (load - lastLoad) / (1 - lastLoad));
    for (int p = 0; p < SHARES; p++) {
      double tail = -Math.log1p(-StationaryRow.SHARES[p]);
      latencies[node * SHARES + p] = latencies[last * SHARES + p] + added * tail;
    }
    for (int q = 0; q < QUEUE_SHARES; q++) {
      double tail = -Math.log1p(-(q + 0.5) / QUEUE_SHARES);
      queues[node * QUEUE_SHARES + q] = queues[last * QUEUE_SHARES + q] + flow[node] * added * tail;
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
