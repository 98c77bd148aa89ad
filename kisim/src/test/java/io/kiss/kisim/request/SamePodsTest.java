package io.kiss.kisim.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.NodePool;
import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.fluid.FluidEngine;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.OpenTraffic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The two engines share the cluster, and so the life of every pod. */
class SamePodsTest {
  private static final int SECONDS = 3600;

  @Test
  void podsComeAndDieAtTheSameTimesInBothEngines() {
    ServiceModel service =
        ServiceModel.ofServers(
            "s", 0.2, 2, ServiceNoise.lognormal(0.5), StartUp.ofTotal(40, 0.2, 30));
    // Little room, so that pods wait for it, and for the nodes of a pool that grows.
    ClusterSpec cluster =
        new ClusterSpec(
            List.of(
                NodePool.fixed("fixed", 3, 2),
                new NodePool("spot", 2, 0, 3, Delay.lognormal(90, 0.3), 300, true, false)),
            Delay.uniform(0.1, 1),
            Delay.uniform(0.05, 0.5),
            FaultSettings.NONE.withRates(1, 0.3, 0.5, 1));
    float[] rates = new float[SECONDS];
    Arrays.fill(rates, 20);
    Scenario scenario =
        new Scenario(
            "same pods",
            service,
            Routing.LEAST_OUTSTANDING,
            OpenTraffic.poisson(rates),
            SECONDS,
            cluster,
            1,
            4,
            16,
            TelemetrySettings.DEFAULT);
    RequestLevelEngine requests = new RequestLevelEngine();
    FluidEngine fluid = new FluidEngine();
    int waiting = 0;
    for (long seed = 1; seed <= 8; seed++) {
      List<String> seen = pods(requests, scenario, seed);
      assertThat(pods(fluid, scenario, seed)).as("seed %d", seed).isEqualTo(seen);
      waiting += seen.stream().filter(line -> !line.endsWith(" 0")).count();
      // Preempted pods finish what they have, which takes as long as it takes.
      assertThat(fluid.truth().gpuSeconds())
          .isCloseTo(requests.truth().gpuSeconds(), withinPercentage(0.1));
      assertThat(fluid.truth().nodeGpuSeconds())
          .isCloseTo(requests.truth().nodeGpuSeconds(), withinPercentage(0.1));
    }
    assertThat(waiting).isPositive();
  }

  /** Ready, pending and unschedulable pods every five seconds, while more and more are wanted. */
  private static List<String> pods(Engine engine, Scenario scenario, long seed) {
    engine.reset(scenario, seed);
    TelemetryBuffer telemetry = new TelemetryBuffer(scenario.maxReplicas());
    List<String> seen = new ArrayList<>();
    while (engine.timeSeconds() < SECONDS) {
      engine.setDesiredReplicas(4 + engine.timeSeconds() / 300);
      engine.advance(5);
      engine.readTelemetry(telemetry);
      seen.add(
          "%d %d %d"
              .formatted(
                  telemetry.readyReplicas,
                  telemetry.pendingReplicas,
                  telemetry.unschedulableReplicas));
    }
    return seen;
  }
}
