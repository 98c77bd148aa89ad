package io.kiss.kisim.env;

/**
 * What one step of a {@link VectorEnvironment} brought. The arrays are reused by the next step, so
 * whoever keeps a value copies it.
 */
public final class VectorStep {
  /** Observations to act on next {@code [envs × features]}. */
  public final float[] observations;

  /** 1 where an action may be chosen next, else 0 {@code [envs × actions]}. */
  public final float[] masks;

  /**
   * Whether the next action counts {@code [envs]}: where false somebody else decides, and the step
   * is left out of the loss.
   */
  public final boolean[] policyDecides;

  /** Rewards of the step just taken {@code [envs]}. */
  public final float[] rewards;

  /** Whether the episode ended in a state without future {@code [envs]}. */
  public final boolean[] terminated;

  /** Whether the episode was cut off, its future still worth something {@code [envs]}. */
  public final boolean[] truncated;

  /** Where an episode ended, the observation it ended on {@code [envs × features]}. */
  public final float[] terminalObservations;

  /** Where an episode ended, its undiscounted return {@code [envs]}. */
  public final double[] episodeReturns;

  /** Where an episode ended, share of its requests inside the SLO, 0..1 {@code [envs]}. */
  public final double[] episodeSloAttainment;

  /** Where an episode ended, GPU-hours it allocated {@code [envs]}. */
  public final double[] episodeGpuHours;

  /** Makes empty buffers. */
  public VectorStep(int environments, int observationSize, int actionCount) {
    observations = new float[environments * observationSize];
    masks = new float[environments * actionCount];
    policyDecides = new boolean[environments];
    rewards = new float[environments];
    terminated = new boolean[environments];
    truncated = new boolean[environments];
    terminalObservations = new float[environments * observationSize];
    episodeReturns = new double[environments];
    episodeSloAttainment = new double[environments];
    episodeGpuHours = new double[environments];
  }

  /** Whether environment {@code e} ended an episode in the step just taken. */
  public boolean ended(int e) {
    return terminated[e] || truncated[e];
  }
}
