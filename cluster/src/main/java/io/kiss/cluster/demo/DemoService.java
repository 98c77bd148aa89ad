package io.kiss.cluster.demo;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.TournamentCases;
import io.kiss.kisim.fluid.ShapePool;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.traffic.ArrivalTrace;
import io.kiss.kisim.traffic.TrafficKind;
import java.util.List;

/**
 * One Deployment of the demo.
 *
 * @param service what a replica does
 * @param sloSeconds latency a request should not exceed
 * @param startupSeconds mean time until a new pod is ready
 * @param peakReplicas replicas the busiest minute needs, at {@value #PEAK_LOAD} of their capacity
 * @param traffic shape where no trace is replayed
 */
record DemoService(
    ServiceModel service,
    double sloSeconds,
    double startupSeconds,
    int peakReplicas,
    TrafficKind traffic) {

  /** Load at which the replicas that the peak needs are counted. */
  static final double PEAK_LOAD = 0.75;

  private static final double VIOLATION_PRICE = 10;
  private static final double GRACE_SECONDS = 30;

  /** Shapes in the {@link ShapePool}: batches up to 16 on two instances, 8 on one, 32 on one. */
  private static final int CLASSIFIER = 12;

  private static final int ENCODER = 9;
  private static final int RANKER = 13;

  /** An image classifier, a language encoder and a ranking model with large embedding tables. */
  static final List<DemoService> ALL =
      List.of(
          new DemoService(
              service("resnet50", CLASSIFIER, 0.025), 0.150, 60, 8, TrafficKind.DIURNAL),
          new DemoService(
              service("bert-large", ENCODER, 0.08), 0.400, 100, 10, TrafficKind.RANDOM_WALK),
          new DemoService(
              service("recommender", RANKER, 0.012), 0.080, 180, 6, TrafficKind.FLASH_CROWDS));

  private static ServiceModel service(String name, int shape, double loneSeconds) {
    ServiceModel drawn = ShapePool.service(shape, loneSeconds, StartUp.INSTANT);
    return new ServiceModel(
        name,
        drawn.device(),
        drawn.sharing(),
        drawn.curve(),
        drawn.noise(),
        drawn.batching(),
        drawn.itemsPerRequest(),
        drawn.startUp());
  }

  String name() {
    return service.name();
  }

  int maxReplicas() {
    return 2 * peakReplicas;
  }

  /** Requests per second of the busiest minute. */
  double peakRate() {
    return peakReplicas * service.podCapacity() * PEAK_LOAD;
  }

  /** Replicas that keep this rate at {@value #PEAK_LOAD} of their capacity. */
  int replicasFor(double rate) {
    int replicas = (int) Math.ceil(rate / service.podCapacity() / PEAK_LOAD);
    return Math.max(1, Math.min(maxReplicas(), replicas));
  }

  /** The pods, with start-up and the longest wait that a request puts up with. */
  ServiceModel model(double startupVariation, double patienceSeconds) {
    return service
        .with(StartUp.ofTotal(startupSeconds, startupVariation, GRACE_SECONDS))
        .with(service.batching().withTimeout(patienceSeconds));
  }

  WorkloadSpec workload() {
    return new WorkloadSpec(
        name(),
        1,
        maxReplicas(),
        sloSeconds,
        service.loneLatencySeconds(),
        service.podCapacity(),
        startupSeconds,
        VIOLATION_PRICE,
        WorkloadSpec.DEFAULT_TICK_SECONDS);
  }

  /** This Deployment under a trace whose busiest minute is as busy as the demo's. */
  TournamentCase replay(ArrivalTrace trace, long seed) {
    TournamentCase replay =
        TournamentCases.replay(
            trace,
            service,
            peakReplicas * PEAK_LOAD,
            sloSeconds,
            startupSeconds,
            VIOLATION_PRICE,
            WorkloadSpec.DEFAULT_TICK_SECONDS,
            seed);
    // Every Deployment of the demo is under the same trace, and cases go by their names.
    return new TournamentCase("demo " + name(), replay.episode(), replay.seed());
  }
}
