package io.kiss.kisim.scenario;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Truth;
import java.util.List;

/**
 * What came of a simulation.
 *
 * @param scenario that was run
 * @param engine it was run on
 * @param autoscaler what decided
 * @param tickSeconds time between two of its decisions
 * @param seed of the run
 * @param presentAtStart requests in the system at second 0
 * @param steps control steps in order
 * @param truth of the whole run
 */
public record SimulationResult(
    SimulationScenario scenario,
    EngineChoice engine,
    Decider autoscaler,
    int tickSeconds,
    long seed,
    double presentAtStart,
    List<SimulationStep> steps,
    Truth truth) {

  public SimulationResult {
    steps = List.copyOf(steps);
  }

  /** Control steps at whose end telemetry showed a p95 and in which requests were answered. */
  public List<SimulationStep> comparable() {
    return steps.stream()
        .filter(step -> !Double.isNaN(step.shownP95Seconds()) && !Double.isNaN(step.p95Seconds()))
        .toList();
  }

  /** Whether the pods had nodes without limit, because the scenario names none. */
  public boolean ample() {
    return scenario
        .scenario()
        .cluster()
        .pools()
        .equals(ClusterSpec.amplePools(scenario.scenario().maxReplicas()));
  }

  /** Share of the GPU time held by pods in which work ran, 0..1. */
  public double utilisation() {
    return truth.busyGpuSeconds() / truth.gpuSeconds();
  }
}
