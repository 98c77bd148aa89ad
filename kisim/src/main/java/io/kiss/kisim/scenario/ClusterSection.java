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
  private static final String NO_SPOT = "needs a pool with spot = true";

  private ClusterSection() {}

  /**
   * Reads a cluster.
   *
   * @param seconds length of the scenario: a fault by script must come before its end
   */
  static ClusterSpec read(Section at, int seconds) {
    List<NodePool> pools = new ArrayList<>();
    for (Section pool : at.sections("pools")) {
      pools.add(pool(pool));
    }
    List<NodePool> nodes = at.has("pools") ? pools : ClusterSpec.AMPLE.pools();
    Delay api = at.delay("api", ClusterSpec.AMPLE.api());
    Delay scheduling = at.delay("scheduling", ClusterSpec.AMPLE.scheduling());
    boolean spot = nodes.stream().anyMatch(NodePool::spot);
    FaultSettings faults =
        at.section("faults", FaultSettings.NONE, section -> faults(section, seconds, spot));
    at.text("source", "");
    at.done();
    return at.build(() -> new ClusterSpec(nodes, api, scheduling, faults));
  }

  private static NodePool pool(Section at) {
    String name = at.text("name");
    int gpus = at.integer("gpus-per-node");
    int initial = at.integer("initial-nodes");
    int most = at.integer("max-nodes", initial);
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

  private static FaultSettings faults(Section at, int seconds, boolean spot) {
    List<ScriptedFault> script = new ArrayList<>();
    for (Section fault : at.sections("script")) {
      script.add(scripted(fault, seconds, spot));
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
    FaultSettings faults = at.section("rates", delays, rates -> rates(rates, delays, spot));
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

  private static ScriptedFault scripted(Section at, int seconds, boolean spot) {
    double time = at.seconds("at");
    if (time >= seconds) {
      throw at.refused("at", "must be before the end, which is at " + seconds + " s");
    }
    if (!at.has("kind")) {
      throw at.refused("kind", "is missing: crash, gpu, node or preemption");
    }
    FaultKind kind = at.choice("kind", FaultKind.class, FaultKind.CRASH);
    if (kind == FaultKind.PREEMPTION && !spot) {
      throw at.refused("kind", NO_SPOT);
    }
    int target = at.integer("target", 0);
    at.done();
    return at.build(() -> new ScriptedFault(time, kind, target));
  }
}
