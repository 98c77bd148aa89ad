package io.kiss.kisim.paper;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.cluster.FaultSettings;
import io.kiss.kisim.cluster.NodePool;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.ClosedTraffic;
import io.kiss.kisim.traffic.Traffic;
import io.kiss.kisim.traffic.pattern.ClientSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * What the paper's environment is made of.
 *
 * @param gpu pods of the GPU Deployment
 * @param cpu pods of the CPU Deployment, which serve the same model
 * @param client the machine the users live on, whose waits are in the latency they see
 */
public record PaperSetup(ServiceModel gpu, ServiceModel cpu, ClientSettings client) {
  /** Length of a step, seconds. */
  public static final int STEP_SECONDS = 30;

  /** Steps of an episode. */
  public static final int STEPS = 10;

  /** Length of an episode, seconds. */
  public static final int EPISODE_SECONDS = STEPS * STEP_SECONDS;

  /** Most replicas of each Deployment; the fewest are 1. */
  public static final int MOST_REPLICAS = 10;

  /** Replicas of each Deployment at an episode's start. */
  public static final int INITIAL_REPLICAS = 3;

  /**
   * The paper's load generator: it does one thing at a time, 71 ms a task on average; five of eight
   * tasks are requests to the service (kisim/VALIDATION.md, section 4).
   */
  public static final ClientSettings PAPER_CLIENT =
      new ClientSettings(0.625, 0.035, 0.07, 0.015, 0);

  /** Latency that autoscalers with a target of it keep to; the paper states none. */
  private static final double SLO_SECONDS = 0.5;

  private static final double VIOLATION_PRICE = 10;

  /** For ten pods, and as many more that finish what they have in hand. */
  private static final ClusterSpec ROOM =
      new ClusterSpec(
          List.of(NodePool.fixed("ample", 3, 8)), Delay.NONE, Delay.NONE, FaultSettings.NONE);

  private static final Delay THINK = Delay.uniform(1, 2);

  public PaperSetup {
    if (gpu.device().kind() != DeviceKind.GPU || cpu.device().kind() != DeviceKind.CPU) {
      throw new IllegalArgumentException(
          "the paper's environment needs a GPU's and a CPU's profile, not those of "
              + gpu.name()
              + " and "
              + cpu.name());
    }
  }

  /** The same on another load generator. */
  public PaperSetup with(ClientSettings other) {
    return new PaperSetup(gpu, cpu, other);
  }

  ServiceModel service(DeviceKind kind) {
    return kind == DeviceKind.GPU ? gpu : cpu;
  }

  /** What an autoscaler of one of the Deployments is told of it. */
  public WorkloadSpec workload(DeviceKind kind) {
    ServiceModel service = service(kind);
    return new WorkloadSpec(
        service.name(),
        1,
        MOST_REPLICAS,
        SLO_SECONDS,
        service.loneLatencySeconds(),
        service.podCapacity(),
        Math.max(1e-3, service.startUp().meanSeconds()),
        VIOLATION_PRICE,
        WorkloadSpec.DEFAULT_TICK_SECONDS);
  }

  /** The Deployments of an episode, which share its users. */
  List<Scenario> scenarios(PaperPattern pattern, List<DeviceKind> kinds, int[] replicas) {
    Traffic traffic =
        new ClosedTraffic(
            seed -> pattern.users(EPISODE_SECONDS, seed),
            EPISODE_SECONDS,
            THINK,
            Delay.NONE,
            client);
    List<Scenario> scenarios = new ArrayList<>();
    for (int d = 0; d < kinds.size(); d++) {
      ServiceModel service = service(kinds.get(d));
      scenarios.add(
          new Scenario(
              pattern.label() + " on " + service.name(),
              service,
              Routing.RANDOM,
              traffic,
              EPISODE_SECONDS,
              ROOM,
              SLO_SECONDS,
              replicas[d],
              MOST_REPLICAS,
              TelemetrySettings.DEFAULT));
    }
    return scenarios;
  }
}
