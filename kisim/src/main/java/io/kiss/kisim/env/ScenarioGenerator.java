package io.kiss.kisim.env;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.traffic.OpenTraffic;
import io.kiss.kisim.traffic.TrafficKind;
import org.apache.commons.rng.UniformRandomProvider;

/** Draws episodes: service, SLO, start-up time, limits, traffic and telemetry, each at random. */
public final class ScenarioGenerator implements ScenarioSource {
  private static final int SCRAPE_SECONDS = 15;

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

  private final EnvironmentSettings settings;

  /** Draws by these settings. */
  public ScenarioGenerator(EnvironmentSettings settings) {
    this.settings = settings;
  }

  @Override
  public String identity() {
    return settings.toString();
  }

  @Override
  public Episode draw(UniformRandomProvider random, float[] rates) {
    ScenarioRanges ranges = settings.ranges();
    int steps = random.nextInt(settings.fewestSteps(), settings.mostSteps() + 1);
    int seconds = steps * settings.tickSeconds();
    TrafficKind kind = MIX[random.nextInt(MIX.length)];
    kind.fill(rates, seconds, random);

    double service = ranges.serviceSeconds().draw(random);
    double concurrency = Math.rint(ranges.concurrency().draw(random));
    StartUp startUp =
        StartUp.ofTotal(
            ranges.startupSeconds().draw(random), ranges.startupVariation().draw(random), 30);
    double slo = service * ranges.sloFactor().draw(random);
    ServiceModel model =
        ServiceModel.ofServers(
                "drawn",
                service,
                (int) concurrency,
                ServiceNoise.lognormal(0.05 + 0.95 * random.nextDouble()),
                startUp)
            .with(DynamicBatching.greedy(1, (int) concurrency).withTimeout(Math.max(10, 5 * slo)));
    double peak = ranges.peakReplicas().draw(random);
    float scale = (float) (peak * model.podCapacity());
    for (int t = 0; t < seconds; t++) {
      rates[t] *= scale;
    }
    int most = (int) Math.ceil(peak * random.nextDouble(1.2, 2));
    double start = rates[0] / model.podCapacity() * random.nextDouble(0.9, 1.8);
    int initial = Math.max(1, Math.min(most, (int) Math.ceil(start)));
    Scenario scenario =
        new Scenario(
            kind.name().toLowerCase(java.util.Locale.ROOT),
            model,
            Routing.LEAST_OUTSTANDING,
            new OpenTraffic(rates, seconds, 1),
            seconds,
            ClusterSpec.AMPLE,
            slo,
            initial,
            most,
            drawTelemetry(random));
    return Episode.of(scenario, ranges.violationPrice().draw(random), settings.tickSeconds());
  }

  private TelemetrySettings drawTelemetry(UniformRandomProvider random) {
    int window = SCRAPE_SECONDS * (2 + random.nextInt(3));
    if (random.nextDouble() >= settings.outageShare()) {
      return new TelemetrySettings(SCRAPE_SECONDS, window, 0, 1);
    }
    return new TelemetrySettings(
        SCRAPE_SECONDS, window, 0.05 * random.nextDouble(), random.nextDouble(20, 200));
  }
}
