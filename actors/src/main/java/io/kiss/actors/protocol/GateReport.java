package io.kiss.actors.protocol;

import io.kiss.actors.protocol.RegisteredPolicy.EvaluationRow;
import java.util.List;

/**
 * What the gate found about a policy; kept with it.
 *
 * @param madeAtMillis Unix time
 * @param champion id of the policy it was compared with; empty: there was none
 * @param cases Deployments that every entrant scaled
 * @param ownTraces those of them that replay the operator's traces
 * @param seed of the drawn cases
 * @param checks what was asked, one by one
 * @param standings all entrants
 */
public record GateReport(
    String policyId,
    String sha256,
    long madeAtMillis,
    String champion,
    int cases,
    int ownTraces,
    long seed,
    List<Check> checks,
    List<EvaluationRow> standings)
    implements ControlMessage {

  public GateReport {
    checks = List.copyOf(checks);
    standings = List.copyOf(standings);
  }

  /**
   * One condition of the gate.
   *
   * @param name such as {@code action-sensitivity}
   * @param value measured
   * @param limit that decides
   * @param sentence for people
   */
  public record Check(String name, boolean passed, double value, double limit, String sentence)
      implements ControlMessage {}

  /** Whether the policy may be promoted. */
  public boolean passed() {
    return checks.stream().allMatch(Check::passed);
  }
}
