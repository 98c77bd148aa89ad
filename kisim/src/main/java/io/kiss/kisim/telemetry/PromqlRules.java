package io.kiss.kisim.telemetry;

/**
 * What differs in the answers of Prometheus' releases. The first sample of a series in a window
 * matters only while the series is young, so a fleet of old pods looks the same to all three.
 */
public enum PromqlRules {
  /**
   * 2.x up to 2.48. Windows and the look-back include the sample at their very start; {@code
   * rate()} goes back to where the counter would have been zero if that is less than 1.1 sample
   * intervals before the first sample.
   */
  V2_42(true, true, 0),

  /**
   * 2.51 to 2.55: goes back half an interval at most where the first sample is farther than 1.1
   * intervals from the window's start, and takes bucket counts for equal that differ by rounding.
   */
  V2_51(true, false, 1e-12),

  /** 3.x: as before, but the sample at the very start of a window is outside. */
  V3(false, false, 1e-12);

  private final boolean startIncluded;
  final boolean zeroPointFirst;
  final double smallDelta;

  PromqlRules(boolean startIncluded, boolean zeroPointFirst, double smallDelta) {
    this.startIncluded = startIncluded;
    this.zeroPointFirst = zeroPointFirst;
    this.smallDelta = smallDelta;
  }

  /** Whether a sample lies inside a window's start. */
  public boolean inside(long sampleMillis, long startMillis) {
    return sampleMillis > startMillis || startIncluded && sampleMillis == startMillis;
  }
}
