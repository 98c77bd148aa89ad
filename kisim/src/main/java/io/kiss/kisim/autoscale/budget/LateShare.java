package io.kiss.kisim.autoscale.budget;

import io.kiss.kisim.autoscale.QueueingRule;
import io.kiss.kisim.autoscale.WorkloadSpec;

/**
 * The share of requests that so many replicas answer too late, in steady state.
 *
 * <p>M/M/c where a request that would wait longer than τ is not waited for: the stationary share of
 * those (Zeltyn and Mandelbaum, Call centers with impatient customers, Queueing Systems 51, 2005,
 * §4, for constant patience). At τ = 0 it is Erlang B, far into overload it is 1 − c/a, and in
 * between it falls steadily with every server, which Erlang C cannot say of an overload: there all
 * requests are late, and one replica more would be worth nothing.
 */
final class LateShare {
  private LateShare() {}

  /**
   * The share for each number of replicas.
   *
   * @param arrivalRate requests per second, 0 or more
   * @return {@code [0 … replicas]}, never rising
   */
  static double[] upTo(WorkloadSpec workload, int replicas, double arrivalRate) {
    int perReplica = QueueingRule.serversPerReplica(workload);
    double serverRate = QueueingRule.serverRate(workload);
    double slack = Math.max(0, workload.sloSeconds() - workload.serviceTimeSeconds());
    // Waits of GI/G/c are shorter than those of M/M/c by this factor.
    double patience = slack / QueueingRule.VARIABILITY;
    double[] shares = new double[replicas + 1];
    if (!(arrivalRate > 0)) {
      return shares;
    }
    shares[0] = 1;
    double offered = arrivalRate / serverRate;
    double blocking = 1;
    for (int n = 1; n <= replicas; n++) {
      int servers = n * perReplica;
      for (int k = servers - perReplica + 1; k < servers; k++) {
        blocking = offered * blocking / (k + offered * blocking);
      }
      double late = late(servers, offered, patience * serverRate, blocking);
      shares[n] = Math.min(shares[n - 1], late);
      blocking = offered * blocking / (servers + offered * blocking);
    }
    return shares;
  }

  /**
   * The share for so many servers, all times in units of the mean service.
   *
   * @param blockingBefore Erlang B of one server less
   */
  static double late(int servers, double offered, double patience, double blockingBefore) {
    double surplus = offered - servers;
    double x = surplus * patience;
    double perServer = offered / servers;
    double empty = 1 / blockingBefore;
    // Both branches are e^x a/c / (1/B + a (expm1(x)/(a−c) + e^x/c)), without what overflows.
    if (x > 0) {
      double queued = -Math.expm1(-x) / surplus;
      return perServer / (empty * Math.exp(-x) + offered * queued + perServer);
    }
    double queued = x == 0 ? patience : Math.expm1(x) / surplus;
    double last = Math.exp(x) * perServer;
    return last / (empty + offered * queued + last);
  }
}
