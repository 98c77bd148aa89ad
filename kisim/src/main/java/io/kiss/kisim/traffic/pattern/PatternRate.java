package io.kiss.kisim.traffic.pattern;

/** A pattern read at the middle of steps of equal length, until its end. */
public final class PatternRate implements RateProcess {
  private final LoadPattern pattern;
  private final double stepSeconds;
  private final long steps;
  private long step = -1;
  private double rate;

  /**
   * Reads {@code pattern} from 0 to {@code untilSeconds}; nothing comes after that.
   *
   * @param untilSeconds may be infinite
   */
  public PatternRate(LoadPattern pattern, double stepSeconds, double untilSeconds) {
    if (!(stepSeconds > 0 && untilSeconds > 0)) {
      throw new IllegalArgumentException("stepSeconds and untilSeconds must be positive");
    }
    this.pattern = pattern;
    this.stepSeconds = stepSeconds;
    steps = (long) Math.min(Math.ceil(untilSeconds / stepSeconds), 1L << 53);
  }

  @Override
  public void next() {
    step++;
    rate = step < steps ? pattern.at((step + 0.5) * stepSeconds) : 0;
    if (!(rate >= 0)) {
      throw new IllegalArgumentException(
          "the load at "
              + (step + 0.5) * stepSeconds
              + " s is "
              + rate
              + ", it must not be negative");
    }
  }

  @Override
  public double rate() {
    return rate;
  }

  @Override
  public double endSeconds() {
    return step < steps ? (step + 1) * stepSeconds : Double.POSITIVE_INFINITY;
  }
}
