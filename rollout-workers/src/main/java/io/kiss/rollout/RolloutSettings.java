package io.kiss.rollout;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How trajectories are collected; every key of {@code kiss.rollout} is described in {@code
 * reference.conf}.
 *
 * @param workers in the whole cluster
 * @param environmentsPerWorker environments a worker steps together
 * @param stepsPerSegment steps of each environment in a segment
 * @param seed everything random in a worker comes from it, the worker's index and its incarnation
 * @param chunkBytes segments travel in pieces of this size; 0: whole
 * @param joinInterval between two attempts to join the learner
 * @param learnerSilence without a word from the learner, join anew
 */
public record RolloutSettings(
    int workers,
    int environmentsPerWorker,
    int stepsPerSegment,
    long seed,
    int chunkBytes,
    Duration joinInterval,
    Duration learnerSilence) {

  /** The dispatcher that steps environments, so that actors are never kept waiting. */
  static final String DISPATCHER = "kiss.rollout.dispatcher";

  private static final int LARGEST_CHUNK = 200 * 1024;

  public RolloutSettings {
    require(workers >= 1, "workers", workers, "at least 1");
    require(environmentsPerWorker >= 1, "environments-per-worker", environmentsPerWorker, "1 up");
    require(stepsPerSegment >= 1, "steps-per-segment", stepsPerSegment, "at least 1");
    require(
        chunkBytes == 0 || chunkBytes >= 1024 && chunkBytes <= LARGEST_CHUNK,
        "chunk-bytes",
        chunkBytes,
        "0, or 1 KiB to 200 KiB, so that a piece fits into Artery's frame of 256 KiB");
    require(isPositive(joinInterval), "join-interval", joinInterval, "more than 0");
    require(isPositive(learnerSilence), "learner-silence", learnerSilence, "more than 0");
  }

  /**
   * Reads {@code kiss.rollout}.
   *
   * @param config of the actor system
   * @throws IllegalArgumentException naming the key whose value makes no sense
   */
  public static RolloutSettings from(Config config) {
    Config rollout = config.getConfig("kiss.rollout");
    return new RolloutSettings(
        rollout.getInt("workers"),
        rollout.getInt("environments-per-worker"),
        rollout.getInt("steps-per-segment"),
        rollout.getLong("seed"),
        Math.toIntExact(rollout.getBytes("chunk-bytes")),
        rollout.getDuration("join-interval"),
        rollout.getDuration("learner-silence"));
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  private static void require(boolean condition, String key, Object value, String wanted) {
    if (!condition) {
      throw new IllegalArgumentException(
          "kiss.rollout." + key + " is " + value + ", but must be " + wanted);
    }
  }

  /** Seed of a worker's incarnation; neighbours have seeds that share no bits (SplitMix64). */
  long seedOf(int worker, long incarnation) {
    return mix(mix(mix(seed) + worker) + incarnation);
  }

  /** SplitMix64: neighbours in, nothing in common out. */
  static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
