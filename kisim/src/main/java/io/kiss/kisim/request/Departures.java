package io.kiss.kisim.request;

import io.kiss.kisim.traffic.pattern.Load;

/** The way out: counts each request that leaves, and tells the observer and a closed load. */
final class Departures {
  final RequestCounts counts = new RequestCounts();
  RequestObserver observer;
  long sloNanos = Long.MAX_VALUE;
  private final LatencyBuckets buckets;
  private Load load;
  private boolean closed;

  /**
   * Makes a way out.
   *
   * @param buckets what each pod's latency histogram is counted in; null: in none
   */
  Departures(LatencyBuckets buckets) {
    this.buckets = buckets;
  }

  /** Tells {@code load} of answers from now on. */
  void use(Load load) {
    this.load = load;
    closed = load.closed();
  }

  /** The requests of the instance's batch are answered now. */
  void serve(Instance instance, long now) {
    int batch = instance.batch;
    long[] arrivals = instance.arrivals;
    counts.leave(batch, now);
    counts.serve(arrivals, batch, instance.startedNanos, now, sloNanos);
    Pod pod = instance.pod;
    pod.completed += batch;
    if (buckets != null) {
      for (int i = 0; i < batch; i++) {
        pod.latencyBuckets[buckets.of(now - arrivals[i])]++;
      }
    }
    if (observer != null) {
      for (int i = 0; i < batch; i++) {
        observer.left(pod.index, arrivals[i], instance.startedNanos, now, Outcome.SERVED);
      }
    }
  }

  /** Tells a closed load of the {@code batch} answers whose requests have these tags. */
  void answer(int[] tags, int batch, long now) {
    if (closed) {
      for (int i = 0; i < batch; i++) {
        load.answered(tags[i], now, true);
      }
    }
  }

  /** One request leaves now without an answer. */
  void fail(int pod, long arrived, int tag, long started, long now, Outcome outcome) {
    counts.leave(1, now);
    counts.fail(now - arrived, outcome);
    if (observer != null) {
      observer.left(pod, arrived, started, now, outcome);
    }
    if (closed) {
      load.answered(tag, now, false);
    }
  }
}
