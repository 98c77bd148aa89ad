package io.kiss.kisim.fluid;

import io.kiss.kisim.cluster.FaultKind;
import io.kiss.kisim.cluster.KubernetesCluster;
import io.kiss.kisim.engine.ClusterTruth;
import io.kiss.kisim.engine.ReplicaChanges;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.time.Nanos;

/** The truth as running totals since second 0, filled by the engine. */
final class RunningTruth implements Truth {
  double requests;
  double served;
  double rejected;
  double timedOut;
  double lost;
  double present;
  double waitingSeconds;
  double busySeconds;
  int now;

  private final KubernetesCluster cluster;
  private final ReplicaChanges changes;
  private final Answers answers;
  private final ClusterTruth held = new ClusterTruth();
  private double gpusPerPod;
  private double neededPerRequest;
  private double unitSeconds;

  RunningTruth(KubernetesCluster cluster, ReplicaChanges changes, Answers answers) {
    this.cluster = cluster;
    this.changes = changes;
    this.answers = answers;
  }

  /** Begins at second 0, up to which the cluster has come. */
  void begin(Scenario scenario) {
    gpusPerPod = scenario.service().gpusPerPod();
    neededPerRequest = gpusPerPod / scenario.service().podCapacity();
    unitSeconds = scenario.service().loneLatencySeconds();
    requests = served = rejected = timedOut = lost = 0;
    waitingSeconds = busySeconds = 0;
    now = 0;
    held.begin(cluster, scenario.service().device(), 0);
    answers.forgetTruth();
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
    return answers.late() + rejected + timedOut + lost;
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
    return held.gpuSeconds(nanos());
  }

  @Override
  public double busyGpuSeconds() {
    return gpusPerPod * busySeconds;
  }

  private long nanos() {
    return now * Nanos.PER_SECOND;
  }

  @Override
  public double nodeGpuSeconds() {
    return held.nodeGpuSeconds(nanos());
  }

  @Override
  public double neededGpuSeconds() {
    return neededPerRequest * requests;
  }

  @Override
  public double cost() {
    return held.cost(nanos());
  }

  @Override
  public double joules() {
    return held.joules(nanos(), busyGpuSeconds());
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
    return unitSeconds * answers.quantile(share);
  }

  @Override
  public double windowLatencyQuantile(double share) {
    return unitSeconds * answers.windowQuantile(share);
  }

  @Override
  public void startWindow() {
    answers.startWindow();
  }
}
