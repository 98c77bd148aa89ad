package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.QueueingRule;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;

/**
 * NVIDIA Dynamo's planner for one kind of engine (dynamo.planner.core), aiming at the SLO.
 *
 * <p>Its load loop fits the latency to the load of an engine as it goes along. One engine more when
 * the latency predicted at the present load is over the SLA; one less when the latency predicted at
 * {@code n/(n−1)} of it is below the sensitive share of the SLA; nothing while engines are on their
 * way. Its throughput loop forecasts the next interval's demand and divides it by what one engine
 * sustains under the SLA; with the load loop on, that only bounds the load loop's decisions from
 * below.
 *
 * <p>For services that answer each request with one result, load is the requests present per ready
 * replica, latency the 95th percentile, and what one engine sustains under the SLA comes from its
 * profile by {@link QueueingRule}, which stands for the sweep made before deployment. The
 * thresholds of its easy mode are on prefill tokens and the KV cache, which such services do not
 * have.
 */
public final class DynamoPlanner implements Autoscaler {
  private final DynamoParameters parameters;
  private final WorkloadSpec workload;
  private final LatencyRegression regression;
  private final ArimaForecast demand = new ArimaForecast();
  private final double engineRate;

  private double sampledAt = Double.NEGATIVE_INFINITY;
  private double nextThroughput = Double.NaN;
  private double rateSum;
  private int rateCount;
  private int lowerBound;

  /** Starts without memory. */
  public DynamoPlanner(WorkloadSpec workload, DynamoParameters parameters) {
    this.workload = workload;
    this.parameters = parameters;
    regression =
        new LatencyRegression(
            parameters.leastObservations(), parameters.mostObservations(), parameters.buckets());
    engineRate = QueueingRule.rateWithinSlo(workload, 1);
    lowerBound = workload.minReplicas();
  }

  @Override
  public String name() {
    return "dynamo";
  }

  @Override
  public double tickSeconds() {
    return parameters.loadSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    int current = telemetry.desiredReplicas();
    boolean bounded = parameters.throughput() && throughput(telemetry);
    if (!parameters.load()) {
      return bounded ? workload.clamp(lowerBound) : current;
    }
    double load =
        Signal.CONCURRENCY.total(telemetry, workload) / Math.max(1, telemetry.readyReplicas());
    observe(telemetry, load);
    boolean onTheirWay = telemetry.pendingReplicas() > 0 || telemetry.readyReplicas() != current;
    if (onTheirWay || Double.isNaN(load)) {
      return current;
    }
    int wanted = byLoad(current, load);
    if (wanted == current) {
      return current;
    }
    int bound = parameters.throughput() ? lowerBound : workload.minReplicas();
    return workload.clamp(Math.max(wanted, bound));
  }

  private void observe(Telemetry telemetry, double load) {
    double at = telemetry.timeSeconds() - telemetry.sampleAgeSeconds();
    double latency = telemetry.p95LatencySeconds();
    if (at > sampledAt && !Double.isNaN(load) && !Double.isNaN(latency)) {
      sampledAt = at;
      regression.add(load, latency);
    }
  }

  private int byLoad(int current, double load) {
    double sla = workload.sloSeconds();
    if (regression.predict(load) > sla) {
      return current + 1;
    }
    if (current > 1) {
      double without = regression.predict(load * current / (current - 1));
      if (without < sla * parameters.sensitivity()) {
        return current - 1;
      }
    }
    return current;
  }

  /** Whether an interval ended and left a forecast to go by. */
  private boolean throughput(Telemetry telemetry) {
    double now = telemetry.timeSeconds();
    if (Double.isNaN(nextThroughput)) {
      nextThroughput = now + parameters.throughputSeconds();
    }
    if (!Double.isNaN(telemetry.arrivalRate())) {
      rateSum += telemetry.arrivalRate();
      rateCount++;
    }
    if (now < nextThroughput) {
      return false;
    }
    nextThroughput += parameters.throughputSeconds();
    boolean seen = rateCount > 0;
    if (seen) {
      demand.add(rateSum / rateCount);
      rateSum = 0;
      rateCount = 0;
    }
    double forecast = demand.next();
    if (!seen || Double.isNaN(forecast)) {
      return false;
    }
    lowerBound = Math.max(workload.minReplicas(), HpaFormula.ceil(forecast / engineRate));
    return true;
  }
}
