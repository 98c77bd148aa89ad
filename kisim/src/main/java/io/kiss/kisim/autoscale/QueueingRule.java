package io.kiss.kisim.autoscale;

/**
 * The classical rule: the smallest number of replicas whose 95th percentile of latency meets the
 * SLO at the present arrival rate. It is also what decides live where the policy may not.
 *
 * <p>Waiting in GI/G/n is Erlang-C's with the Allen-Cunneen correction (Allen, Probability,
 * Statistics and Queueing Theory, 1990, §5.3.5); here arrivals are taken as Poisson and service as
 * constant, so the correction is 1/2. A replica that serves k requests at once counts as k servers.
 */
public final class QueueingRule {
  private static final double VARIABILITY = 0.5;
  private static final double QUANTILE = 0.95;

  private QueueingRule() {}

  /**
   * The replicas the rule asks for.
   *
   * @param arrivalRate requests per second, known
   * @return inside the workload's limits; the maximum where even that does not meet the SLO
   */
  public static int replicas(WorkloadSpec workload, double arrivalRate) {
    double service = workload.serviceTimeSeconds();
    int serversPerReplica = Math.max(1, (int) Math.round(workload.replicaCapacity() * service));
    double serverRate = workload.replicaCapacity() / serversPerReplica;
    double offered = arrivalRate / serverRate;
    double slack = workload.sloSeconds() - service;
    int least = Math.max(workload.minReplicas(), (int) Math.floor(offered / serversPerReplica));
    for (int n = least; n < workload.maxReplicas(); n++) {
      if (waitQuantile(n * serversPerReplica, offered, serverRate) <= slack) {
        return n;
      }
    }
    return workload.maxReplicas();
  }

  private static double waitQuantile(int servers, double offered, double serverRate) {
    if (offered >= servers) {
      return Double.POSITIVE_INFINITY;
    }
    double waiting = erlangC(servers, offered);
    if (waiting <= 1 - QUANTILE) {
      return 0;
    }
    return VARIABILITY * Math.log(waiting / (1 - QUANTILE)) / ((servers - offered) * serverRate);
  }

  /**
   * Probability that a request waits in M/M/c.
   *
   * @param servers c, at least 1
   * @param offered offered load in servers, below {@code servers}
   */
  public static double erlangC(int servers, double offered) {
    // Erlang-B by its recursion stays in 0..1 where factorials would overflow.
    double blocking = 1;
    for (int k = 1; k <= servers; k++) {
      blocking = offered * blocking / (k + offered * blocking);
    }
    return servers * blocking / (servers - offered * (1 - blocking));
  }
}
