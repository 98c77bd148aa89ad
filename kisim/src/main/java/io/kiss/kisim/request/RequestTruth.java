package io.kiss.kisim.request;

import io.kiss.kisim.engine.ReplicaChanges;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.time.ExactSum;
import org.HdrHistogram.Histogram;

/** What the request-level engine counted since second 0. */
final class RequestTruth implements Truth {
  private final ReplicaChanges changes;
  private final Histogram fresh = RequestCounts.newHistogram();
  private final Histogram all = RequestCounts.newHistogram();
  private final Histogram window = RequestCounts.newHistogram();
  private RequestEngine engine;
  private RequestCounts counts;
  private DeviceType device;
  private double neededPerRequest;

  private long arrivedBefore;
  private long servedBefore;
  private long lateBefore;
  private long rejectedBefore;
  private long timedOutBefore;
  private long lostBefore;
  private final ExactSum waitsBefore = new ExactSum();
  private final ExactSum allocatedBefore = new ExactSum();
  private final ExactSum nodesBefore = new ExactSum();
  private double busyBefore;

  RequestTruth(ReplicaChanges changes) {
    this.changes = changes;
  }

  /** Begins at the engine's present time: what was counted before does not count. */
  void begin(RequestEngine engine, Scenario scenario) {
    this.engine = engine;
    counts = engine.counts();
    device = scenario.service().device();
    neededPerRequest = scenario.service().gpusPerPod() / scenario.service().podCapacity();
    long now = engine.nowNanos();
    arrivedBefore = counts.arrived();
    servedBefore = counts.served();
    lateBefore = counts.violating();
    rejectedBefore = counts.rejected();
    timedOutBefore = counts.timedOut();
    lostBefore = counts.lost();
    waitsBefore.set(counts.waits());
    allocatedBefore.set(engine.cluster().allocatedUnitNanos(now));
    nodesBefore.set(engine.cluster().nodeUnitNanos(now));
    busyBefore = engine.fleet().busyGpuSeconds(now);
    collect();
    all.reset();
    window.reset();
  }

  private void collect() {
    fresh.reset();
    engine.drainLatencies(fresh);
    if (fresh.getTotalCount() > 0) {
      all.add(fresh);
      window.add(fresh);
    }
  }

  @Override
  public double requests() {
    return counts.arrived() - arrivedBefore;
  }

  @Override
  public double served() {
    return counts.served() - servedBefore;
  }

  @Override
  public double violating() {
    return counts.violating() - lateBefore + rejected() + timedOut() + lost();
  }

  @Override
  public double rejected() {
    return counts.rejected() - rejectedBefore;
  }

  @Override
  public double timedOut() {
    return counts.timedOut() - timedOutBefore;
  }

  @Override
  public double lost() {
    return counts.lost() - lostBefore;
  }

  @Override
  public double present() {
    return counts.inFlight();
  }

  @Override
  public double waitingSeconds() {
    return counts.waits().minus(waitsBefore) * 1e-9;
  }

  @Override
  public double gpuSeconds() {
    return gpuSeconds(engine.cluster().allocatedUnitNanos(engine.nowNanos()), allocatedBefore);
  }

  @Override
  public double busyGpuSeconds() {
    return engine.fleet().busyGpuSeconds(engine.nowNanos()) - busyBefore;
  }

  @Override
  public double nodeGpuSeconds() {
    return gpuSeconds(engine.cluster().nodeUnitNanos(engine.nowNanos()), nodesBefore);
  }

  private static double gpuSeconds(ExactSum now, ExactSum before) {
    return now.minus(before) / DeviceSharing.UNITS * 1e-9;
  }

  @Override
  public double neededGpuSeconds() {
    return neededPerRequest * requests();
  }

  @Override
  public double cost() {
    return device.cost(gpuSeconds());
  }

  @Override
  public double joules() {
    return device.joules(gpuSeconds(), busyGpuSeconds());
  }

  @Override
  public int scalingActions() {
    return changes.actions();
  }

  @Override
  public int flaps() {
    return changes.flaps();
  }

  @Override
  public double latencyQuantile(double share) {
    collect();
    return quantile(all, share);
  }

  @Override
  public double windowLatencyQuantile(double share) {
    collect();
    return quantile(window, share);
  }

  private static double quantile(Histogram latencies, double share) {
    return latencies.getTotalCount() == 0
        ? Double.NaN
        : latencies.getValueAtPercentile(100 * share) * 1e-9;
  }

  @Override
  public void startWindow() {
    collect();
    window.reset();
  }
}
