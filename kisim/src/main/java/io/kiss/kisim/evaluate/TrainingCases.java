package io.kiss.kisim.evaluate;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.env.ScenarioGenerator;
import io.kiss.kisim.traffic.Demand;
import io.kiss.kisim.traffic.OpenTraffic;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * What an operator can tune thresholds on beforehand: the Deployment as it is asked for, with its
 * service, start-up, SLO, limits, nodes and price, under {@value #COUNT} hours or two of traffic
 * that training draws ({@link ScenarioGenerator}), each with its busiest minute as busy as that of
 * the busiest case. Nothing but this one level comes from the cases' own traffic.
 */
final class TrainingCases {
  static final int COUNT = 40;

  /** About how long one lasts. */
  static final double MEAN_SECONDS = 5400;

  /** Fixed, so that the same Deployment is always tuned on the same traffic. */
  private static final long SEED = 0x7C15_9E37_79B9_7F4AL;

  private static final int MINUTE = 60;

  private TrainingCases() {}

  /**
   * The episodes of a Deployment; that of index i runs with seed i + 1.
   *
   * @param cases the same Deployment under different traffic; its level is that of the busiest
   */
  static List<Episode> of(List<Episode> cases) {
    ScenarioGenerator generator = new ScenarioGenerator(EnvironmentSettings.DEFAULT);
    Episode asked = cases.get(0);
    double peak = 0;
    for (Episode each : cases) {
      peak = Math.max(peak, peak(each));
    }
    List<Episode> episodes = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(SEED + i);
      episodes.add(under(generator.draw(random).scenario(), asked, peak));
    }
    return episodes;
  }

  private static Episode under(Scenario drawn, Episode asked, double peak) {
    Demand shape = drawn.traffic().demand(0);
    float[] rates = new float[drawn.seconds()];
    for (int t = 0; t < rates.length; t++) {
      rates[t] = (float) shape.rate(t, 0);
    }
    double factor = peak / busiestMinute(rates);
    for (int t = 0; t < rates.length; t++) {
      rates[t] = (float) (rates[t] * factor);
    }
    Scenario one = asked.scenario();
    int initial = (int) Math.ceil(rates[0] / one.service().podCapacity() / 0.7);
    Scenario scenario =
        new Scenario(
            drawn.name(),
            one.service(),
            one.routing(),
            new OpenTraffic(rates, rates.length, 1),
            rates.length,
            one.cluster(),
            one.sloSeconds(),
            Math.max(asked.workload().minReplicas(), Math.min(one.maxReplicas(), initial)),
            one.maxReplicas(),
            one.telemetry());
    return new Episode(scenario, asked.workload());
  }

  private static double peak(Episode asked) {
    Demand demand = asked.scenario().traffic().demand(1);
    double latency = asked.scenario().service().loneLatencySeconds();
    float[] rates = new float[asked.scenario().seconds()];
    for (int t = 0; t < rates.length; t++) {
      rates[t] = (float) demand.rate(t, latency);
    }
    return busiestMinute(rates);
  }

  private static double busiestMinute(float[] rates) {
    int length = Math.min(MINUTE, rates.length);
    double sum = 0;
    double highest = 0;
    for (int t = 0; t < rates.length; t++) {
      sum += rates[t] - (t >= length ? rates[t - length] : 0);
      if (t >= length - 1) {
        highest = Math.max(highest, sum);
      }
    }
    return highest / length;
  }

  /** Whether tuning for one does for the other as well. */
  static boolean sameDeployment(Episode one, Episode other) {
    Scenario a = one.scenario();
    Scenario b = other.scenario();
    return a.service().equals(b.service())
        && a.routing() == b.routing()
        && a.cluster().equals(b.cluster())
        && a.telemetry().equals(b.telemetry())
        && one.workload().minReplicas() == other.workload().minReplicas()
        && a.maxReplicas() == b.maxReplicas()
        && a.sloSeconds() == b.sloSeconds()
        && one.workload().violationPrice() == other.workload().violationPrice();
  }
}
