package io.kiss.kisim.cluster;

/**
 * A fault at a set time.
 *
 * @param atSeconds since the scenario's start
 * @param target for a crash the ready pod, oldest first; for the others the node that has pods,
 *     oldest first, and of a node for {@link FaultKind#GPU} its first GPU in use; counted modulo
 *     those there are. Nothing happens where there is none
 */
public record ScriptedFault(double atSeconds, FaultKind kind, int target) {
  public ScriptedFault {
    if (!(atSeconds >= 0 && atSeconds < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a fault's time must not be negative, and is " + atSeconds + " s");
    }
    if (target < 0) {
      throw new IllegalArgumentException("a fault's target must not be negative, and is " + target);
    }
  }
}
