package io.kiss.kisim.fluid;

import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.gpu.DeviceType;

/** The truth as running totals, filled by an engine. */
final class RunningTruth implements Truth {
  double requests;
  double served;
  double violating;
  double rejected;
  double timedOut;
  double lost;
  double present;
  double waitingSeconds;
  double gpuSeconds;
  double busyGpuSeconds;
  double nodeGpuSeconds;
  double neededGpuSeconds;
  int scalingActions;
  int flaps;
  final LatencyHistogram latencies = new LatencyHistogram();
  final LatencyHistogram window = new LatencyHistogram();
  private DeviceType device;

  void reset(DeviceType device) {
    this.device = device;
    requests = served = violating = 0;
    rejected = timedOut = lost = 0;
    waitingSeconds = 0;
    gpuSeconds = busyGpuSeconds = nodeGpuSeconds = neededGpuSeconds = 0;
    scalingActions = 0;
    flaps = 0;
    latencies.reset();
    window.reset();
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
  public double rejected() {
    return rejected;
  }

  @Override
  public double timedOut() {
    return timedOut;
  }

  @Override
  public double lost() {
    return lost;
  }

  @Override
  public double present() {
    return present;
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
  public double busyGpuSeconds() {
    return busyGpuSeconds;
  }

  @Override
  public double nodeGpuSeconds() {
    return nodeGpuSeconds;
  }

  @Override
  public double neededGpuSeconds() {
    return neededGpuSeconds;
  }

  @Override
  public double cost() {
    return device.cost(gpuSeconds);
  }

  @Override
  public double joules() {
    return device.joules(gpuSeconds, busyGpuSeconds);
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
  public double latencyQuantile(double share) {
    return latencies.quantile(share);
  }

  @Override
  public double windowLatencyQuantile(double share) {
    return window.quantile(share);
  }

  @Override
  public void startWindow() {
    window.reset();
  }
}
