package io.kiss.kisim.fluid;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.traffic.Demand;

/**
 * The queue of one Deployment as a fluid, stepped by a second at a cost that does not depend on the
 * request rate.
 *
 * <p>All ready replicas together are one M/G/c queue, c servers each replica. What is followed is
 * the expected number of requests in it, by the pointwise stationary fluid flow approximation
 * (Wang, Tipper and Banerjee, "A new method for solving a time-dependent queueing problem", 1996):
 * the utilisation r at any moment is that of the stationary queue which holds as many requests, so
 * that
 *
 * <pre>dL/dt = λ − C·r,   L = c·r + Lq(r),   Lq(r) = β·r^√(2(c+1)) / (1 − r)</pre>
 *
 * with C the capacity, β = (1 + service variability)/2, and Lq by Sakasegawa's approximation
 * (Annals of the Institute of Statistical Mathematics 29, 1977). The step is implicit: stable for
 * any service time, and what arrives is exactly what is served, lost or still there. In a steady
 * state it is the stationary queue; in overload it is the plain fluid.
 *
 * <p>A request's wait is the age of the head of the excess backlog, which is served in order of
 * arrival, and on top, with the probability of waiting, an exponential time as in M/G/c.
 */
final class FluidQueue {
  private static final double RATE_MEMORY_SECONDS = 10;
  private static final double MOST_STATIONARY = 0.99;
  private static final double PRECISION = 1e-9;

  /** Logarithm of a probability that does not matter. */
  private static final double NEGLIGIBLE = -25;

  private static final int MOST_ITERATIONS = 12;

  private Demand demand;
  private double latency;
  private double rateBefore;
  private double beta;
  private int serversPerReplica;
  private double replicaCapacity;
  private double timeout;

  private int servers;
  private double capacity;
  private double exponent;

  private double present;
  private double utilisation;
  private double recentRate;

  /** The utilisation to the power of the exponent, and of which utilisation; NaN: of none. */
  private double power;

  private double powerOf;

  /** The head of the excess backlog: it arrived in this second, of which this much is left. */
  private int headSecond;

  private double headLeft;
  private double behindHead;

  // What the last second brought.
  private double served;
  private double lost;
  private double delay;
  private double waitProbability;
  private double waitScale;

  /**
   * Starts in the steady state of a rate.
   *
   * @param rateBefore requests per second before second 0
   * @param replicas ready
   * @param firstSecond the first that {@link #step} will be given
   */
  void reset(Scenario scenario, Demand demand, double rateBefore, int replicas, int firstSecond) {
    this.demand = demand;
    ServiceModel service = scenario.service();
    latency = service.loneLatencySeconds();
    this.rateBefore = rateBefore;
    beta = (1 + service.noise().cv() * service.noise().cv()) / 2;
    serversPerReplica = servers(service);
    replicaCapacity = service.podCapacity();
    double patience = service.batching().queueTimeoutSeconds();
    timeout = patience > 0 ? patience : Double.POSITIVE_INFINITY;
    setReplicas(replicas);
    utilisation = Math.min(0.95, rateBefore / capacity);
    double waiting = beta * Math.pow(utilisation, exponent) / (1 - utilisation);
    present = servers * utilisation + waiting;
    recentRate = rateBefore;
    behindHead = 0;
    startHeadAt(firstSecond);
  }

  /** Requests a pod serves at the same time, by Little's law at full load; at least 1. */
  static int servers(ServiceModel service) {
    return Math.max(1, (int) Math.round(service.podCapacity() * service.loneLatencySeconds()));
  }

  /** Sets how many replicas serve; at least 1. */
  void setReplicas(int ready) {
    servers = ready * serversPerReplica;
    capacity = ready * replicaCapacity;
    exponent = Math.sqrt(2.0 * (servers + 1));
    powerOf = Double.NaN;
  }

  /** Requests per second that arrive in a second. */
  double rateAt(int second) {
    return second < 0 ? rateBefore : demand.rate(second, latency);
  }

  /** Lets the second from {@code second} to {@code second + 1} pass. */
  void step(int second) {
    double rate = rateAt(second);
    recentRate += (rate - recentRate) / RATE_MEMORY_SECONDS;
    double total = present + rate;
    utilisation = solve(total);
    served = Math.min(total, capacity * utilisation);
    present = total - served;
    double waiting = Math.max(0, present - servers * utilisation);
    double excess = Math.max(0, waiting - stationaryPart());
    lost = 0;
    if (excess <= PRECISION) {
      behindHead = 0;
      startHeadAt(second + 1);
      delay = 0;
      return;
    }
    behindHead += rate;
    moveHead(second, excess);
    if (second + 1 - headSecond > timeout) {
      loseOld(second, excess);
    }
    delay = age(second);
  }

