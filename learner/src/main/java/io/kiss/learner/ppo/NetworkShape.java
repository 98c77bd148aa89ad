package io.kiss.learner.ppo;

import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.ScalerCore;
import java.util.List;

/**
 * What goes into the policy and what comes out of it.
 *
 * @param observationId names the observation's meaning; a policy is bound to it
 * @param observationSize features of an observation
 * @param actionId names the actions' meaning; a policy is bound to it
 * @param heads number of discrete actions of each choice made at once, nearly always one choice;
 *     together at most 32 since a mask is an int's bits
 */
public record NetworkShape(
    String observationId, int observationSize, String actionId, List<Integer> heads) {

  public NetworkShape {
    heads = List.copyOf(heads);
    if (observationSize < 1) {
      throw new IllegalArgumentException("an observation needs at least 1 feature");
    }
    if (heads.isEmpty() || heads.stream().anyMatch(head -> head < 2)) {
      throw new IllegalArgumentException(
          "a policy chooses among at least 2 actions a head, not " + heads);
    }
    if (heads.stream().mapToInt(head -> head).sum() > Integer.SIZE) {
      throw new IllegalArgumentException(
          "a mask has "
              + Integer.SIZE
              + " bits for the actions of all heads, not enough for "
              + heads);
    }
  }

  /** The shape of a policy that chooses one action at a time. */
  public NetworkShape(String observationId, int observationSize, String actionId, int actionCount) {
    this(observationId, observationSize, actionId, List.of(actionCount));
  }

  /** Discrete actions of all heads together. */
  public int actionCount() {
    int count = 0;
    for (int head : heads) {
      count += head;
    }
    return count;
  }

  /** The shape every scaler of this version needs. */
  public static NetworkShape ofScaler() {
    return new NetworkShape(
        ScalerCore.OBSERVATION_ID, ScalerCore.OBSERVATION_SIZE, ActionSpace.ID, ActionSpace.SIZE);
  }
}
