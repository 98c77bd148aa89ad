package io.kiss.kisim.autoscale;

/**
 * The classical rule: the smallest number of replicas whose 95th percentile of latency meets the
 * SLO at the present arrival rate, and which work off a queue that is there now in time. It is also
 * what decides live where the policy may not.
 *
 * <p>Waiting in GI/G/n is Erlang-C's with the Allen-Cunneen correction (Allen, Probability,
 * Statistics and Queueing Theory, 1990, §5.3.5). A replica that serves k requests at once counts as
 * k servers.
 */
public final class QueueingRule {
  /** Poisson arrivals and constant service: (1 + 0) / 2. */
  public static final double VARIABILITY = 0.5;

  /**
   * Where the rule decides in a policy's place, no replica is to be busier: the formula has
   * requests served one by one, and where large batches are, or load grows while pods start,
   * latency runs away below the capacity that it believes in.
   */
  static final double MOST_LOAD = 0.7;

  /** A queue should be back to what the SLO allows after this long. */
  public static final double DRAIN_SECONDS = 60;

  private static final double QUANTILE = 0.95;
  private static final int BISECTIONS = 60;

  private QueueingRule() {}

  /**
   * The replicas the rule asks for while nothing waits that should not.
   *
   * @param arrivalRate requests per second, known
   * @return inside the workload's limits; the maximum where even that does not meet the SLO
   */
  public static int replicas(WorkloadSpec workload, double arrivalRate) {
    return replicas(workload, arrivalRate, VARIABILITY, 0);
  }

  /**
   * The replicas the rule asks for.
   *
   * @param variability mean of the squared coefficients of variation of arrivals and service
   * @param secondsPerLoad latency that the formula misses, for each unit of a replica's load
   */
  public static int replicas(
      WorkloadSpec workload, double arrivalRate, double variability, double secondsPerLoad) {
    double offered = arrivalRate / serverRate(workload);
    int least = (int) Math.floor(offered / serversPerReplica(workload));
    for (int n = Math.max(workload.minReplicas(), least); n < workload.maxReplicas(); n++) {
      double missed = secondsPerLoad * arrivalRate / (n * workload.replicaCapacity());
      double latency = latencyQuantile(workload, n, arrivalRate, variability) + missed;
      if (latency <= workload.sloSeconds()) {
        return n;
      }
    }
    return workload.maxReplicas();
  }

  /**
   * The replicas that bring a queue down in time: after {@code drainSeconds}, a request that then
   * arrives waits no longer than the SLO leaves it. Of q waiting requests, λ arriving and n·μ
   * served a second, {@code q + λ·D − n·μ·D} are left after D, and take at most the slack s where
   * {@code n ≥ (q + λ·D) / (μ·(D + s))}.
   *
   * @param queued requests waiting now; {@code NaN} is unknown and counts as none
   * @return inside the workload's limits
   */
  public static int replicasToDrain(
      WorkloadSpec workload, double arrivalRate, double queued, double drainSeconds) {
    if (!(queued > 0)) {
      return workload.minReplicas();
    }
    double slack = Math.max(0, workload.sloSeconds() - workload.serviceTimeSeconds());
    double perReplica = workload.replicaCapacity() * (drainSeconds + slack);
    double replicas = (queued + arrivalRate * drainSeconds) / perReplica;
    return workload.clamp((int) Math.ceil(Math.min(replicas, Integer.MAX_VALUE) - 1e-9));
  }

  /**
   * 95th percentile of latency in steady state, seconds.
   *
   * @return positive infinity where the load is more than the replicas sustain
   */
  public static double latencyQuantile(
      WorkloadSpec workload, int replicas, double arrivalRate, double variability) {
    double serverRate = serverRate(workload);
    double offered = arrivalRate / serverRate;
    int servers = replicas * serversPerReplica(workload);
    if (offered >= servers) {
      return Double.POSITIVE_INFINITY;
    }
    double waiting = erlangC(servers, offered);
    double wait =
        waiting <= 1 - QUANTILE
            ? 0
            : variability * Math.log(waiting / (1 - QUANTILE)) / ((servers - offered) * serverRate);
    return workload.serviceTimeSeconds() + wait;
  }

  /**
   * The largest rate that so many replicas answer inside the SLO, requests per second.
   *
   * @return their capacity where not even a lone request is answered inside it
   */
  public static double rateWithinSlo(WorkloadSpec workload, int replicas) {
    double high = replicas * workload.replicaCapacity();
    if (workload.serviceTimeSeconds() > workload.sloSeconds()) {
      return high;
    }
    double low = 0;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      boolean meets =
          latencyQuantile(workload, replicas, middle, VARIABILITY) <= workload.sloSeconds();
      low = meets ? middle : low;
      high = meets ? high : middle;
    }
    return low;
  }

  /** How many requests a replica serves at once; each counts as a server. */
  public static int serversPerReplica(WorkloadSpec workload) {
    double present = workload.replicaCapacity() * workload.serviceTimeSeconds();
    return Math.max(1, (int) Math.round(present));
  }

  /** Requests per second that one server completes. */
  public static double serverRate(WorkloadSpec workload) {
    return workload.replicaCapacity() / serversPerReplica(workload);
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
