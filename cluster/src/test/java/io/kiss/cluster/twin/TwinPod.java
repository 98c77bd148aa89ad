package io.kiss.cluster.twin;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;

/** One serving pod: so many requests at once, the rest wait in line. */
final class TwinPod {
  /** Upper bounds of the latency histogram, seconds; those of vLLM's end-to-end latency. */
  static final double[] BOUNDS = {
    0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 2.5, 5.0, 10.0, 15.0, 20.0, 30.0, 40.0, 50.0, 60.0
  };

  private final int slots;
  private final Deque<Double> waiting = new ArrayDeque<>();

  /** Requests being served: when each ends and when it arrived. */
  private final PriorityQueue<double[]> running =
      new PriorityQueue<>((a, b) -> Double.compare(a[0], b[0]));

  private final long[] buckets = new long[BOUNDS.length + 1];
  private double latencySum;
  private long completed;

  TwinPod(int slots) {
    this.slots = slots;
  }

  /** Which of {@link #BOUNDS} a latency is counted under; their number: beyond all of them. */
  static int bucket(double latency) {
    int bucket = 0;
    while (bucket < BOUNDS.length && latency > BOUNDS[bucket]) {
      bucket++;
    }
    return bucket;
  }

  int outstanding() {
    return running.size() + waiting.size();
  }

  int running() {
    return running.size();
  }

  int waiting() {
    return waiting.size();
  }

  long completed() {
    return completed;
  }

  double latencySum() {
    return latencySum;
  }

  /** Requests whose latency was at most {@code BOUNDS[index]}; the last counts all. */
  long cumulative(int index) {
    long sum = 0;
    for (int i = 0; i <= index; i++) {
      sum += buckets[i];
    }
    return sum;
  }

  /** When the next request ends; infinity where none is served. */
  double nextEnd() {
    return running.isEmpty() ? Double.POSITIVE_INFINITY : running.peek()[0];
  }

  /** A request that first arrived at {@code arrived} comes at {@code now}. */
  void offer(double now, double arrived, TwinService.ServiceTimes times) {
    if (running.size() < slots) {
      running.add(new double[] {now + times.next(), arrived});
    } else {
      waiting.add(arrived);
    }
  }

  /**
   * Ends the request that is due.
   *
   * @return its latency, seconds
   */
  double end(TwinService.ServiceTimes times) {
    double[] done = running.remove();
    double latency = done[0] - done[1];
    buckets[bucket(latency)]++;
    latencySum += latency;
    completed++;
    if (!waiting.isEmpty()) {
      running.add(new double[] {done[0] + times.next(), waiting.remove()});
    }
    return latency;
  }

  /** Takes away everything that has not ended, by time of arrival: the pod is gone. */
  Deque<Double> evict() {
    Deque<Double> left = new ArrayDeque<>();
    running.forEach(request -> left.add(request[1]));
    left.addAll(waiting);
    running.clear();
    waiting.clear();
    return left;
  }
}
