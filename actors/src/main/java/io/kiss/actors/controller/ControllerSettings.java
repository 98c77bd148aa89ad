package io.kiss.actors.controller;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.kiss.actors.lifecycle.CanarySettings;
import java.time.Duration;

/**
 * Settings of the controller.
 *
 * @param pushInterval how often every attached namespace is told its assignment again
 * @param snapshotEvery events between two snapshots
 * @param keepSnapshots snapshots kept; events are never deleted
 * @param canary how a candidate is tried
 */
public record ControllerSettings(
    Duration pushInterval, int snapshotEvery, int keepSnapshots, CanarySettings canary) {

  public ControllerSettings {
    if (pushInterval.isNegative() || pushInterval.isZero()) {
      throw new IllegalArgumentException("kiss.controller.push-interval must be positive");
    }
    if (snapshotEvery < 1) {
      throw new IllegalArgumentException("kiss.controller.snapshot-every must be at least 1");
    }
    if (keepSnapshots < 1) {
      throw new IllegalArgumentException("kiss.controller.keep-snapshots must be at least 1");
    }
  }

  /**
   * Reads {@code kiss.controller}.
   *
   * @throws ConfigException if a key is missing or of another type
   */
  public static ControllerSettings from(Config config) {
    Config controller = config.getConfig("kiss.controller");
    return new ControllerSettings(
        controller.getDuration("push-interval"),
        controller.getInt("snapshot-every"),
        controller.getInt("keep-snapshots"),
        CanarySettings.from(config));
  }
}
