package io.kiss.kisim.evaluate;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.OpenTraffic;

/**
 * A fleet to replay traces on: nodes enough, least outstanding requests, Prometheus as usual.
 *
 * @param service what the pods are, start-up included
 * @param peakReplicas replicas that the busiest minute of a trace keeps busy
 * @param sloSeconds latency a request should not exceed
 * @param minReplicas lower limit
 * @param maxReplicas upper limit
 * @param violationPrice cost of all requests violating the SLO, in units of the GPUs needed
 */
public record FleetSpec(
    ServiceModel service,
    double peakReplicas,
    double sloSeconds,
    int minReplicas,
    int maxReplicas,
    double violationPrice) {

  /** What {@link ClusterSpec#AMPLE} has room for. */
  public static final int MOST_REPLICAS = 1000;

  /** Load that the replicas there are at the start have in the first minute. */
  private static final double FIRST_LOAD = 0.7;

  private static final int MINUTE = 60;

  /** Nobody waits longer than this, or than {@link #PATIENCE} SLOs, for an answer to come. */
  private static final double PATIENCE_SECONDS = 10;

  private static final double PATIENCE = 5;

  public FleetSpec {
    if (minReplicas < 1 || minReplicas > maxReplicas) {
      throw new IllegalArgumentException(
          "the least replicas, "
              + minReplicas
              + ", must be 1 or more and at most the most, "
              + maxReplicas
              + " (twice the peak's where not given); change --min-replicas or --max-replicas");
    }
    if (maxReplicas > MOST_REPLICAS) {
      throw new IllegalArgumentException(
          "a fleet may have " + MOST_REPLICAS + " replicas at most, not " + maxReplicas);
    }
  }

  /**
   * What a trace's counts are multiplied by.
   *
   * @throws IllegalArgumentException if it has no request
   */
  public double factor(ArrivalTrace trace) {
    double present = trace.peakRate(MINUTE);
    if (!(present > 0)) {
      throw new IllegalArgumentException(trace.name() + " has no request, so no level to scale");
    }
    return peakReplicas * service.podCapacity() / present;
  }

  /**
   * A trace on this fleet, rescaled as a whole. Arrivals are Poisson, at the rates of {@link
   * ArrivalTrace#ratesPerSecond}: bins follow straight lines and keep their totals in expectation.
   *
   * @throws IllegalArgumentException if it has no request
   */
  public Episode replay(ArrivalTrace trace) {
    float[] rates = trace.scaledBy(factor(trace)).ratesPerSecond();
    double firstMinute = 0;
    int seconds = Math.min(MINUTE, rates.length);
    for (int t = 0; t < seconds; t++) {
      firstMinute += rates[t] / seconds;
    }
    int initial = (int) Math.ceil(firstMinute / service.podCapacity() / FIRST_LOAD);
    Scenario scenario =
        new Scenario(
            trace.name(),
            patient(service),
            Routing.LEAST_OUTSTANDING,
            new OpenTraffic(rates, rates.length, 1),
            rates.length,
            ClusterSpec.AMPLE,
            sloSeconds,
            Math.max(minReplicas, Math.min(maxReplicas, initial)),
            maxReplicas,
            TelemetrySettings.DEFAULT);
    return episode(scenario, minReplicas, violationPrice);
  }

  /** A scenario with limits and price, of which autoscalers are told the truth. */
  public static Episode episode(Scenario scenario, int minReplicas, double violationPrice) {
    WorkloadSpec told =
        Episode.of(scenario, violationPrice, WorkloadSpec.DEFAULT_TICK_SECONDS).workload();
    return new Episode(
        scenario,
        new WorkloadSpec(
            told.name(),
            minReplicas,
            told.maxReplicas(),
            told.sloSeconds(),
            told.serviceTimeSeconds(),
            told.replicaCapacity(),
            told.startupSeconds(),
            told.violationPrice(),
            told.tickSeconds()));
  }

  private ServiceModel patient(ServiceModel one) {
    DynamicBatching batching = one.batching();
    return batching.queueTimeoutSeconds() > 0
        ? one
        : one.with(batching.withTimeout(Math.max(PATIENCE_SECONDS, PATIENCE * sloSeconds)));
  }
}
