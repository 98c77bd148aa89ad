package io.kiss.actors.lifecycle;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.util.List;

/**
 * How a candidate is tried; times are on the clusters' clocks.
 *
 * @param shares of the scalers that try it, stage after stage, before all run it
 * @param observationSeconds that a stage takes at least
 * @param looks at the figures in that time, evenly spread
 * @param extraLooks in the same rhythm where the figures decide nothing yet
 * @param minRequests that each arm must have served before a look counts
 * @param minUnits scalers, or slots of time, that each arm must have had before a look counts
 * @param errorRate chance that a candidate as good as the champion is found to be worse, over all
 *     looks of all stages
 * @param margin violating share that the candidate may have beyond the champion's
 * @param splitFrom where fewer scalers than this are there, or too few for {@code minUnits} in each
 *     arm, the share is one of the time
 * @param slotSeconds length of a slot of time
 * @param washoutSeconds at the beginning of a slot or stage that do not count: what happens then is
 *     the other arm's doing
 */
public record CanarySettings(
    List<Double> shares,
    double observationSeconds,
    int looks,
    int extraLooks,
    double minRequests,
    int minUnits,
    double errorRate,
    double margin,
    int splitFrom,
    double slotSeconds,
    double washoutSeconds) {

  /** Standard deviations that a draw of scalers hardly ever falls short of its mean. */
  private static final double SURE = 3;

  public CanarySettings {
    shares = List.copyOf(shares);
    require(!shares.isEmpty(), "shares", "name at least one");
    for (int i = 0; i < shares.size(); i++) {
      double before = i == 0 ? 0 : shares.get(i - 1);
      require(
          shares.get(i) > before && shares.get(i) < 1, "shares", "grow, between 0 and 1, both out");
    }
    require(observationSeconds > 0, "observation", "be positive");
    require(looks >= 1, "looks", "be at least 1");
    require(extraLooks >= 0, "extra-looks", "not be negative");
    require(minRequests >= 0, "min-requests", "not be negative");
    require(minUnits >= 2, "min-units", "be at least 2, or nothing is known of their spread");
    require(errorRate > 0 && errorRate < 1, "error-rate", "be between 0 and 1");
    require(margin >= 0 && margin < 1, "margin", "be in [0, 1)");
    require(splitFrom >= 2, "split-from", "be at least 2");
    require(slotSeconds > washoutSeconds, "slot", "be longer than the washout");
    require(washoutSeconds >= 0, "washout", "not be negative");
  }

  private static void require(boolean holds, String key, String must) {
    if (!holds) {
      throw new IllegalArgumentException("kiss.controller.canary." + key + " must " + must);
    }
  }

  /**
   * Reads {@code kiss.controller.canary}.
   *
   * @throws ConfigException if a key is missing or of another type
   */
  public static CanarySettings from(Config config) {
    Config canary = config.getConfig("kiss.controller.canary");
    return new CanarySettings(
        canary.getDoubleList("shares"),
        seconds(canary, "observation"),
        canary.getInt("looks"),
        canary.getInt("extra-looks"),
        canary.getDouble("min-requests"),
        canary.getInt("min-units"),
        canary.getDouble("error-rate"),
        canary.getDouble("margin"),
        canary.getInt("split-from"),
        seconds(canary, "slot"),
        seconds(canary, "washout"));
  }

  private static double seconds(Config config, String key) {
    return config.getDuration(key).toMillis() / 1000.0;
  }

  /**
   * Length of the slots of time for that many scalers; 0 where scalers are drawn instead. They are
   * drawn only where either arm is as good as sure to get {@link #minUnits} of them: an arm of too
   * few scalers would be waited for in vain.
   */
  public double slotSecondsFor(int scalers, double share) {
    double smaller = scalers * Math.min(share, 1 - share);
    double spread = Math.sqrt(scalers * share * (1 - share));
    boolean enough = smaller - SURE * spread >= minUnits;
    return scalers < splitFrom || !enough ? slotSeconds : 0;
  }

  /** The error that each look may make, so that all together stay within {@link #errorRate}. */
  double errorRateOfALook() {
    return errorRate / (shares.size() * (looks + extraLooks));
  }

  /** Time between two looks, seconds. */
  double lookInterval() {
    return observationSeconds / looks;
  }
}
