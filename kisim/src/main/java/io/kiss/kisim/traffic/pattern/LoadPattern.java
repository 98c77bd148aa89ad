package io.kiss.kisim.traffic.pattern;

/** A load that changes over time: requests per second of open load, users of closed load. */
@FunctionalInterface
public interface LoadPattern {

  /** The load at {@code seconds} after the start; never negative. */
  double at(double seconds);

  /** This load times {@code factor}. */
  default LoadPattern times(double factor) {
    return seconds -> factor * at(seconds);
  }

  /** Both loads together. */
  default LoadPattern plus(LoadPattern other) {
    return seconds -> at(seconds) + other.at(seconds);
  }
}
