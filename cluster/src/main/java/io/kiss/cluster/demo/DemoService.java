package io.kiss.cluster.demo;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.TournamentCases;
import io.kiss.kisim.serving.ServiceProfile;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.TrafficKind;
import java.util.List;

/**
 * One Deployment of the demo.
 *
 * @param profile what a replica does
 * @param sloSeconds latency a request should not exceed
 * @param startupSeconds mean time until a new pod is ready
 * @param peakReplicas replicas the busiest minute needs, at {@value #PEAK_LOAD} of their capacity
 * @param traffic shape where no trace is replayed
 */
record DemoService(
    ServiceProfile profile,
    double sloSeconds,
    double startupSeconds,
    int peakReplicas,
    TrafficKind traffic) {

  /** Load at which the replicas that the peak needs are counted. */
  static final double PEAK_LOAD = 0.75;

  private static final double VIOLATION_PRICE = 10;

  /** An image classifier, a language encoder and a ranking model with large embedding tables. */
  static final List<DemoService> ALL =
      List.of(
          new DemoService(
              new ServiceProfile("resnet50", 0.025, 240, 0.2, 1, 0.80),
              0.150,
              60,
              8,
              TrafficKind.DIURNAL),
          new DemoService(
              new ServiceProfile("bert-large", 0.080, 60, 0.5, 1, 1.20),
              0.400,
              100,
              10,
              TrafficKind.RANDOM_WALK),
          new DemoService(
              new ServiceProfile("recommender", 0.012, 650, 0.8, 1, 2.00),
              0.080,
              180,
              6,
              TrafficKind.FLASH_CROWDS));

  String name() {
    return profile.name();
  }

  int maxReplicas() {
    return 2 * peakReplicas;
  }

  /** Requests per second of the busiest minute. */
  double peakRate() {
    return peakReplicas * profile.replicaCapacity() * PEAK_LOAD;
  }

  /** Replicas that keep this rate at {@value #PEAK_LOAD} of their capacity. */
  int replicasFor(double rate) {
    int replicas = (int) Math.ceil(rate / profile.replicaCapacity() / PEAK_LOAD);
    return Math.max(1, Math.min(maxReplicas(), replicas));
  }

  WorkloadSpec workload() {
    return new WorkloadSpec(
        name(),
        1,
        maxReplicas(),
        sloSeconds,
        profile.serviceTimeSeconds(),
        profile.replicaCapacity(),
        startupSeconds,
        VIOLATION_PRICE,
        WorkloadSpec.DEFAULT_TICK_SECONDS);
  }

  /** This Deployment under a trace whose busiest minute is as busy as the demo's. */
  TournamentCase replay(ArrivalTrace trace, long seed) {
    return TournamentCases.replay(
        trace,
        profile,
        peakReplicas * PEAK_LOAD,
        sloSeconds,
        startupSeconds,
        VIOLATION_PRICE,
        WorkloadSpec.DEFAULT_TICK_SECONDS,
        seed);
  }
}
