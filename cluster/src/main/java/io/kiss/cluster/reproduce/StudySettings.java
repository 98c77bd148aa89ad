package io.kiss.cluster.reproduce;

/**
 * How much of the study is done.
 *
 * @param episodes that the paper's agent is trained for, the paper's 100
 * @param seeds agents trained so
 * @param longFactor times as many episodes in the longer training beside it; 0 for none
 * @param longSeeds agents trained so
 * @param plays episodes of each pattern that everybody plays, and that the action check plays
 * @param client which load generator the users live on while agents train and everybody plays
 * @param policySteps environment steps KIScaler is trained for; 0: without it
 */
public record StudySettings(
    int episodes,
    int seeds,
    int longFactor,
    int longSeeds,
    int plays,
    Client client,
    long policySteps) {
  /** Fewest episodes that leave a first and a last window of every pattern. */
  public static final int FEWEST_EPISODES = 8;

  public StudySettings {
    require(episodes >= FEWEST_EPISODES, "at least 8 episodes", episodes);
    require(seeds >= 1 && longSeeds >= 1, "at least 1 seed", Math.min(seeds, longSeeds));
    require(longFactor >= 0, "no negative factor", longFactor);
    require(plays >= 2, "at least 2 plays", plays);
    require(policySteps >= 0, "no negative steps", policySteps);
  }

  private static void require(boolean holds, String what, long found) {
    if (!holds) {
      throw new IllegalArgumentException("a study needs " + what + ", not " + found);
    }
  }
}
