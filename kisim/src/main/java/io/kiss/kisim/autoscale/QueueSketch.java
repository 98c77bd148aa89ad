package io.kiss.kisim.autoscale;

/**
 * One service's queue in a few operations: what becomes of a load where so many replicas are ready.
 *
 * <p>Load and backlog are in replicas: a load of 2 keeps two replicas busy, a backlog of 30
 * replica-seconds keeps one busy for half a minute. Requests violate the SLO where the backlog that
 * is left takes longer than the SLO's slack, and below that by the tail of waiting in M/M/c with
 * Sakasegawa's exponent (Math. Oper. Res. 1977, An approximation formula L_q ≃ αρ^β/(1−ρ)). It
 * tells replica counts from each other; it is no simulation.
 */
public final class QueueSketch {
  /** Variability of arrivals and service as {@link QueueingRule} has it, as a factor of a tail. */
  private static final double TAIL = 1 / QueueingRule.VARIABILITY;

  /** A tail of exp(-this) is nothing. */
  private static final double NOTHING = 8;

  /** Backlogs are given up after so many SLOs, but not before so many seconds. */
  private static final double PATIENCE_SLOS = 5;

  private static final double LEAST_PATIENCE_SECONDS = 10;

  private final double replicaCapacity;
  private final double servers;
  private final double slackSeconds;
  private final double patienceSeconds;

  public QueueSketch(WorkloadSpec workload) {
    replicaCapacity = workload.replicaCapacity();
    servers = Math.max(1, workload.replicaCapacity() * workload.serviceTimeSeconds());
    slackSeconds = Math.max(0, workload.sloSeconds() - workload.serviceTimeSeconds());
    patienceSeconds = Math.max(LEAST_PATIENCE_SECONDS, PATIENCE_SLOS * workload.sloSeconds());
  }

  /**
   * The backlog after some time, replica-seconds; below zero where replicas had time to spare.
   *
   * @param backlog before it
   */
  public double left(double backlog, double load, double ready, double seconds) {
    return backlog + (load - ready) * seconds;
  }

  /** What of a backlog is still waited for: nobody waits longer than the patience. */
  public double kept(double left, double ready) {
    return left > 0 ? Math.min(left, ready * patienceSeconds) : 0;
  }

  /**
   * Share of requests that violate the SLO, 0..1.
   *
   * @param left what {@link #left} answered
   */
  public double violatingShare(double left, double load, double ready) {
    if (left > 0 && left > ready * slackSeconds) {
      return 1;
    }
    double spare = TAIL * (ready - load) * replicaCapacity * slackSeconds;
    if (spare >= NOTHING) {
      return 0;
    }
    if (spare <= 0) {
      return 1;
    }
    return Math.exp(exponent(ready) * Math.log(load / ready) - spare);
  }

  /**
   * Time in the queue that so large a share of requests exceeds, seconds, by the same backlog and
   * the same tail.
   *
   * @param share above 0, at most 1
   */
  public double waitSeconds(double left, double load, double ready, double share) {
    if (!(ready > 0)) {
      return patienceSeconds;
    }
    double drain = Math.max(0, left) / ready;
    if (load >= ready) {
      return Math.min(patienceSeconds, drain);
    }
    double perSecond = TAIL * (ready - load) * replicaCapacity;
    double tail = (exponent(ready) * Math.log(load / ready) - Math.log(share)) / perSecond;
    return Math.min(patienceSeconds, drain + Math.max(0, tail));
  }

  private double exponent(double ready) {
    return Math.sqrt(2 * (ready * servers + 1)) - 1;
  }
}
