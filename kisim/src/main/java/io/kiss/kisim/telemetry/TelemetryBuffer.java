package io.kiss.kisim.telemetry;

/**
 * Reusable {@link Telemetry} that an engine fills at each tick without allocating. Fields are
 * public because this is the simulator's hot path; everybody else reads through the interface.
 */
public final class TelemetryBuffer implements Telemetry {
  public double timeSeconds;
  public double sampleAgeSeconds;
  public double arrivalRate;
  public double completionRate;
  public double p50LatencySeconds;
  public double p95LatencySeconds;
  public double violatingShare;
  public double queuedRequests;
  public double runningRequests;
  public double gpuUtilisation;
  public int desiredReplicas;
  public int readyReplicas;
  public int pendingReplicas;
  public int unschedulableReplicas;
  public boolean rolloutInProgress;

  /** Ages of the pending pods, seconds, oldest first; the first {@link #pendingReplicas} count. */
  public final double[] pendingAgesSeconds;

  /**
   * Makes an empty buffer.
   *
   * @param maxReplicas most pods that can ever be pending at once
   */
  public TelemetryBuffer(int maxReplicas) {
    pendingAgesSeconds = new double[maxReplicas];
  }

  /** Makes unknown all that Prometheus would have been asked. */
  public void nothingFromPrometheus() {
    sampleAgeSeconds = Double.NaN;
    arrivalRate = Double.NaN;
    completionRate = Double.NaN;
    p50LatencySeconds = Double.NaN;
    p95LatencySeconds = Double.NaN;
    violatingShare = Double.NaN;
    queuedRequests = Double.NaN;
    runningRequests = Double.NaN;
    gpuUtilisation = Double.NaN;
  }

  @Override
  public double timeSeconds() {
    return timeSeconds;
  }

  @Override
  public double sampleAgeSeconds() {
    return sampleAgeSeconds;
  }

  @Override
  public double arrivalRate() {
    return arrivalRate;
  }

  @Override
  public double completionRate() {
    return completionRate;
  }

  @Override
  public double p50LatencySeconds() {
    return p50LatencySeconds;
  }

  @Override
  public double p95LatencySeconds() {
    return p95LatencySeconds;
  }

  @Override
  public double violatingShare() {
    return violatingShare;
  }

  @Override
  public double queuedRequests() {
    return queuedRequests;
  }

  @Override
  public double runningRequests() {
    return runningRequests;
  }

  @Override
  public double gpuUtilisation() {
    return gpuUtilisation;
  }

  @Override
  public int desiredReplicas() {
    return desiredReplicas;
  }

  @Override
  public int readyReplicas() {
    return readyReplicas;
  }

  @Override
  public int pendingReplicas() {
    return pendingReplicas;
  }

  @Override
  public int unschedulableReplicas() {
    return unschedulableReplicas;
  }

  @Override
  public double pendingAgeSeconds(int index) {
    return pendingAgesSeconds[index];
  }

  @Override
  public boolean rolloutInProgress() {
    return rolloutInProgress;
  }
}
