package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.OpenTraffic;
import java.util.SplittableRandom;

/** Episodes of seconds, small enough to try every path of replicas. */
final class TinyEpisodes {
  static final int MOST = 3;
  private static final double[] SERVICE_SECONDS = {0.02, 0.05, 0.2};

  private TinyEpisodes() {}

  /** Pods of four servers, start-up times of up to 3 s, bursts of up to three pods' capacity. */
  static Episode draw(SplittableRandom random) {
    int seconds = 5 + random.nextInt(3);
    double each = SERVICE_SECONDS[random.nextInt(SERVICE_SECONDS.length)];
    double variation = random.nextBoolean() ? 0.3 : 0;
    StartUp start = StartUp.ofTotal(3 * random.nextDouble(), variation, 30);
    ServiceModel service = ServiceModel.ofServers("tiny", each, 4, ServiceNoise.NONE, start);
    float[] rates = new float[seconds];
    for (int t = 0; t < seconds; t++) {
      double height = random.nextInt(3) == 0 ? 2.5 : 0.8;
      rates[t] = (float) (service.podCapacity() * (0.2 + height * random.nextDouble()));
    }
    double slo = each * (2 + 4 * random.nextDouble());
    double timeout = random.nextBoolean() ? 10 : 2;
    Scenario scenario =
        scenario(
            service.with(service.batching().withTimeout(timeout)),
            rates,
            slo,
            1 + random.nextInt(MOST),
            MOST);
    return Episode.of(scenario, 3 + 20 * random.nextDouble(), 1);
  }

  static Scenario scenario(ServiceModel service, float[] rates, double slo, int initial, int most) {
    return new Scenario(
        "tiny",
        service,
        Routing.LEAST_OUTSTANDING,
        new OpenTraffic(rates, rates.length, 1),
        rates.length,
        ClusterSpec.AMPLE,
        slo,
        initial,
        most,
        TelemetrySettings.DEFAULT);
  }

  /** The least that any path of replicas costs on the engine. */
  static double cheapestOfAll(Episode episode, long seed) {
    Trial trial = new Trial(episode, seed);
    int[] path = new int[episode.scenario().seconds()];
    double cheapest = Double.POSITIVE_INFINITY;
    double paths = Math.pow(MOST, path.length);
    for (int number = 0; number < paths; number++) {
      int rest = number;
      for (int t = 0; t < path.length; t++) {
        path[t] = 1 + rest % MOST;
        rest /= MOST;
      }
      cheapest = Math.min(cheapest, trial.cost(path));
    }
    return cheapest;
  }
}
