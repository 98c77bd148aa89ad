package io.kiss.learner;

import com.typesafe.config.Config;
import java.time.Duration;

/**
 * How the learner works with its workers; every key of {@code kiss.learner} is described in {@code
 * reference.conf}.
 *
 * @param maxLag updates a segment's weights may be behind those it improves, 0 or 1
 * @param segmentsPerUpdate segments in a batch; 0: one for each joined worker
 * @param stragglerTimeout after a batch's first segment, until it need not be complete
 * @param checkpointInterval between two checkpoints of a running training
 * @param seed of a run started here
 * @param rateWindow that steps per second are counted in
 * @param episodeWindow episodes that the reported means are taken over
 */
public record LearnerSettings(
    int maxLag,
    int segmentsPerUpdate,
    Duration stragglerTimeout,
    Duration checkpointInterval,
    long seed,
    Duration rateWindow,
    int episodeWindow) {

  /** The dispatcher of the one thread that calls the optimiser. */
  static final String DISPATCHER = "kiss.learner.dispatcher";

  public LearnerSettings {
    require(maxLag == 0 || maxLag == 1, "max-lag", maxLag, "0 or 1");
    require(segmentsPerUpdate >= 0, "segments-per-update", segmentsPerUpdate, "0 or more");
    require(isPositive(stragglerTimeout), "straggler-timeout", stragglerTimeout, "positive");
    require(isPositive(checkpointInterval), "checkpoint-interval", checkpointInterval, "positive");
    require(isPositive(rateWindow), "rate-window", rateWindow, "positive");
    require(episodeWindow >= 1, "episode-window", episodeWindow, "at least 1");
  }

  /**
   * Reads {@code kiss.learner}.
   *
   * @param config of the actor system
   * @throws IllegalArgumentException naming the key whose value makes no sense
   */
  public static LearnerSettings from(Config config) {
    Config learner = config.getConfig("kiss.learner");
    return new LearnerSettings(
        learner.getInt("max-lag"),
        learner.getInt("segments-per-update"),
        learner.getDuration("straggler-timeout"),
        learner.getDuration("checkpoint-interval"),
        learner.getLong("seed"),
        learner.getDuration("rate-window"),
        learner.getInt("episode-window"));
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  private static void require(boolean condition, String key, Object value, String wanted) {
    if (!condition) {
      throw new IllegalArgumentException(
          "kiss.learner." + key + " is " + value + ", but must be " + wanted);
    }
  }
}
