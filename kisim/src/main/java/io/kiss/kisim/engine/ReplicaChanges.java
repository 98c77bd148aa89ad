package io.kiss.kisim.engine;

/**
 * {@code spec.replicas} as the decisions set it: how often it changed, and how often it flapped.
 */
public final class ReplicaChanges {
  private static final double FLAP_SECONDS = 600;

  private int desired;
  private int direction;
  private double changedAt;
  private int actions;
  private int flaps;

  /** Begins with {@code replicas}. */
  public void reset(int replicas) {
    desired = replicas;
    direction = 0;
    changedAt = Double.NEGATIVE_INFINITY;
    actions = 0;
    flaps = 0;
  }

  /**
   * A decision.
   *
   * @param replicas wanted now, put inside 1 and {@code most}
   * @param nowSeconds time of the decision
   * @return whether {@link #desired} changed
   */
  public boolean decide(int replicas, int most, double nowSeconds) {
    int wanted = Math.max(1, Math.min(most, replicas));
    if (wanted == desired) {
      return false;
    }
    int now = Integer.signum(wanted - desired);
    if (now == -direction && nowSeconds - changedAt < FLAP_SECONDS) {
      flaps++;
    }
    direction = now;
    changedAt = nowSeconds;
    desired = wanted;
    actions++;
    return true;
  }

  /** {@code spec.replicas}. */
  public int desired() {
    return desired;
  }

  /** Changes since the beginning. */
  public int actions() {
    return actions;
  }

  /** Changes against the direction of one less than ten minutes before. */
  public int flaps() {
    return flaps;
  }
}
