package io.kiss.actors.replay;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.kisim.autoscale.QueueingRule;
import io.kiss.kisim.autoscale.WorkloadSpec;

/**
 * What came out of replaying a stretch. Sums compare wishes, tick by tick, on what was really
 * running; they are not what either side would have cost.
 *
 * @param decisions recorded
 * @param exact those whose record determines the answer
 * @param impossible those whose record does not have enough for any answer
 * @param same those where both ask for as many replicas
 * @param more those where the replay asks for more
 * @param fewer those where it asks for fewer
 * @param replicaSecondsRecorded sum of the replicas asked for, each held for a tick
 * @param replicaSecondsReplayed the same of the replay
 * @param tightRecorded decisions whose wish does not meet the SLO at that tick's arrival rate, by
 *     the queueing model (Allen-Cunneen); an estimate, from a rate that was observed
 * @param tightReplayed the same of the replay
 */
public record ReplaySummary(
    long decisions,
    long exact,
    long impossible,
    long same,
    long more,
    long fewer,
    double replicaSecondsRecorded,
    double replicaSecondsReplayed,
    long tightRecorded,
    long tightReplayed) {

  /** Before the first decision. */
  public static final ReplaySummary NONE = new ReplaySummary(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /** With one more decision. */
  public ReplaySummary plus(DecisionRecord record, ReplayedDecision decision) {
    if (decision.replayed().isEmpty()) {
      return new ReplaySummary(
          decisions + 1,
          exact,
          impossible + 1,
          same,
          more,
          fewer,
          replicaSecondsRecorded,
          replicaSecondsReplayed,
          tightRecorded,
          tightReplayed);
    }
    WorkloadSpec workload = record.workload().orElseThrow();
    int then = decision.recorded().replicas();
    int now = decision.replayed().get().replicas();
    double rate = record.telemetry().arrivalRate();
    return new ReplaySummary(
        decisions + 1,
        exact + (decision.exact() ? 1 : 0),
        impossible,
        same + (now == then ? 1 : 0),
        more + (now > then ? 1 : 0),
        fewer + (now < then ? 1 : 0),
        replicaSecondsRecorded + then * workload.tickSeconds(),
        replicaSecondsReplayed + now * workload.tickSeconds(),
        tightRecorded + (tight(workload, then, rate) ? 1 : 0),
        tightReplayed + (tight(workload, now, rate) ? 1 : 0));
  }

  private static boolean tight(WorkloadSpec workload, int replicas, double rate) {
    // A rate that was not measured says nothing of either.
    return rate >= 0
        && QueueingRule.latencyQuantile(workload, replicas, rate, QueueingRule.VARIABILITY)
            > workload.sloSeconds();
  }
}