  /**
   * Finds r in (c + C)·r + β·r^s/(1 − r) = total by Newton's method. The left side is convex and
   * grows, so from the right of the root it goes straight there.
   */
  private double solve(double total) {
    double linear = servers + capacity;
    double most = Math.min(total / linear, total / (beta + total));
    if (most <= 0) {
      return 0;
    }
    // ln r ≤ r − 1: here nobody waits, and the queue is linear.
    if (exponent * (most - 1) < NEGLIGIBLE) {
      return most;
    }
    double r = Math.min(most, Math.max(utilisation, 1e-6));
    power = r == powerOf ? power : Math.exp(exponent * Math.log(r));
    for (int i = 0; i < MOST_ITERATIONS; i++) {
      double free = 1 - r;
      double waiting = beta * power / free;
      double error = linear * r + waiting - total;
      double slope = linear + waiting * (exponent / r + 1 / free);
      double next = Math.min(most, Math.max(0.1 * r, r - error / slope));
      double change = Math.abs(next - r);
      power = powerAt(next, r);
      r = next;
      // Newton's next step would be the square of this one.
      if (change <= 1e-4 * free) {
        break;
      }
    }
    powerOf = r;
    return r;
  }

  /** r^s from its value nearby: by the series where that is exact enough, since it is cheaper. */
  private double powerAt(double next, double r) {
    double step = (next - r) / r;
    double x = exponent * step * (1 - step * (0.5 - step / 3));
    return Math.abs(x) < 0.01
        ? power * (1 + x * (1 + x * (0.5 + x / 6)))
        : Math.exp(exponent * Math.log(next));
  }

  /**
   * Splits the queue into what a stationary queue of this load would hold, whose waits spread
   * exponentially, and the excess over it, which is a plain delay. In overload the random part
   * shrinks again as that of a queue as far below capacity as this one is above.
   */
  private double stationaryPart() {
    double distance = Math.abs(1 - recentRate / capacity);
    double r = Math.min(Math.min(utilisation, MOST_STATIONARY), Math.max(0, 1 - distance));
    if (r <= 0 || (exponent - 1) * (r - 1) < NEGLIGIBLE) {
      waitProbability = 0;
      waitScale = 0;
      return 0;
    }
    waitProbability = r == powerOf ? power / r : Math.exp((exponent - 1) * Math.log(r));
    waitScale = beta / (capacity * (1 - r));
    return beta * waitProbability * r / (1 - r);
  }

  private void moveHead(int second, double excess) {
    while (behindHead > excess && headSecond <= second) {
      double step = Math.min(headLeft, behindHead - excess);
      behindHead -= step;
      headLeft -= step;
      if (headLeft <= 0) {
        startHeadAt(headSecond + 1);
      }
    }
  }

  private void loseOld(int second, double excess) {
    double left = excess;
    while (second + 1 - headSecond > timeout && left > 0) {
      double leaving = Math.min(left, headLeft);
      left -= leaving;
      lost += leaving;
      behindHead = Math.max(0, behindHead - leaving);
      startHeadAt(headSecond + 1);
    }
    lost = Math.min(lost, present);
    present -= lost;
  }

  private void startHeadAt(int second) {
    headSecond = second;
    headLeft = rateAt(second);
  }

  private double age(int second) {
    double rate = rateAt(headSecond);
    double gone = rate > 0 ? 1 - headLeft / rate : 0;
    return Math.max(0, second + 1 - headSecond - gone);
  }

  /** Requests answered in the last second. */
  double served() {
    return served;
  }

  /** Requests that left unanswered in the last second. */
  double lost() {
    return lost;
  }

  /** Time that every request answered in the last second had waited at least, seconds. */
  double delaySeconds() {
    return delay;
  }

  /** Share of them that waited longer. */
  double waitProbability() {
    return waitProbability;
  }

  /** How much longer those waited on average, seconds; exponentially spread. */
  double waitScaleSeconds() {
    return waitScale;
  }

  /** Requests in the system. */
  double present() {
    return present;
  }

  /** Requests that wait for a server. */
  double waiting() {
    return Math.max(0, present - servers * utilisation);
  }

  /** Share of the servers that are busy, 0..1. */
  double utilisation() {
    return utilisation;
  }
}
