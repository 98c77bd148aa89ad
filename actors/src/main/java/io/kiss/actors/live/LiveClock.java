package io.kiss.actors.live;

import java.time.Duration;

/** The clock a cluster lives by; the embedded demo's runs faster than the wall's. */
public interface LiveClock {

  /** Now, seconds since that clock's epoch. */
  double nowSeconds();

  /** How long to wait for this much of that clock's time to pass. */
  Duration wallTime(double seconds);

  /** The wall's own clock. */
  static LiveClock wall() {
    return new LiveClock() {
      @Override
      public double nowSeconds() {
        return System.currentTimeMillis() / 1000.0;
      }

      @Override
      public Duration wallTime(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
      }
    };
  }
}
