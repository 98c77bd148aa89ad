package io.kiss.cluster.twin;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Requests arriving at pods, one by one: Poisson arrivals at a rate that can be changed, each to
 * the pod with the fewest outstanding, service times around a mean. Time moves when it is told to.
 */
public final class TwinService {
  /** Spread of service times: half of them within this share of the mean. */
  private static final double SPREAD = 0.2;

  private final int slots;
  private final double sloSeconds;
  private final Random random;
  private final ServiceTimes times;
  private final Map<String, TwinPod> pods = new LinkedHashMap<>();

  /** Requests that found no pod at all. */
  private final Deque<Double> homeless = new ArrayDeque<>();

  private double now;
  private double rate;
  private double nextArrival = Double.POSITIVE_INFINITY;
  private long done;
  private long violating;
  private long arrived;

  /** Requests that ended, by {@link TwinPod#BOUNDS}; the last are those beyond all of them. */
  private final long[] latencies = new long[TwinPod.BOUNDS.length + 1];

  /** Draws service times. */
  interface ServiceTimes {
    double next();
  }

  /** How requests fared since the counts were last taken. */
  public record Fared(long done, long violating) {
    public double attainment() {
      return done == 0 ? Double.NaN : 1 - (double) violating / done;
    }
  }

  TwinService(int slots, double serviceSeconds, double sloSeconds, double startSeconds, long seed) {
    this.slots = slots;
    this.sloSeconds = sloSeconds;
    random = new Random(seed);
    times = () -> serviceSeconds * (1 + SPREAD * (2 * random.nextDouble() - 1));
    now = startSeconds;
  }

  /** From now on so many requests arrive a second. */
  void offer(double requestsPerSecond) {
    rate = requestsPerSecond;
    nextArrival = now + gap();
  }

  double rate() {
    return rate;
  }

  private double gap() {
    return rate > 0 ? -Math.log(1 - random.nextDouble()) / rate : Double.POSITIVE_INFINITY;
  }

  /** Lets time pass, with the pods that are ready now. */
  void advance(double until, Set<String> ready) {
    follow(ready);
    while (true) {
      TwinPod first = null;
      for (TwinPod pod : pods.values()) {
        if (first == null || pod.nextEnd() < first.nextEnd()) {
          first = pod;
        }
      }
      double end = first == null ? Double.POSITIVE_INFINITY : first.nextEnd();
      double next = Math.min(end, nextArrival);
      if (next > until) {
        break;
      }
      now = next;
      if (end <= nextArrival) {
        done++;
        double latency = first.end(times);
        latencies[TwinPod.bucket(latency)]++;
        if (latency > sloSeconds) {
          violating++;
        }
      } else {
        arrived++;
        nextArrival = now + gap();
        route(now);
      }
    }
    now = until;
  }

  private void follow(Set<String> ready) {
    Deque<Double> moved = new ArrayDeque<>(homeless);
    homeless.clear();
    pods.entrySet()
        .removeIf(
            entry -> {
              boolean gone = !ready.contains(entry.getKey());
              if (gone) {
                moved.addAll(entry.getValue().evict());
              }
              return gone;
            });
    ready.forEach(name -> pods.computeIfAbsent(name, any -> new TwinPod(slots)));
    moved.forEach(this::route);
  }

  private void route(double arrived) {
    TwinPod least = null;
    for (TwinPod pod : pods.values()) {
      if (least == null || pod.outstanding() < least.outstanding()) {
        least = pod;
      }
    }
    if (least == null) {
      homeless.add(arrived);
    } else {
      least.offer(now, arrived, times);
    }
  }

  /** How requests fared since this was last asked. */
  Fared takeFared() {
    Fared fared = new Fared(done, violating);
    done = 0;
    violating = 0;
    return fared;
  }

  /** Requests that arrived since the start. */
  long arrived() {
    return arrived;
  }

  /**
   * Requests that ended since the start, by {@link TwinPod#BOUNDS}, those of pods gone included.
   */
  long[] latencies() {
    return latencies.clone();
  }

  Map<String, TwinPod> pods() {
    return pods;
  }

  /** What a scrape of all its pods shows, as a vLLM server names it. */
  String exposition(String namespace, String model) {
    StringBuilder text = new StringBuilder();
    gauge(text, "vllm:num_requests_running");
    pods.forEach(
        (n, p) -> line(text, "vllm:num_requests_running", namespace, n, model, p.running()));
    gauge(text, "vllm:num_requests_waiting");
    pods.forEach(
        (n, p) -> line(text, "vllm:num_requests_waiting", namespace, n, model, p.waiting()));
    text.append("# TYPE vllm:request_success counter\n");
    pods.forEach(
        (n, p) -> line(text, "vllm:request_success_total", namespace, n, model, p.completed()));
    text.append("# TYPE vllm:e2e_request_latency_seconds histogram\n");
    pods.forEach((name, pod) -> histogram(text, namespace, name, model, pod));
    return text.toString();
  }

  private static void gauge(StringBuilder text, String name) {
    text.append("# TYPE ").append(name).append(" gauge\n");
  }

  private static void histogram(
      StringBuilder text, String namespace, String name, String model, TwinPod pod) {
    String metric = "vllm:e2e_request_latency_seconds";
    for (int i = 0; i <= TwinPod.BOUNDS.length; i++) {
      String bound = i < TwinPod.BOUNDS.length ? Double.toString(TwinPod.BOUNDS[i]) : "+Inf";
      text.append(
          "%s_bucket{namespace=\"%s\",pod=\"%s\",model_name=\"%s\",le=\"%s\"} %d%n"
              .formatted(metric, namespace, name, model, bound, pod.cumulative(i)));
    }
    line(text, metric + "_sum", namespace, name, model, pod.latencySum());
    line(text, metric + "_count", namespace, name, model, pod.completed());
  }

  private static void line(
      StringBuilder text, String metric, String namespace, String pod, String model, Number value) {
    text.append(
        "%s{namespace=\"%s\",pod=\"%s\",model_name=\"%s\"} %s%n"
            .formatted(metric, namespace, pod, model, value));
  }
}
