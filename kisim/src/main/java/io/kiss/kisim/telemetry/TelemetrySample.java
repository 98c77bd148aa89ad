package io.kiss.kisim.telemetry;

import java.util.Arrays;

/**
 * Immutable {@link Telemetry}: what travels between actors and stands in decision records.
 *
 * @param pendingAgesSeconds ages of the pending pods, oldest first; copied at construction
 */
public record TelemetrySample(
    double timeSeconds,
    double sampleAgeSeconds,
    double arrivalRate,
    double completionRate,
    double p50LatencySeconds,
    double p95LatencySeconds,
    double violatingShare,
    double queuedRequests,
    double runningRequests,
    double gpuUtilisation,
    int desiredReplicas,
    int readyReplicas,
    int unschedulableReplicas,
    boolean rolloutInProgress,
    double[] pendingAgesSeconds)
    implements Telemetry {

  public TelemetrySample {
    pendingAgesSeconds = pendingAgesSeconds.clone();
  }

  /** Copies what {@code source} shows now. */
  public static TelemetrySample copyOf(Telemetry source) {
    double[] ages = new double[source.pendingReplicas()];
    for (int i = 0; i < ages.length; i++) {
      ages[i] = source.pendingAgeSeconds(i);
    }
    return new TelemetrySample(
        source.timeSeconds(),
        source.sampleAgeSeconds(),
        source.arrivalRate(),
        source.completionRate(),
        source.p50LatencySeconds(),
        source.p95LatencySeconds(),
        source.violatingShare(),
        source.queuedRequests(),
        source.runningRequests(),
        source.gpuUtilisation(),
        source.desiredReplicas(),
        source.readyReplicas(),
        source.unschedulableReplicas(),
        source.rolloutInProgress(),
        ages);
  }

  /** The same with {@code spec.replicas} as the API server showed it. */
  public TelemetrySample withDesiredReplicas(int replicas) {
    return new TelemetrySample(
        timeSeconds,
        sampleAgeSeconds,
        arrivalRate,
        completionRate,
        p50LatencySeconds,
        p95LatencySeconds,
        violatingShare,
        queuedRequests,
        runningRequests,
        gpuUtilisation,
        replicas,
        readyReplicas,
        unschedulableReplicas,
        rolloutInProgress,
        pendingAgesSeconds);
  }

  @Override
  public double[] pendingAgesSeconds() {
    return pendingAgesSeconds.clone();
  }

  @Override
  public int pendingReplicas() {
    return pendingAgesSeconds.length;
  }

  @Override
  public double pendingAgeSeconds(int index) {
    return pendingAgesSeconds[index];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TelemetrySample that
        && Arrays.equals(scalars(), that.scalars())
        && Arrays.equals(pendingAgesSeconds, that.pendingAgesSeconds);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(scalars()) + Arrays.hashCode(pendingAgesSeconds);
  }

  private double[] scalars() {
    return new double[] {
      timeSeconds,
      sampleAgeSeconds,
      arrivalRate,
      completionRate,
      p50LatencySeconds,
      p95LatencySeconds,
      violatingShare,
      queuedRequests,
      runningRequests,
      gpuUtilisation,
      desiredReplicas,
      readyReplicas,
      unschedulableReplicas,
      rolloutInProgress ? 1 : 0
    };
  }
}
