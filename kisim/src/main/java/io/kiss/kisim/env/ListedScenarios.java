package io.kiss.kisim.env;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.traffic.ClosedTraffic;
import io.kiss.kisim.traffic.Demand;
import io.kiss.kisim.traffic.OpenTraffic;
import io.kiss.kisim.traffic.ReplayTraffic;
import io.kiss.kisim.traffic.Traffic;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Given Deployments, each as often as the others, mixed with drawn ones: a policy that has seen
 * nothing but one Deployment's days knows no others to fall back on, and finds itself outside its
 * trained range at the first surprise.
 *
 * <p>An episode is a stretch of the Deployment's traffic, beginning anywhere in it, with a start
 * fleet around what the stretch begins with and a violation price drawn as ever.
 */
public final class ListedScenarios implements ScenarioSource {
  /** Of the episodes, those from the list. */
  public static final double LISTED_SHARE = 0.5;

  private final List<Given> given;
  private final EnvironmentSettings settings;
  private final ScenarioGenerator others;
  private final List<Demand> constants;

  /**
   * A Deployment to train on.
   *
   * @param identity tells it from others with the same name, such as a checksum of its file
   * @param minReplicas lower limit of the autoscaler
   */
  public record Given(String identity, Scenario scenario, int minReplicas) {
    public Given {
      if (scenario.maxReplicas() > ScenarioRanges.MOST_REPLICAS) {
        throw new IllegalArgumentException(
            scenario.name()
                + " has up to "
                + scenario.maxReplicas()
                + " replicas, but training takes "
                + ScenarioRanges.MOST_REPLICAS
                + " at most");
      }
      if (minReplicas < 1 || minReplicas > scenario.initialReplicas()) {
        throw new IllegalArgumentException(
            scenario.name() + ": the least replicas must be in 1.." + scenario.initialReplicas());
      }
    }
  }

  /** Draws from these Deployments, and by the settings' ranges. */
  public ListedScenarios(List<Given> given, EnvironmentSettings settings) {
    if (given.isEmpty()) {
      throw new IllegalArgumentException("a list of scenarios needs at least one");
    }
    this.given = List.copyOf(given);
    this.settings = settings;
    others = new ScenarioGenerator(settings);
    constants = constants(this.given);
  }

  @Override
  public String identity() {
    return given.stream().map(Given::identity).toList() + " of " + others.identity();
  }

  @Override
  public int knots() {
    // Of given traffic every second is kept.
    return Math.max(others.knots(), settings.mostSeconds());
  }

  @Override
  public Episode draw(UniformRandomProvider random, float[] rates) {
    return random.nextDouble() < LISTED_SHARE
        ? stretch(random.nextInt(given.size()), random, rates)
        : others.draw(random, rates);
  }

  private Episode stretch(int index, UniformRandomProvider random, float[] rates) {
    Given one = given.get(index);
    Scenario whole = one.scenario();
    int steps = random.nextInt(settings.fewestSteps(), settings.mostSteps() + 1);
    int seconds = Math.min(steps * settings.tickSeconds(), whole.seconds());
    int from = random.nextInt(whole.seconds() - seconds + 1);
    Demand constant = constants.get(index);
    Demand demand = constant == null ? whole.traffic().demand(random.nextLong()) : constant;
    double latency = whole.service().loneLatencySeconds();
    double start =
        demand.rate(from, latency) / whole.service().podCapacity() * random.nextDouble(0.9, 1.8);
    int initial =
        Math.max(one.minReplicas(), Math.min(whole.maxReplicas(), (int) Math.ceil(start)));
    Scenario scenario =
        new Scenario(
            whole.name(),
            whole.service(),
            whole.routing(),
            stretch(demand, from, seconds, rates),
            seconds,
            whole.cluster(),
            whole.sloSeconds(),
            initial,
            whole.maxReplicas(),
            whole.telemetry());
    double price = settings.ranges().violationPrice().draw(random);
    WorkloadSpec told = Episode.of(scenario, price, settings.tickSeconds()).workload();
    return new Episode(
        scenario,
        new WorkloadSpec(
            told.name(),
            one.minReplicas(),
            told.maxReplicas(),
            told.sloSeconds(),
            told.serviceTimeSeconds(),
            told.replicaCapacity(),
            told.startupSeconds(),
            told.violationPrice(),
            told.tickSeconds()),
        earlier(demand, from, latency));
  }

  /** The given traffic at the ticks before a stretch, as far back as it goes. */
  private float[] earlier(Demand demand, int from, double latency) {
    int ticks = Math.min(2 * settings.mostSteps(), from / settings.tickSeconds());
    float[] rates = new float[ticks];
    for (int i = 0; i < ticks; i++) {
      rates[i] = (float) demand.rate(from - (ticks - i) * settings.tickSeconds(), latency);
    }
    return rates;
  }

  /** Traffic that is the same in every run is worked out once: a trace can be a week long. */
  private static List<Demand> constants(List<Given> given) {
    List<Demand> demands = new ArrayList<>();
    for (Given one : given) {
      Traffic traffic = one.scenario().traffic();
      demands.add(traffic instanceof ReplayTraffic ? traffic.demand(0) : null);
    }
    return demands;
  }

  private static Traffic stretch(Demand demand, int from, int seconds, float[] rates) {
    if (demand instanceof OpenTraffic open) {
      for (int t = 0; t < seconds; t++) {
        rates[t] = (float) open.rate(from + t, 0);
      }
      return new OpenTraffic(rates, seconds, open.cv());
    }
    Demand.Closed closed = (Demand.Closed) demand;
    float[] users = rates;
    for (int t = 0; t < seconds; t++) {
      users[t] = closed.users()[Math.min(from + t, closed.seconds() - 1)];
    }
    return new ClosedTraffic(
        seed -> second -> users[Math.min((int) second, seconds - 1)],
        seconds,
        closed.think(),
        closed.network(),
        closed.client());
  }
}
