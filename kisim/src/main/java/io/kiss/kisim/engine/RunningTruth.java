package io.kiss.kisim.engine;

/** The truth as running totals of expectations. */
final class RunningTruth implements Truth {
  double requests;
  double served;
  double violating;
  double lost;
  double waitingSeconds;
  double gpuSeconds;
  double neededGpuSeconds;
  int scalingActions;
  int flaps;
  final LatencyHistogram latencies = new LatencyHistogram();

  void reset() {
    requests = 0;
    served = 0;
    violating = 0;
    lost = 0;
    waitingSeconds = 0;
    gpuSeconds = 0;
    neededGpuSeconds = 0;
    scalingActions = 0;
    flaps = 0;
    latencies.reset();
  }

  @Override
  public double requests() {
    return requests;
  }

  @Override
  public double served() {
    return served;
  }

  @Override
  public double violating() {
    return violating;
  }

  @Override
  public double lost() {
    return lost;
  }

  @Override
  public double waitingSeconds() {
    return waitingSeconds;
  }

  @Override
  public double gpuSeconds() {
    return gpuSeconds;
  }

  @Override
  public double neededGpuSeconds() {
    return neededGpuSeconds;
  }

  @Override
  public int scalingActions() {
    return scalingActions;
  }

  @Override
  public int flaps() {
    return flaps;
  }

  @Override
  public double sloAttainment() {
    return 1 - violating / (served + lost);
  }

  @Override
  public double latencyQuantile(double share) {
    return latencies.quantile(share);
  }
}
