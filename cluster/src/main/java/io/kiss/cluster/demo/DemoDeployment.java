package io.kiss.cluster.demo;

import io.kiss.actors.live.Workload;
import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.fluid.FluidEngine;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.telemetry.HistogramBounds;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.telemetry.TelemetrySample;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.OpenTraffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Deployment that lives in the simulator; guarded by its cluster's lock. Its latency histogram
 * has a bucket that ends at the SLO: where it has none, what is in the bucket around it counts as
 * late by the part, and a service that is punctual shows several percent of late requests.
 */
final class DemoDeployment {
  private static final double STARTUP_VARIATION = 0.2;

  /** A request that has waited this many times its SLO gives up. */
  private static final double PATIENCE = 20;

  private final DemoService service;
  private final float[] rates;
  private final long seed;

  /** The cluster's clock when it was first looked at: before, nobody could have scaled it. */
  private double originSeconds = Double.NaN;

  private final Engine engine = new FluidEngine();
  private final TelemetryBuffer seen;

  private int weeks;
  private int ready;
  private int desired;
  private long version;
  private double gpuSecondsBefore;
  private double requestsBefore;
  private double violatingBefore;

  /**
   * Stands still until it is first looked at, with the replicas its first minute needs.
   *
   * @param rates of a week, requests per second; then they start over
   */
  DemoDeployment(DemoService service, float[] rates, long seed) {
    this.service = service;
    this.rates = rates;
    this.seed = seed;
    seen = new TelemetryBuffer(service.maxReplicas());
    reset(service.replicasFor(firstMinute(rates)));
  }

  private static double firstMinute(float[] rates) {
    double sum = 0;
    for (int t = 0; t < 60; t++) {
      sum += rates[t];
    }
    return sum / 60;
  }

  private void reset(int replicas) {
    engine.reset(
        new Scenario(
            service.name(),
            service.model(STARTUP_VARIATION, PATIENCE * service.sloSeconds()),
            Routing.LEAST_OUTSTANDING,
            new OpenTraffic(rates, rates.length, 1),
            rates.length,
            ClusterSpec.AMPLE,
            service.sloSeconds(),
            replicas,
            service.maxReplicas(),
            TelemetrySettings.DEFAULT.withBounds(HistogramBounds.ENVOY.with(service.sloSeconds()))),
        seed + weeks);
    read();
  }

  /** Lets time pass up to the cluster's clock. At a week's end pending pods become ready. */
  void advanceTo(double clockSeconds) {
    if (Double.isNaN(originSeconds)) {
      originSeconds = clockSeconds;
    }
    long target = (long) Math.floor(clockSeconds - originSeconds);
    while (age() < target) {
      if (engine.timeSeconds() == rates.length) {
        closeWeek();
      }
      engine.advance((int) Math.min(target - age(), rates.length - engine.timeSeconds()));
    }
    read();
  }

  private void closeWeek() {
    Truth truth = engine.truth();
    gpuSecondsBefore += truth.gpuSeconds();
    requestsBefore += truth.requests();
    violatingBefore += truth.violating();
    weeks++;
    reset(desired);
  }

  private long age() {
    return (long) weeks * rates.length + engine.timeSeconds();
  }

  private void read() {
    engine.readTelemetry(seen);
    // As the API server does: each change of spec or status is a new version of the object.
    if (seen.desiredReplicas != desired || seen.readyReplicas != ready) {
      desired = seen.desiredReplicas;
      ready = seen.readyReplicas;
      version++;
    }
  }

  String name() {
    return service.name();
  }

  String resourceVersion() {
    return Long.toString(version);
  }

  Workload workload() {
    return new Workload(
        name(),
        desired,
        resourceVersion(),
        pods(),
        1,
        Map.of(),
        Optional.empty(),
        Optional.of(service.workload()));
  }

  /** Simulated pods have no names: their telemetry comes from the engine itself. */
  private Workload.Pods pods() {
    List<Double> since = new ArrayList<>();
    for (int i = 0; i < seen.pendingReplicas(); i++) {
      since.add(originSeconds + age() - seen.pendingAgeSeconds(i));
    }
    return new Workload.Pods(
        ready, seen.unschedulableReplicas, seen.rolloutInProgress, since, List.of());
  }

  /** What Prometheus and the API server show, in the cluster's time. */
  TelemetrySample telemetry() {
    seen.timeSeconds = originSeconds + age();
    return TelemetrySample.copyOf(seen);
  }

  void scale(int replicas) {
    engine.setDesiredReplicas(replicas);
    read();
  }

  boolean allows(int replicas) {
    return replicas >= 1 && replicas <= service.maxReplicas();
  }

  int maxReplicas() {
    return service.maxReplicas();
  }

  /** How the Deployment truly fared since the start. */
  DemoCluster.Truth truth() {
    Truth truth = engine.truth();
    double requests = requestsBefore + truth.requests();
    return new DemoCluster.Truth(
        name(),
        desired,
        ready,
        requests,
        1 - (violatingBefore + truth.violating()) / requests,
        truth.latencyQuantile(0.95),
        (gpuSecondsBefore + truth.gpuSeconds()) / 3600,
        age());
  }
}
