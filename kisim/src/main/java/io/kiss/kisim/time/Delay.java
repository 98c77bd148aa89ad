package io.kiss.kisim.time;

/**
 * A random time: think times, network delays, stages of a pod's start.
 *
 * @param kind shape
 * @param low least seconds of a uniform delay; the constant; the mean of the others
 * @param high most seconds of a uniform delay; coefficient of variation of a log-normal one
 */
public record Delay(Kind kind, double low, double high) {

  /** Shape of the distribution. */
  public enum Kind {
    CONSTANT,
    UNIFORM,
    EXPONENTIAL,
    LOGNORMAL
  }

  /** The standard normal's 95 % quantile. */
  private static final double NORMAL_P95 = 1.6448536269514722;

  /** No delay at all. */
  public static final Delay NONE = constant(0);

  public Delay {
    if (!(low >= 0 && low < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("a delay must not be negative, and is " + low + " s");
    }
    if (kind == Kind.UNIFORM && !(high >= low && high < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "a uniform delay needs low <= high, not " + low + ", " + high);
    }
    if (kind == Kind.LOGNORMAL && !(high > 0 && high < 100)) {
      throw new IllegalArgumentException("a log-normal delay needs a cv in (0, 100), not " + high);
    }
  }

  /** Always the same. */
  public static Delay constant(double seconds) {
    return new Delay(Kind.CONSTANT, seconds, 0);
  }

  /** Uniform between two times. */
  public static Delay uniform(double lowSeconds, double highSeconds) {
    return new Delay(Kind.UNIFORM, lowSeconds, highSeconds);
  }

  /** Exponential with a mean. */
  public static Delay exponential(double meanSeconds) {
    return new Delay(Kind.EXPONENTIAL, meanSeconds, 0);
  }

  /** Log-normal with a mean and a coefficient of variation. */
  public static Delay lognormal(double meanSeconds, double cv) {
    return new Delay(Kind.LOGNORMAL, meanSeconds, cv);
  }

  /**
   * Log-normal with two quantiles, as published measurements give them.
   *
   * @param p95Seconds above {@code p50Seconds}
   */
  public static Delay lognormalFromQuantiles(double p50Seconds, double p95Seconds) {
    if (!(p50Seconds > 0 && p95Seconds > p50Seconds)) {
      throw new IllegalArgumentException(
          "a log-normal delay needs 0 < p50 < p95, not " + p50Seconds + ", " + p95Seconds);
    }
    double sigma = Math.log(p95Seconds / p50Seconds) / NORMAL_P95;
    double variance = sigma * sigma;
    return lognormal(p50Seconds * Math.exp(variance / 2), Math.sqrt(Math.expm1(variance)));
  }

  /** Mean, seconds. */
  public double meanSeconds() {
    return kind == Kind.UNIFORM ? (low + high) / 2 : low;
  }
}
