package io.kiss.kisim.evaluate;

/**
 * Finds the spikes of load that an autoscaler did not see coming, in control steps of one length.
 *
 * <p>A spike begins with a step whose p95 is over the SLO after one that was inside, if the load
 * had risen: the mean rate of the minute that ends with the step, or with one of the three before,
 * is at least {@value #RISE} times that of the five minutes before that minute. It is absorbed at
 * the end of the first step whose p95 is inside again; if none comes, the end of the run counts, so
 * that the time is a lower bound. A step in which nothing was answered says nothing.
 */
final class SpikeLog {
  static final double RISE = 1.1;

  private static final int MINUTE_SECONDS = 60;
  private static final int BEFORE_SECONDS = 300;

  private final double sloSeconds;
  private final int stepSeconds;

  /** Steps in a minute, and in all that is looked back on: the rates of the newest are kept. */
  private final int minute;

  private final double[] requests;
  private int steps;
  private int lastRise = Integer.MIN_VALUE / 2;
  private double time;
  private boolean outside;
  private boolean spike;
  private double since;
  private int spikes;
  private double absorbing;

  SpikeLog(double sloSeconds, int stepSeconds) {
    this.sloSeconds = sloSeconds;
    this.stepSeconds = stepSeconds;
    minute = Math.max(1, MINUTE_SECONDS / stepSeconds);
    requests = new double[minute + Math.max(1, BEFORE_SECONDS / stepSeconds)];
  }

  /**
   * Adds a step.
   *
   * @param arrived requests
   * @param p95Seconds of those answered, {@code NaN} where none was
   * @param seconds its length: that of all but the last
   */
  void step(double arrived, double p95Seconds, int seconds) {
    requests[steps % requests.length] = arrived * stepSeconds / seconds;
    if (risen()) {
      lastRise = steps;
    }
    if (p95Seconds > sloSeconds) {
      if (!outside && steps - lastRise < minute) {
        spike = true;
        since = time;
        spikes++;
      }
      outside = true;
    }
    time += seconds;
    if (p95Seconds <= sloSeconds) {
      outside = false;
      if (spike) {
        absorbing += time - since;
        spike = false;
      }
    }
    steps++;
  }

  /** Whether the load of the newest minute is above that before; not before there is one. */
  private boolean risen() {
    int known = Math.min(steps + 1, requests.length);
    if (known <= minute) {
      return false;
    }
    double now = 0;
    double before = 0;
    for (int back = 0; back < known; back++) {
      double each = requests[Math.floorMod(steps - back, requests.length)];
      if (back < minute) {
        now += each;
      } else {
        before += each;
      }
    }
    return now / minute >= RISE * before / (known - minute) && now > 0;
  }

  int spikes() {
    return spikes;
  }

  /** Mean time to absorb, seconds; {@code NaN} where there was no spike. Ends the log. */
  double absorbSeconds() {
    if (spike) {
      absorbing += time - since;
      spike = false;
    }
    return spikes == 0 ? Double.NaN : absorbing / spikes;
  }
}
