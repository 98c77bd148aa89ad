package io.kiss.kisim.scenario;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultKind;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.NodePool;
import io.kiss.kisim.cluster.ScriptedFault;
import io.kiss.kisim.time.Delay;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code cluster { pools, api, scheduling, faults }}; what is left out is as if ample. */
final class ClusterSection {
  private static final int MOST_GPUS = 1_024;
  private static final int MOST_NODES = 100_000;
  private static final String NO_SPOT = "needs a pool with spot = true";

  private ClusterSection() {}

  /**
   * Reads a cluster.
   *
   * @param seconds length of the scenario: a fault by script must come before its end
   * @param maxReplicas most pods there can be: one beyond them cannot be struck
   */
  static ClusterSpec read(Section at, int seconds, int maxReplicas) {
    List<NodePool> pools = new ArrayList<>();
    for (Section pool : at.sections("pools")) {
      pools.add(pool(pool));
    }
    List<NodePool> nodes = at.has("pools") ? pools : ClusterSpec.amplePools(maxReplicas);
    Delay api = at.delay("api", ClusterSpec.AMPLE.api());
    Delay scheduling = at.delay("scheduling", ClusterSpec.AMPLE.scheduling());
    boolean spot = nodes.stream().anyMatch(NodePool::spot);
    int mostNodes = nodes.stream().mapToInt(NodePool::maxNodes).sum();
    Reach reach = new Reach(seconds, maxReplicas, Math.min(mostNodes, maxReplicas), spot);
    FaultSettings faults =
        at.section("faults", FaultSettings.NONE, section -> faults(section, reach));
    at.text("source", "");
    at.done();
    return at.build(() -> new ClusterSpec(nodes, api, scheduling, faults));
  }

  /** The cluster of a scenario that says nothing of it. */
  static ClusterSpec ample(int maxReplicas) {
    ClusterSpec usual = ClusterSpec.AMPLE;
    return new ClusterSpec(
        ClusterSpec.amplePools(maxReplicas), usual.api(), usual.scheduling(), usual.faults());
  }

  /**
   * What a fault can strike.
   *
   * @param seconds before which it must
   * @param pods at most
   * @param nodes with pods at most
   * @param spot whether any is of a spot pool
   */
  private record Reach(int seconds, int pods, int nodes, boolean spot) {}

  private static NodePool pool(Section at) {
    String name = at.text("name");
    int gpus = at.integerUpTo(MOST_GPUS, "gpus-per-node");
    int initial = at.integerUpTo(MOST_NODES, "initial-nodes");
    int most = at.integerUpTo(MOST_NODES, "max-nodes", initial);
    Delay provisioning = at.delay("provisioning", Delay.NONE);
    if (most > initial && !at.has("provisioning")) {
      throw at.refused("max-nodes", "above initial-nodes needs provisioning, the time for a node");
    }
    double idle = at.seconds("idle", NodePool.DEFAULT_IDLE_SECONDS);
    boolean spot = at.flag("spot", false);
    boolean cached = at.flag("image-cached", true);
    at.text("source", "");
    at.done();
    return at.build(
        () -> new NodePool(name, gpus, initial, most, provisioning, idle, spot, cached));
  }

  private static FaultSettings faults(Section at, Reach reach) {
    List<ScriptedFault> script = new ArrayList<>();
    for (Section fault : at.sections("script")) {
      script.add(scripted(fault, reach));
    }
    FaultSettings none = FaultSettings.NONE;
    Delay gpuRepair = at.delay("gpu-repair", none.gpuRepair());
    Delay nodeRepair = at.delay("node-repair", none.nodeRepair());
    double notReady = at.seconds("not-ready", none.notReadySeconds());
    double evict = at.seconds("evict", none.evictSeconds());
    double notice = at.seconds("notice", none.noticeSeconds());
    double backOff = at.seconds("back-off", none.backOffSeconds());
    FaultSettings delays =
        at.build(
            () ->
                new FaultSettings(
                    0, 0, 0, 0, script, gpuRepair, nodeRepair, notReady, evict, notice, backOff));
    FaultSettings faults = at.section("rates", delays, rates -> rates(rates, delays, reach.spot()));
    at.text("source", "");
    at.done();
    return faults;
  }

  private static FaultSettings rates(Section at, FaultSettings delays, boolean spot) {
    double crashes = at.number("crashes-per-pod-hour", 0);
    double gpus = at.number("gpu-faults-per-gpu-hour", 0);
    double nodes = at.number("node-losses-per-node-hour", 0);
    double preemptions = at.number("preemptions-per-node-hour", 0);
    if (preemptions > 0 && !spot) {
      throw at.refused("preemptions-per-node-hour", NO_SPOT);
    }
    at.text("source", "");
    at.done();
    return at.build(() -> delays.withRates(crashes, gpus, nodes, preemptions));
  }

  private static ScriptedFault scripted(Section at, Reach reach) {
    double time = at.seconds("at");
    if (time >= reach.seconds()) {
      throw at.refused("at", "must be before the end, which is at " + reach.seconds() + " s");
    }
    if (time == 0) {
      throw at.refused("at", "must be after 0 s; what is there then, replicas and cluster say");
    }
    if (!at.has("kind")) {
      throw at.refused("kind", "is missing: crash, gpu, node or preemption");
    }
    FaultKind kind = at.choice("kind", FaultKind.class, FaultKind.CRASH);
    if (kind == FaultKind.PREEMPTION && !reach.spot()) {
      throw at.refused("kind", NO_SPOT);
    }
    int target = at.integer("target", 0);
    int most = kind == FaultKind.CRASH ? reach.pods() : reach.nodes();
    if (target < 0 || target >= most) {
      throw at.refused(
          "target",
          "must be in 0.."
              + (most - 1)
              + (kind == FaultKind.CRASH ? ", one of replicas.max pods" : ", a node with pods")
              + ", not "
              + target);
    }
    at.done();
    return at.build(() -> new ScriptedFault(time, kind, target));
  }
}
