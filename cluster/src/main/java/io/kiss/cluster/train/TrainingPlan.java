package io.kiss.cluster.train;

/**
 * What decides how a run goes, besides the settings of the learner. With one worker, collecting and
 * updating alternate; with more, the next batch is collected while an update is under way, by
 * weights that are one update older.
 *
 * @param seed everything random comes from it
 * @param workers that collect, each on a thread
 * @param environments that each worker steps together
 * @param stepsPerSegment of each environment in a segment
 */
public record TrainingPlan(long seed, int workers, int environments, int stepsPerSegment) {

  public TrainingPlan {
    require(workers >= 1, "workers", workers);
    require(environments >= 1, "environments", environments);
    require(stepsPerSegment >= 1, "steps per segment", stepsPerSegment);
  }

  private static void require(boolean holds, String what, int value) {
    if (!holds) {
      throw new IllegalArgumentException(what + " must be at least 1, not " + value);
    }
  }

  /** Whether batches are collected while updates are under way. */
  boolean overlaps() {
    return workers > 1;
  }

  /**
   * Seed of what a worker draws; neighbours share no bits (SplitMix64).
   *
   * @param purpose tells uses apart
   * @param number of the iteration it is for
   */
  long seedOf(int worker, Purpose purpose, long number) {
    return mix(mix(mix(mix(seed) + purpose.ordinal()) + worker) + number);
  }

  /** What a worker draws. */
  enum Purpose {
    EPISODES,
    ACTIONS
  }

  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
