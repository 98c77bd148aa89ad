package io.kiss.actors.protocol;

import java.util.List;

/**
 * A registered policy; immutable.
 *
 * @param registeredAtMillis Unix time
 */
public record RegisteredPolicy(
    PolicyRef ref, long registeredAtMillis, Provenance provenance, List<EvaluationRow> evaluation)
    implements ControlMessage {

  /** A commit that nobody knows. */
  public static final String UNKNOWN = "unknown";

  /**
   * Where a policy comes from.
   *
   * @param commit of the build that trained it; {@code unknown} where nobody knows, as in what
   *     older versions registered
   */
  public record Provenance(
      String run,
      long iteration,
      long environmentSteps,
      double trainingSeconds,
      String engine,
      long seed,
      String commit)
      implements ControlMessage {

    public Provenance {
      commit = commit == null ? UNKNOWN : commit;
    }
  }

  /** How one autoscaler did in the evaluation the policy was registered with. */
  public record EvaluationRow(
      String autoscaler,
      double costAtSlo,
      double sloAttainment,
      double p95Seconds,
      double gpuHours,
      double scalingActions,
      double flaps)
      implements ControlMessage {}
}
