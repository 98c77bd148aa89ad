package io.kiss.kisim.engine;

import io.kiss.kisim.traffic.Demand;

/** What both engines run before second 0. */
public final class WarmUp {
  private static final int MEAN_SECONDS = 60;

  /** Beyond this load the backlog at second 0 would not be a steady state's. */
  private static final double MOST_LOAD = 0.9;

  private WarmUp() {}

  /** Its length: so that rates have their whole window at second 0. */
  public static int seconds(Scenario scenario) {
    return scenario.telemetry().rateWindowSeconds() + scenario.telemetry().scrapeSeconds();
  }

  /** Requests per second during it, of open traffic. */
  public static double rate(Scenario scenario, Demand demand) {
    int seconds = Math.min(MEAN_SECONDS, scenario.seconds());
    double latency = scenario.service().loneLatencySeconds();
    double sum = 0;
    for (int second = 0; second < seconds; second++) {
      sum += demand.rate(second, latency);
    }
    double most = MOST_LOAD * scenario.initialReplicas() * scenario.service().podCapacity();
    return Math.min(most, sum / seconds);
  }

  /** Users during it, of a closed loop. */
  public static double users(Scenario scenario, Demand.Closed demand) {
    int seconds = Math.min(MEAN_SECONDS, scenario.seconds());
    double sum = 0;
    for (int second = 0; second < seconds; second++) {
      sum += demand.users()[Math.min(second, demand.seconds() - 1)];
    }
    return sum / seconds;
  }
}
