package io.kiss.kisim.request;

import io.kiss.kisim.cluster.FaultKind;
import io.kiss.kisim.engine.ClusterTruth;
import io.kiss.kisim.engine.ReplicaChanges;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.time.ExactSum;
import org.HdrHistogram.Histogram;

/** What the request-level engine counted since second 0. */
final class RequestTruth implements Truth {
  private final ReplicaChanges changes;
  private final ClusterTruth held = new ClusterTruth();
  private final Histogram fresh = RequestCounts.newHistogram();
  private final Histogram all = RequestCounts.newHistogram();
  private final Histogram window = RequestCounts.newHistogram();
  private RequestEngine engine;
  private RequestCounts counts;
  private double neededPerRequest;

  private long arrivedBefore;
  private long servedBefore;
  private long lateBefore;
  private long rejectedBefore;
  private long timedOutBefore;
  private long lostBefore;
  private final ExactSum waitsBefore = new ExactSum();
  private double busyBefore;

  RequestTruth(ReplicaChanges changes) {
    this.changes = changes;
  }

  /** Begins at the engine's present time: what was counted before does not count. */
  void begin(RequestEngine engine, Scenario scenario) {
    this.engine = engine;
    counts = engine.counts();
    neededPerRequest = scenario.service().gpusPerPod() / scenario.service().podCapacity();
    long now = engine.nowNanos();
    arrivedBefore = counts.arrived();
    servedBefore = counts.served();
    lateBefore = counts.violating();
    rejectedBefore = counts.rejected();
    timedOutBefore = counts.timedOut();
    lostBefore = counts.lost();
    waitsBefore.set(counts.waits());
    held.begin(engine.cluster(), scenario.service().device(), now);
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
    return held.gpuSeconds(engine.nowNanos());
  }

  @Override
  public double busyGpuSeconds() {
    return engine.fleet().busyGpuSeconds(engine.nowNanos()) - busyBefore;
  }

  @Override
  public double nodeGpuSeconds() {
    return held.nodeGpuSeconds(engine.nowNanos());
  }

  @Override
  public double neededGpuSeconds() {
    return neededPerRequest * requests();
  }

  @Override
  public double cost() {
    return held.cost(engine.nowNanos());
  }

  @Override
  public double joules() {
    return held.joules(engine.nowNanos(), busyGpuSeconds());
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
  public int faults(FaultKind kind) {
    return held.faults(kind);
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
