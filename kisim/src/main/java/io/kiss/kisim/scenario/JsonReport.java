package io.kiss.kisim.scenario;

import io.kiss.kisim.cluster.FaultKind;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.text.Json;

/** A simulation as one JSON object; conf/scenarios/README.md says what is in it. */
final class JsonReport {
  private JsonReport() {}

  static String of(SimulationResult result) {
    Scenario scenario = result.scenario().scenario();
    Truth truth = result.truth();
    Json json = new Json();
    json.open("");
    json.put("scenario", scenario.name());
    json.put("service", scenario.service().name());
    json.put("device", scenario.service().device().name());
    json.put("engine", result.engine().toString());
    json.put("autoscaler", result.autoscaler().name());
    json.open("autoscalerSettings");
    result.autoscaler().settings().forEach(json::put);
    json.close();
    json.put("tickSeconds", result.tickSeconds());
    json.put("seed", result.seed());
    json.put("durationSeconds", scenario.seconds());
    json.put("sloSeconds", scenario.sloSeconds());
    requests(json, result);
    json.put("sloAttainment", truth.sloAttainment());
    latencies(json, truth);
    json.put("scalings", truth.scalingActions());
    json.put("flaps", truth.flaps());
    json.put("gpuSeconds", truth.gpuSeconds());
    json.put("busyGpuSeconds", truth.busyGpuSeconds());
    json.put("neededGpuSeconds", truth.neededGpuSeconds());
    // Nodes without limit are no figure of anything.
    json.put("nodeGpuSeconds", result.ample() ? Double.NaN : truth.nodeGpuSeconds());
    json.put("utilisation", result.utilisation());
    json.put("cost", truth.cost());
    json.put("joules", truth.joules());
    json.open("faults");
    json.put("crashes", truth.faults(FaultKind.CRASH));
    json.put("gpuFaults", truth.faults(FaultKind.GPU));
    json.put("nodeLosses", truth.faults(FaultKind.NODE));
    json.put("preemptions", truth.faults(FaultKind.PREEMPTION));
    json.close();
    json.openList("steps");
    for (SimulationStep step : result.steps()) {
      step(json, step);
    }
    json.closeList();
    json.close();
    return json.toString();
  }

  private static void requests(Json json, SimulationResult result) {
    Truth truth = result.truth();
    json.open("requests");
    json.put("presentAtStart", result.presentAtStart());
    json.put("arrived", truth.requests());
    json.put("served", truth.served());
    json.put("rejected", truth.rejected());
    json.put("timedOut", truth.timedOut());
    json.put("lost", truth.lost());
    json.put("present", truth.present());
    json.put("violating", truth.violating());
    json.close();
  }

  private static void latencies(Json json, Truth truth) {
    json.open("latencySeconds");
    json.put("p50", truth.latencyQuantile(0.5));
    json.put("p95", truth.latencyQuantile(0.95));
    json.put("p99", truth.latencyQuantile(0.99));
    json.put("p999", truth.latencyQuantile(0.999));
    json.put("longest", truth.longestLatencySeconds());
    json.close();
  }

  private static void step(Json json, SimulationStep step) {
    json.open("");
    json.put("seconds", step.seconds());
    json.put("arrivals", step.arrivals());
    json.put("lost", step.lost());
    json.put("desired", step.desired());
    json.put("current", step.current());
    json.put("ready", step.ready());
    json.put("pending", step.pending());
    json.put("unschedulable", step.unschedulable());
    json.put("p50Seconds", step.p50Seconds());
    json.put("p95Seconds", step.p95Seconds());
    json.put("p99Seconds", step.p99Seconds());
    json.put("shownP95Seconds", step.shownP95Seconds());
    json.put("present", step.present());
    json.put("utilisation", step.utilisation());
    json.put("cost", step.cost());
    json.close();
  }
}
