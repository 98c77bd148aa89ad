package io.kiss.kisim.calibrate;

import io.kiss.kisim.request.RequestEngine;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.Nanos;
import io.kiss.kisim.traffic.pattern.ClosedLoad;
import org.HdrHistogram.Histogram;
import org.apache.commons.rng.simple.RandomSource;

/**
 * What the request-level engine says of a closed loop on one pod.
 *
 * @param throughput items per second
 * @param p50Seconds median latency at the client
 * @param p95Seconds 95th percentile of it
 * @param meanSeconds mean of it
 */
record OnlinePrediction(
    double throughput, double p50Seconds, double p95Seconds, double meanSeconds) {
  private static final int WARM_UP_ROUNDS = 40;
  private static final int ROUNDS = 200;

  /**
   * Simulates {@code clients} clients that send the next request as soon as they have an answer.
   *
   * @param network time a request spends in client and network
   */
  static OnlinePrediction of(ServiceModel model, int clients, Delay network, long seed) {
    ClosedLoad load =
        ClosedLoad.of(
            clients,
            Delay.NONE,
            network,
            RandomSource.XO_RO_SHI_RO_128_PP.create(seed * 31 + clients));
    RequestEngine engine = new RequestEngine(model, Routing.ROUND_ROBIN, load, 1, seed);
    // A round: every client is answered once.
    double round =
        network.meanSeconds() + model.loneLatencySeconds() + clients / model.podCapacity();
    engine.advanceTo(Nanos.of(WARM_UP_ROUNDS * round));
    Histogram latencies = new Histogram(1_000, 86_400L * Nanos.PER_SECOND, 3);
    load.drainLatencies(latencies);
    latencies.reset();
    engine.advanceTo(Nanos.of((WARM_UP_ROUNDS + ROUNDS) * round));
    load.drainLatencies(latencies);
    return new OnlinePrediction(
        latencies.getTotalCount() * model.itemsPerRequest() / (ROUNDS * round),
        Nanos.toSeconds(latencies.getValueAtPercentile(50)),
        Nanos.toSeconds(latencies.getValueAtPercentile(95)),
        latencies.getMean() * 1e-9);
  }
}
