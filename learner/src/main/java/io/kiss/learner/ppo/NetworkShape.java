package io.kiss.learner.ppo;

import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.ScalerCore;

/**
 * What goes into the policy and what comes out of it.
 *
 * @param observationId names the observation's meaning; a policy is bound to it
 * @param observationSize features of an observation
 * @param actionId names the actions' meaning; a policy is bound to it
 * @param actionCount discrete actions, at most 32 since a mask is an int's bits
 */
public record NetworkShape(
    String observationId, int observationSize, String actionId, int actionCount) {

  public NetworkShape {
    if (observationSize < 1) {
      throw new IllegalArgumentException("an observation needs at least 1 feature");
    }
    if (actionCount < 2 || actionCount > Integer.SIZE) {
      throw new IllegalArgumentException(
          "a policy chooses among 2.." + Integer.SIZE + " actions, not " + actionCount);
    }
  }

  /** The shape every scaler of this version needs. */
  public static NetworkShape ofScaler() {
    return new NetworkShape(
        ScalerCore.OBSERVATION_ID, ScalerCore.OBSERVATION_SIZE, ActionSpace.ID, ActionSpace.SIZE);
  }
}
