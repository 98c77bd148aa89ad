package io.kiss.cluster.twin;

import io.kiss.actors.live.ScaleConflict;
import io.kiss.actors.live.Workload;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A {@link TwinService} with a ReplicaSet in front of it and a wave of load; time is told to it.
 */
final class TwinDeployment {
  static final int SLOTS = 4;
  static final double SERVICE_SECONDS = 0.4;
  static final double SLO_SECONDS = 1.0;
  static final double STARTUP_SECONDS = 60;

  /** What {@code rate()} and {@code increase()} look back. */
  private static final double WINDOW_SECONDS = 60;

  private static final double SCRAPE_AGE_SECONDS = 5;
  private static final double STEP_SECONDS = 5;
  private static final double WAVE_SECONDS = 2400;
  private static final double SWING = 0.4;

  private final WorkloadSpec spec;
  private final double meanRate;
  private final double phase;
  private final TwinService service;
  private final List<Pod> pods = new ArrayList<>();
  private final Deque<Counts> window = new ArrayDeque<>();

  private double now;
  private long version = 1;
  private int born;

  private record Pod(String name, double readyAt) {}

  /** Counters at a moment, as a scrape takes them. */
  private record Counts(double time, long arrived, long[] latencies) {
    long done() {
      long sum = 0;
      for (long bucket : latencies) {
        sum += bucket;
      }
      return sum;
    }

    /** Requests of at most {@code BOUNDS[index]}. */
    long within(int index) {
      long sum = 0;
      for (int i = 0; i <= index; i++) {
        sum += latencies[i];
      }
      return sum;
    }
  }

  TwinDeployment(
      String name, double meanRate, double phase, int replicas, double start, long seed) {
    this.meanRate = meanRate;
    this.phase = phase;
    now = start;
    spec =
        new WorkloadSpec(
            name,
            2,
            20,
            SLO_SECONDS,
            SERVICE_SECONDS,
            SLOTS / SERVICE_SECONDS,
            STARTUP_SECONDS,
            10,
            15);
    service = new TwinService(SLOTS, SERVICE_SECONDS, SLO_SECONDS, start, seed);
    for (int i = 0; i < replicas; i++) {
      pods.add(new Pod(name + "-" + born++, start));
    }
    window.add(counts());
  }

  private Counts counts() {
    return new Counts(now, service.arrived(), service.latencies());
  }

  void advance(double until) {
    while (now < until) {
      double wave = 1 + SWING * Math.sin(2 * Math.PI * (now / WAVE_SECONDS + phase));
      service.offer(meanRate * wave);
      now = Math.min(until, now + STEP_SECONDS);
      service.advance(now, ready());
    }
    window.add(counts());
    while (window.size() > 2 && window.peek().time() < now - WINDOW_SECONDS) {
      window.remove();
    }
  }

  private Set<String> ready() {
    return pods.stream()
        .filter(pod -> pod.readyAt() <= now)
        .map(Pod::name)
        .collect(Collectors.toSet());
  }

  int replicas() {
    return pods.size();
  }

  /** How requests fared since this was last asked. */
  TwinService.Fared takeFared() {
    return service.takeFared();
  }

  /** As a ReplicaSet does it: new pods start, and the youngest go first. */
  String scale(int replicas, String resourceVersion) {
    if (!resourceVersion.equals(Long.toString(version))) {
      throw new ScaleConflict(spec.name() + " has changed");
    }
    while (pods.size() > replicas) {
      pods.remove(pods.size() - 1);
    }
    while (pods.size() < replicas) {
      pods.add(new Pod(spec.name() + "-" + born++, now + STARTUP_SECONDS));
    }
    return Long.toString(++version);
  }

  Workload workload() {
    List<Double> pendingSince =
        pods.stream()
            .filter(pod -> pod.readyAt() > now)
            .map(pod -> pod.readyAt() - STARTUP_SECONDS)
            .toList();
    return new Workload(
        spec.name(),
        pods.size(),
        Long.toString(version),
        new Workload.Pods(
            ready().size(), 0, false, pendingSince, pods.stream().map(Pod::name).toList()),
        1,
        Map.of(),
        Optional.empty(),
        Optional.of(spec));
  }

  /** What Prometheus would answer of its counters and gauges; utilisation is not exported. */
  TelemetrySample sample() {
    Counts old = window.peekFirst();
    Counts young = window.peekLast();
    double seconds = young.time() - old.time();
    double done = young.done() - old.done();
    int slo = TwinPod.bucket(SLO_SECONDS);
    double[] ages =
        pods.stream()
            .filter(pod -> pod.readyAt() > now)
            .mapToDouble(pod -> now - (pod.readyAt() - STARTUP_SECONDS))
            .toArray();
    return new TelemetrySample(
        now,
        SCRAPE_AGE_SECONDS,
        seconds > 0 ? (young.arrived() - old.arrived()) / seconds : Double.NaN,
        seconds > 0 ? done / seconds : Double.NaN,
        quantile(old, young, 0.5),
        quantile(old, young, 0.95),
        done > 0 ? 1 - (young.within(slo) - old.within(slo)) / done : Double.NaN,
        service.pods().values().stream().mapToInt(TwinPod::waiting).sum(),
        service.pods().values().stream().mapToInt(TwinPod::running).sum(),
        Double.NaN,
        pods.size(),
        pods.size() - ages.length,
        0,
        false,
        ages);
  }

  /** {@code histogram_quantile}: linear inside the bucket, the highest bound beyond all of them. */
  private static double quantile(Counts old, Counts young, double share) {
    double wanted = share * (young.done() - old.done());
    if (!(wanted > 0)) {
      return Double.NaN;
    }
    double below = 0;
    for (int i = 0; i < TwinPod.BOUNDS.length; i++) {
      double upTo = young.within(i) - old.within(i);
      if (upTo >= wanted) {
        double lower = i == 0 ? 0 : TwinPod.BOUNDS[i - 1];
        return lower + (TwinPod.BOUNDS[i] - lower) * (wanted - below) / (upTo - below);
      }
      below = upTo;
    }
    return TwinPod.BOUNDS[TwinPod.BOUNDS.length - 1];
  }
}
