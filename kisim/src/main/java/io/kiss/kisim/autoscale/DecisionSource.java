package io.kiss.kisim.autoscale;

/** Who made the proposal that the guardrails then saw. */
public enum DecisionSource {
  /** The learned policy. */
  POLICY,
  /** The queueing rule: no policy, or an observation outside the range it was trained on. */
  QUEUEING_RULE,
  /** Nobody: telemetry is missing or stale, or the workload is in the middle of a rollout. */
  HOLD
}
