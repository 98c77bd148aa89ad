package io.kiss.kisim.env;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.traffic.OpenTraffic;
import io.kiss.kisim.traffic.TrafficKind;
import java.util.Locale;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Draws episodes: service, SLO, start-up, limits, traffic, nodes, faults and telemetry, each at
 * random. Training draws from it, and so do the property tests, with {@link
 * EnvironmentSettings#SMALL}.
 */
public final class ScenarioGenerator {
  /** Kinds of traffic, each as often as it stands here: flash crowds teach the most. */
  private static final TrafficKind[] MIX = {
    TrafficKind.DIURNAL,
    TrafficKind.DIURNAL,
    TrafficKind.DIURNAL,
    TrafficKind.FLASH_CROWDS,
    TrafficKind.FLASH_CROWDS,
    TrafficKind.FLASH_CROWDS,
    TrafficKind.SPIKES,
    TrafficKind.MARKOV_MODULATED,
    TrafficKind.MARKOV_MODULATED,
    TrafficKind.RANDOM_WALK,
    TrafficKind.RANDOM_WALK,
    TrafficKind.ON_OFF,
    TrafficKind.RAMP,
    TrafficKind.PERIODIC,
    TrafficKind.RANDOM,
    TrafficKind.SPIKE
  };

  /** Names of the kinds, so that a draw makes no text. */
  private static final String[] NAMES = new String[TrafficKind.values().length];

  static {
    for (TrafficKind kind : TrafficKind.values()) {
      NAMES[kind.ordinal()] = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final EnvironmentSettings settings;
  private final ClusterDraw clusters;

  /** Draws by these settings. */
  public ScenarioGenerator(EnvironmentSettings settings) {
    this.settings = settings;
    clusters = new ClusterDraw(settings);
  }

  /** Places that the traffic of the longest episode takes in {@link #draw}'s array. */
  public int knots() {
    return TrafficKind.knots(settings.mostSeconds());
  }

  /** Draws an episode with an array of its own. */
  public Episode draw(UniformRandomProvider random) {
    return draw(random, new float[knots()]);
  }

  /**
   * Draws an episode.
   *
   * @param random where it comes from: the same state gives the same episode
   * @param rates receives the traffic, and belongs to the episode as long as it lasts; at least
   *     {@link #knots} long
   */
  public Episode draw(UniformRandomProvider random, float[] rates) {
    ScenarioRanges ranges = settings.ranges();
    int steps = random.nextInt(settings.fewestSteps(), settings.mostSteps() + 1);
    int seconds = steps * settings.tickSeconds();
    TrafficKind kind = MIX[random.nextInt(MIX.length)];
    kind.fillKnots(rates, seconds, random);

    StartUpDraw start = StartUpDraw.of(random, ranges);
    ServiceModel service = service(random, start.startUp());
    double slo = service.loneLatencySeconds() * ranges.sloFactor().draw(random);
    service = service.with(service.batching().withTimeout(Math.max(10, 5 * slo)));
    double peak = ranges.peakReplicas().draw(random);
    float scale = (float) (peak * service.podCapacity());
    for (int k = 0; k < TrafficKind.knots(seconds); k++) {
      rates[k] *= scale;
    }
    int most = (int) Math.ceil(peak * random.nextDouble(1.2, 2));
    double busy = rates[0] / service.podCapacity() * random.nextDouble(0.9, 1.8);
    int initial = Math.max(1, Math.min(most, (int) Math.ceil(busy)));
    Scenario scenario =
        new Scenario(
            NAMES[kind.ordinal()],
            service,
            Routing.LEAST_OUTSTANDING,
            new OpenTraffic(rates, TrafficKind.KNOT_SECONDS, seconds, cv(random)),
            seconds,
            clusters.draw(
                random, start.api(), start.scheduling(), initial, most, service.gpusPerPod()),
            slo,
            initial,
            most,
            TelemetryDraw.of(random, settings, slo));
    return Episode.of(scenario, ranges.violationPrice().draw(random), settings.tickSeconds());
  }

  private ServiceModel service(UniformRandomProvider random, StartUp startUp) {
    ScenarioRanges ranges = settings.ranges();
    double seconds = ranges.serviceSeconds().draw(random);
    int servers = (int) Math.rint(ranges.concurrency().draw(random));
    double cv = 0.05 + 0.95 * random.nextDouble();
    return ServiceModel.ofServers("drawn", seconds, servers, ServiceNoise.lognormal(cv), startUp)
        .with(DynamicBatching.greedy(1, servers));
  }

  private double cv(UniformRandomProvider random) {
    boolean uneven = random.nextDouble() < settings.troubles().unevenArrivals();
    double cv = 0.5 * Math.exp(random.nextDouble() * Math.log(6));
    return uneven ? cv : 1;
  }
}
