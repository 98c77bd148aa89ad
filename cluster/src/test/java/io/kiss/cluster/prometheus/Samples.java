package io.kiss.cluster.prometheus;

import java.util.function.IntPredicate;
import java.util.function.IntToDoubleFunction;

/**
 * Ten samples of each series, 200 s apart, the last one 100 s ago. With a window of 2000 s every
 * rate of a counter that grows evenly is its growth a second, and stays so for 100 s: both ends of
 * the window are nearer than a sample's distance, so rate() extends to them.
 */
final class Samples {
  static final int COUNT = 10;
  static final int STEP_SECONDS = 200;
  static final int WINDOW_SECONDS = COUNT * STEP_SECONDS;

  private static final int LAST_SECONDS_AGO = 100;

  /** Far from zero, before which rate() would not extend. */
  static final double HIGH = 1e11;

  private final long now = System.currentTimeMillis() / 1000;
  private final StringBuilder text = new StringBuilder();

  long newestSeconds() {
    return now - LAST_SECONDS_AGO;
  }

  /** A series with the values of a function of the sample's number. */
  Samples series(String series, IntToDoubleFunction value) {
    return series(series, k -> true, value);
  }

  /** The same where not all scrapes brought it. */
  Samples series(String series, IntPredicate there, IntToDoubleFunction value) {
    for (int k = 0; k < COUNT; k++) {
      if (there.test(k)) {
        long time = newestSeconds() - (long) (COUNT - 1 - k) * STEP_SECONDS;
        text.append(series.replace(",}", "}"))
            .append(' ')
            .append(value.applyAsDouble(k))
            .append(' ')
            .append(time)
            .append('\n');
      }
    }
    return this;
  }

  /** A counter that grows so much a second. */
  Samples counter(String series, double perSecond) {
    return series(series, k -> HIGH + perSecond * STEP_SECONDS * k);
  }

  Samples gauge(String series, double value) {
    return series(series, k -> value);
  }

  /**
   * A histogram.
   *
   * @param labels with a comma at the end, or none
   * @param upTo bounds as {@code le} spells them, {@code +Inf} last
   * @param perSecond observed up to each, cumulative
   */
  Samples histogram(String name, String labels, String[] upTo, double... perSecond) {
    for (int b = 0; b < upTo.length; b++) {
      counter(name + "_bucket{" + labels + "le=\"" + upTo[b] + "\"}", perSecond[b]);
    }
    return this;
  }

  String openMetrics() {
    return text + "# EOF\n";
  }
}
