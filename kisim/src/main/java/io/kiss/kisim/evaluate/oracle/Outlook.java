package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.traffic.Demand;
import io.kiss.kisim.traffic.OpenTraffic;

/**
 * All that a run brings whatever is decided, and what things cost in units of cost-at-SLO.
 *
 * <p>Of closed traffic the arrivals depend on the answers; here they are those of users who are
 * answered as fast as by an idle pod.
 */
final class Outlook {
  final Scenario scenario;
  final long seed;
  final int seconds;
  final int least;
  final int most;
  final int initial;
  final boolean open;

  /** Coefficient of variation of the gaps between requests. */
  final double cv;

  /** Requests that arrive in each second. */
  final double[] arriving;

  /** Of those, the ones before each second {@code [seconds + 1]}. */
  final double[] before;

  /** Requests present at second 0. */
  final double present;

  /** A second of a pod. */
  final double perPodSecond;

  /** A request that violates the SLO, if all that arrive depart. */
  final double perViolation;

  Outlook(Episode episode, long seed, double present) {
    this.scenario = episode.scenario();
    this.seed = seed;
    this.present = present;
    seconds = scenario.seconds();
    most = Math.min(episode.workload().maxReplicas(), scenario.maxReplicas());
    least = Math.min(most, episode.workload().minReplicas());
    initial = scenario.initialReplicas();
    Demand demand = scenario.traffic().demand(seed);
    open = demand instanceof OpenTraffic;
    cv = demand instanceof OpenTraffic traffic ? traffic.cv() : 1;
    arriving = new double[seconds];
    before = new double[seconds + 1];
    double latency = scenario.service().loneLatencySeconds();
    for (int t = 0; t < seconds; t++) {
      arriving[t] = demand.rate(t, latency);
      before[t + 1] = before[t] + arriving[t];
    }
    double requests = before[seconds];
    perPodSecond = requests > 0 ? scenario.service().podCapacity() / requests : 1;
    perViolation = episode.workload().violationPrice() / Math.max(1e-9, requests + present);
  }

  /** Age at the end of a second of the oldest of so many that arrived last, seconds. */
  double age(int second, double newest) {
    double from = before[second + 1] - newest;
    if (from <= 0) {
      return second + 1;
    }
    int head = second;
    while (head > 0 && before[head] > from) {
      head--;
    }
    double inHead = arriving[head];
    double part = inHead > 0 ? Math.min(1, (before[head + 1] - from) / inHead) : 1;
    return second - head + part;
  }

  /** Requests that arrived in the last so many seconds before the end of a second. */
  double within(int second, double seconds) {
    double start = second + 1 - seconds;
    if (start <= 0) {
      return before[second + 1];
    }
    int whole = (int) start;
    return before[second + 1] - before[whole] - (start - whole) * arriving[whole];
  }
}
