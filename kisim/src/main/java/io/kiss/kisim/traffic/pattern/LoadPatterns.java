package io.kiss.kisim.traffic.pattern;

/** The patterns that have a formula. Every argument named seconds is a time. */
public final class LoadPatterns {
  private LoadPatterns() {}

  /** Always {@code level}. */
  public static LoadPattern constant(double level) {
    require(level >= 0, "level must not be negative");
    return seconds -> level;
  }

  /** From {@code from} to {@code to} in equal steps over {@code overSeconds}, then {@code to}. */
  public static LoadPattern ramp(double from, double to, double overSeconds, int steps) {
    require(from >= 0 && to >= 0, "from and to must not be negative");
    require(overSeconds > 0, "overSeconds must be positive");
    require(steps >= 2, "steps must be at least 2");
    return seconds -> {
      double step = Math.min(steps - 1, Math.floor(seconds / overSeconds * steps));
      return from + (to - from) * Math.max(0, step) / (steps - 1);
    };
  }

  /** {@code low}, with {@code high} from {@code startSeconds} to {@code endSeconds}. */
  public static LoadPattern spike(double low, double high, double startSeconds, double endSeconds) {
    require(low >= 0 && high >= 0, "low and high must not be negative");
    require(endSeconds > startSeconds, "endSeconds must be after startSeconds");
    return seconds -> seconds >= startSeconds && seconds < endSeconds ? high : low;
  }

  /** A sinusoid between {@code low} and {@code high} that starts at its mean and rises. */
  public static LoadPattern periodic(double low, double high, double periodSeconds) {
    require(low >= 0 && high >= low, "low and high must be 0 <= low <= high");
    require(periodSeconds > 0, "periodSeconds must be positive");
    double mean = (low + high) / 2;
    double amplitude = (high - low) / 2;
    return seconds -> mean + amplitude * Math.sin(2 * Math.PI * seconds / periodSeconds);
  }

  /** Uniform between {@code low} and {@code high}, drawn anew every {@code everySeconds}. */
  public static LoadPattern random(double low, double high, double everySeconds, long seed) {
    require(low >= 0 && high >= low, "low and high must be 0 <= low <= high");
    require(everySeconds > 0, "everySeconds must be positive");
    return seconds -> low + (high - low) * unit(seed, (long) Math.floor(seconds / everySeconds));
  }

  /**
   * A day: lowest at night, highest {@code peakSeconds} after midnight, with a second harmonic that
   * makes nights longer than days.
   */
  public static LoadPattern diurnal(
      double low, double high, double peakSeconds, double periodSeconds) {
    require(low >= 0 && high >= low, "low and high must be 0 <= low <= high");
    require(periodSeconds > 0, "periodSeconds must be positive");
    return seconds -> {
      double wave = (1 + Math.cos(2 * Math.PI * (seconds - peakSeconds) / periodSeconds)) / 2;
      return low + (high - low) * wave * (0.5 + 0.5 * wave);
    };
  }

  /**
   * {@code base}, and at {@code atSeconds} a crowd that grows to {@code peak} within {@code
   * riseSeconds} and then leaves, e-fold in {@code decaySeconds}.
   */
  public static LoadPattern flashCrowd(
      double base, double peak, double atSeconds, double riseSeconds, double decaySeconds) {
    require(base >= 0 && peak >= base, "base and peak must be 0 <= base <= peak");
    require(riseSeconds > 0 && decaySeconds > 0, "riseSeconds and decaySeconds must be positive");
    return seconds -> {
      double since = seconds - atSeconds;
      if (since < 0) {
        return base;
      }
      double crowd =
          since < riseSeconds
              ? since / riseSeconds
              : Math.exp((riseSeconds - since) / decaySeconds);
      return base + (peak - base) * crowd;
    };
  }

  /** A number in [0, 1) that depends on seed and index only (SplitMix64's finaliser). */
  private static double unit(long seed, long index) {
    long z = seed + 0x9E3779B97F4A7C15L * (index + 1);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 11) * 0x1p-53;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }
}
