package io.kiss.kisim.request;

import io.kiss.kisim.time.ExactSum;
import io.kiss.kisim.time.Nanos;
import org.HdrHistogram.Histogram;

/** What happened to requests since the engine began. All sums are exact. */
public final class RequestCounts {
  /** Longest latency the histogram tells apart, 24 h; longer ones count as this long. */
  static final long LONGEST_NANOS = 86_400L * Nanos.PER_SECOND;

  private static final long RESOLUTION_NANOS = 1_000;

  long arrived;
  long served;
  long rejected;
  long timedOut;
  long lost;
  long violating;
  long inSystem;
  long batches;
  private long changedNanos;
  private final ExactSum area = new ExactSum();
  private final ExactSum sojourns = new ExactSum();
  private final ExactSum waits = new ExactSum();
  private final Histogram latencies = newHistogram();

  /** An empty latency histogram as the engine uses it: nanoseconds, three digits, up to a day. */
  public static Histogram newHistogram() {
    return new Histogram(RESOLUTION_NANOS, LONGEST_NANOS, 3);
  }

  void arrive(long now) {
    settle(now);
    arrived++;
    inSystem++;
  }

  /** {@code count} requests leave at {@code now}; their sojourns are added one by one. */
  void leave(int count, long now) {
    settle(now);
    inSystem -= count;
  }

  /** The first {@code batch} of {@code arrivals}, running since {@code started}, are answered. */
  void serve(long[] arrivals, int batch, long started, long now, long sloNanos) {
    served += batch;
    long sum = 0;
    for (int i = 0; i < batch; i++) {
      long sojourn = now - arrivals[i];
      sum += sojourn;
      latencies.recordValue(Math.min(sojourn, LONGEST_NANOS));
      if (sojourn > sloNanos) {
        violating++;
      }
    }
    sojourns.add(sum);
    waits.add(sum - batch * (now - started));
  }

  void fail(long sojournNanos, Outcome outcome) {
    sojourns.add(sojournNanos);
    switch (outcome) {
      case REJECTED -> rejected++;
      case TIMED_OUT -> timedOut++;
      case LOST -> lost++;
      case SERVED -> throw new IllegalArgumentException("a served request did not fail");
    }
  }

  void settle(long now) {
    area.addProduct(inSystem, now - changedNanos);
    changedNanos = now;
  }

  void drainLatencies(Histogram into) {
    into.add(latencies);
    latencies.reset();
  }

  /** Requests that reached the Service. */
  public long arrived() {
    return arrived;
  }

  /** Requests answered. */
  public long served() {
    return served;
  }

  /** Requests refused on arrival. */
  public long rejected() {
    return rejected;
  }

  /** Requests refused after the queue timeout. */
  public long timedOut() {
    return timedOut;
  }

  /** Requests that ended with their pod. */
  public long lost() {
    return lost;
  }

  /** Requests answered later than the SLO. */
  public long violating() {
    return violating;
  }

  /** Requests that arrived and have not left. */
  public long inFlight() {
    return inSystem;
  }

  /** Batches begun. */
  public long batches() {
    return batches;
  }

  /** ∫ requests in the system dt, request-nanoseconds. */
  public ExactSum area() {
    return area;
  }

  /** Σ time in the system of all requests that have left, nanoseconds. */
  public ExactSum sojourns() {
    return sojourns;
  }

  /** Σ time that the answered requests waited until their batch began, nanoseconds. */
  public ExactSum waits() {
    return waits;
  }
}
