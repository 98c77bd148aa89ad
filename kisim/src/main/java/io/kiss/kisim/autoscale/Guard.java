package io.kiss.kisim.autoscale;

import java.util.EnumSet;
import java.util.Set;

/** A guardrail that changed, or held back, a proposal. */
public enum Guard {
  TELEMETRY_MISSING("telemetry is missing"),
  TELEMETRY_STALE("telemetry is stale"),
  ROLLOUT_IN_PROGRESS("a rollout is in progress"),
  FAILSAFE("telemetry has been gone for long: raised to the failsafe replicas"),
  OUT_OF_RANGE("observation outside the range the policy was trained on"),
  EXTERNAL_CHANGE("replicas were changed by somebody else and adopted"),
  UNSCHEDULABLE("pods are unschedulable: nothing more is asked for"),
  STEP_UP("limited by the scale-up step"),
  STEP_DOWN("limited by the scale-down step"),
  STABILISATION("held by the scale-down stabilisation window"),
  FLAP_BUDGET("scale-down held: the flap budget is spent"),
  MIN_REPLICAS("raised to minReplicas"),
  MAX_REPLICAS("limited to maxReplicas"),
  BUDGET("limited by the GPU budget");

  private final String sentence;

  Guard(String sentence) {
    this.sentence = sentence;
  }

  /** What the guard did, for people. */
  public String sentence() {
    return sentence;
  }

  int bit() {
    return 1 << ordinal();
  }

  /** The guards named in a bit set made of their ordinals. */
  static Set<Guard> ofBits(int bits) {
    EnumSet<Guard> guards = EnumSet.noneOf(Guard.class);
    for (Guard guard : values()) {
      if ((bits & guard.bit()) != 0) {
        guards.add(guard);
      }
    }
    return guards;
  }
}
