package io.kiss.kisim.time;

/** Seconds as doubles, and the whole nanoseconds the engine counts in. */
public final class Nanos {
  /** Nanoseconds of a second. */
  public static final long PER_SECOND = 1_000_000_000L;

  private Nanos() {}

  /** Nearest whole nanosecond; seconds must not be negative. */
  public static long of(double seconds) {
    return (long) (seconds * 1e9 + 0.5);
  }

  /** {@code delay} after {@code now}; {@link EventHeap#NEVER} where that is beyond all time. */
  public static long after(long now, long delay) {
    long time = now + delay;
    return time < now ? EventHeap.NEVER : time;
  }

  /** Nanoseconds as seconds. */
  public static double toSeconds(long nanos) {
    return nanos * 1e-9;
  }
}
