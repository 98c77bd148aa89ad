package io.kiss.actors.scaler;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.time.Duration;

/**
 * Settings of live control, in wall time.
 *
 * @param portTimeout how long a port may take to answer
 * @param assignmentValidity how long scalers go on while the controller is silent
 * @param unrecordedDecisions records of decisions that a node keeps for a journal that is away
 */
public record LiveSettings(
    Duration portTimeout, Duration assignmentValidity, int unrecordedDecisions) {

  public LiveSettings {
    requirePositive("port-timeout", portTimeout);
    requirePositive("assignment-validity", assignmentValidity);
    if (unrecordedDecisions < 0) {
      throw new IllegalArgumentException(
          "kiss.live.unrecorded-decisions must not be negative, not " + unrecordedDecisions);
    }
  }

  private static void requirePositive(String key, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException("kiss.live." + key + " must be positive, not " + value);
    }
  }

  /**
   * Reads {@code kiss.live}.
   *
   * @throws ConfigException if a key is missing or of another type
   */
  public static LiveSettings from(Config config) {
    Config live = config.getConfig("kiss.live");
    return new LiveSettings(
        live.getDuration("port-timeout"),
        live.getDuration("assignment-validity"),
        live.getInt("unrecorded-decisions"));
  }
}
