package io.kiss.kisim.env;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.env.ScenarioRanges.Range;
import io.kiss.kisim.fluid.ShapePool;
import io.kiss.kisim.fluid.SteadyLatency;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.traffic.OpenTraffic;
import io.kiss.kisim.traffic.TrafficKind;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Draws episodes: service, SLO, start-up, limits, traffic, nodes, faults and telemetry, each at
 * random. Training draws from it, and so do the property tests, with {@link
 * EnvironmentSettings#SMALL}.
 */
public final class ScenarioGenerator implements ScenarioSource {
  /** Kinds of traffic, each as often as it stands here: what crowds teach, calm has to balance. */
  private static final TrafficKind[] MIX = {
    TrafficKind.DIURNAL,
    TrafficKind.DIURNAL,
    TrafficKind.DIURNAL,
    TrafficKind.DIURNAL,
    TrafficKind.DIURNAL,
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

  /** Replicas that a Deployment may have over those its peak keeps busy, at most. */
  private static final double MOST_OVER_PEAK = 2;

  /** What was before an episode is at most so many times as long as an episode. */
  private static final int EARLIER_EPISODES = 2;

  /** SLO over the latency of full batches, at least. */
  private static final double FULL_SLACK = 1.2;

  /** Share of the requests that all replicas together keep inside the SLO at the highest rate. */
  static final double KEPT_AT_PEAK = 0.995;

  /** The SLO over the latency that is so kept, at least: two engines differ by some percent. */
  private static final double SLO_MARGIN = 1.05;

  /**
   * Share of the Deployments whose SLO is set by what is kept at a utilisation: there the scatter
   * of service times takes some requests past it at any load, more the busier a replica is, so that
   * how busy is best has to be learned. An SLO of so many service times hardly ever is like that.
   */
  private static final double KEPT_AT_UTILISATION = 0.5;

  /** How busy replicas are where such an SLO is kept as it should be. */
  private static final Range UTILISATION = new Range(0.5, 0.9);

  /** Share of the requests past such an SLO there. */
  private static final Range PAST_SLO = new Range(0.002, 0.05);

  /** Any SLO over the latency of a lone request, at least. */
  private static final double LEAST_SLACK = 1.2;

  /** Names of the kinds, so that a draw makes no text. */
  private static final String[] NAMES = new String[TrafficKind.values().length];

  static {
    for (TrafficKind kind : TrafficKind.values()) {
      NAMES[kind.ordinal()] = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final EnvironmentSettings settings;
  private final ClusterDraw clusters;
  private final float[] whole;

  /** Draws by these settings. */
  public ScenarioGenerator(EnvironmentSettings settings) {
    this.settings = settings;
    clusters = new ClusterDraw(settings);
    whole = new float[TrafficKind.knots((1 + EARLIER_EPISODES) * settings.mostSeconds()) + 2];
  }

  /**
   * Has all that the fluid engine needs of every service that can be drawn; else it comes when one
   * is drawn first. Reads what the build measured; without that it takes seconds on all cores, once
   * a JVM.
   */
  public void prepare() {
    int most = (int) Math.ceil(MOST_OVER_PEAK * settings.ranges().peakReplicas().high());
    IntStream.range(0, 2 * settings.ranges().shapes())
        .parallel()
        .forEach(
            i -> {
              int shape = settings.ranges().shape(i / 2);
              double cv = i % 2 == 0 ? 1 : ShapePool.unevenCv(shape);
              ServiceModel service = ShapePool.service(shape, 1, StartUp.INSTANT);
              ShapePool.prepare(service, ShapePool.routing(shape), cv, most);
            });
  }

  @Override
  public String identity() {
    return settings.toString();
  }

  @Override
  public int knots() {
    return TrafficKind.knots(settings.mostSeconds());
  }

  /** Draws an episode with an array of its own. */
  public Episode draw(UniformRandomProvider random) {
    return draw(random, new float[knots()]);
  }

  @Override
  public Episode draw(UniformRandomProvider random, float[] rates) {
    ScenarioRanges ranges = settings.ranges();
    int steps = random.nextInt(settings.fewestSteps(), settings.mostSteps() + 1);
    int seconds = steps * settings.tickSeconds();
    TrafficKind kind = MIX[random.nextInt(MIX.length)];
    float[] earlier = drawTraffic(kind, rates, seconds, random);

    StartUpDraw start = StartUpDraw.of(random, ranges);
    int shape = ranges.shape(random.nextInt(ranges.shapes()));
    ServiceModel service =
        ShapePool.service(shape, ranges.serviceSeconds().draw(random), start.startUp());
    boolean uneven = random.nextDouble() < settings.troubles().unevenArrivals();
    double cv = uneven ? ShapePool.unevenCv(shape) : 1;
    double peak = ranges.peakReplicas().draw(random);
    float scale = (float) (peak * service.podCapacity());
    for (int k = 0; k < TrafficKind.knots(seconds); k++) {
      rates[k] *= scale;
    }
    asMeasured(earlier, scale, cv, random);
    int most = (int) Math.ceil(peak * random.nextDouble(1.2, MOST_OVER_PEAK));
    int utmost = (int) Math.ceil(peak * MOST_OVER_PEAK);
    Routing routing = ShapePool.routing(shape);
    SteadyLatency latency = SteadyLatency.of(service, routing, cv);
    double wished =
        random.nextDouble() < KEPT_AT_UTILISATION
            ? kept(service, latency, peak / UTILISATION.draw(random), scale, PAST_SLO.draw(random))
            : slo(service, ranges.sloFactor().draw(random));
    while (most < utmost && reachable(latency, most, scale) > wished) {
      most++;
    }
    double slo = Math.max(wished, reachable(latency, most, scale));
    service = service.with(service.batching().withTimeout(Math.max(10, 5 * slo)));
    double busy = rates[0] / service.podCapacity() * random.nextDouble(0.9, 1.8);
    int initial = Math.max(1, Math.min(most, (int) Math.ceil(busy)));
    Scenario scenario =
        new Scenario(
            NAMES[kind.ordinal()],
            service,
            routing,
            new OpenTraffic(rates, TrafficKind.KNOT_SECONDS, seconds, cv),
            seconds,
            clusters.draw(
                random, start.api(), start.scheduling(), initial, most, service.gpusPerPod()),
            slo,
            initial,
            most,
            TelemetryDraw.of(random, settings, slo));
    return Episode.of(scenario, ranges.violationPrice().draw(random), settings.tickSeconds())
        .after(earlier);
  }

  /**
   * Draws an episode's traffic and some of what was before it, the highest of both being 1.
   *
   * @param rates receives the episode's knots
   * @return the rates at the ticks before it
   */
  private float[] drawTraffic(
      TrafficKind kind, float[] rates, int seconds, UniformRandomProvider random) {
    float[] earlier = new float[random.nextInt(EARLIER_EPISODES * settings.mostSteps() + 1)];
    int knotsEarlier = TrafficKind.knots(earlier.length * settings.tickSeconds());
    kind.fillKnots(whole, seconds + knotsEarlier * TrafficKind.KNOT_SECONDS, random);
    System.arraycopy(whole, knotsEarlier, rates, 0, TrafficKind.knots(seconds));
    for (int i = 0; i < earlier.length; i++) {
      earlier[i] = whole[i * settings.tickSeconds() / TrafficKind.KNOT_SECONDS];
    }
    return earlier;
  }

  /** Scales rates, and scatters them as counts in a rate window scatter. */
  private void asMeasured(float[] rates, double scale, double cv, UniformRandomProvider random) {
    double perRequest = cv / Math.sqrt(2.0 * settings.tickSeconds());
    for (int i = 0; i < rates.length; i++) {
      double rate = rates[i] * scale;
      // Three uniform numbers are normal enough, and have a variance of a quarter.
      double normal = 2 * (random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5);
      rates[i] = (float) Math.max(0, rate + perRequest * Math.sqrt(rate) * normal);
    }
  }

  /**
   * The shortest SLO that can be kept while the highest rate lasts and all replicas are ready. A
   * draw that nobody can serve teaches nothing, and drowns what the others teach.
   */
  private static double reachable(SteadyLatency latency, int pods, double rate) {
    return SLO_MARGIN * latency.quantile(pods, rate, KEPT_AT_PEAK);
  }

  /** The SLO that all but a share of the requests keep with so many pods. */
  private static double kept(
      ServiceModel service, SteadyLatency latency, double pods, double rate, double past) {
    return Math.max(
        latency.quantile((int) Math.ceil(pods), rate, 1 - past),
        LEAST_SLACK * service.loneLatencySeconds());
  }

  /**
   * So many times the latency of a lone request, but never less than what a pod that is full to the
   * last batch can keep: that is what the need is counted by.
   */
  private static double slo(ServiceModel service, double factor) {
    DynamicBatching batching = service.batching();
    double round = batching.instances() * batching.maxBatch() / service.podCapacity();
    double full = batching.maxQueueDelaySeconds() + round;
    return Math.max(factor * service.loneLatencySeconds(), FULL_SLACK * full);
  }
}
