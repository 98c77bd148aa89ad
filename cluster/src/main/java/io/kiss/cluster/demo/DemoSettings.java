package io.kiss.cluster.demo;

import com.typesafe.config.Config;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.util.Optional;

/**
 * How the demo lives.
 *
 * @param acceleration seconds of the demo in one of the wall's
 * @param onceSeconds of the demo that {@code --once} scales through
 * @param seed everything random in the demo comes from it
 * @param trace traffic to replay; empty: generated
 */
public record DemoSettings(
    double acceleration, double onceSeconds, long seed, Optional<ArrivalTrace> trace) {

  public DemoSettings {
    if (!(acceleration >= 1 && acceleration <= 1000)) {
      throw new IllegalArgumentException(
          "kiss.demo.acceleration must be in 1..1000, not " + acceleration);
    }
    if (!(onceSeconds > 0)) {
      throw new IllegalArgumentException(
          "kiss.demo.once-duration must be above 0, not " + onceSeconds + " s");
    }
  }

  /** Reads {@code kiss.demo}. */
  public static DemoSettings from(Config demo, Optional<ArrivalTrace> trace) {
    return new DemoSettings(
        demo.getDouble("acceleration"),
        demo.getDuration("once-duration").toMillis() / 1000.0,
        demo.getLong("seed"),
        trace);
  }
}
