package io.kiss.cluster.evaluate;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them. */
public final class Durations {
  private static final Pattern PARTS =
      Pattern.compile("(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,7})m)?(?:(\\d{1,9})s)?");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}(?:\\.\\d{1,9})?");
  private static final int[] LENGTHS = {86_400, 3600, 60, 1};

  private Durations() {}

  /**
   * Seconds of {@code 90}, {@code 2.5} or {@code 1h30m}.
   *
   * @throws IllegalArgumentException with a sentence
   */
  public static double seconds(String text) {
    if (NUMBER.matcher(text).matches()) {
      return Double.parseDouble(text);
    }
    Matcher parts = PARTS.matcher(text);
    if (text.isEmpty() || !parts.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no time; write seconds, or as in 1h30m");
    }
    double seconds = 0;
    for (int i = 0; i < LENGTHS.length; i++) {
      if (parts.group(i + 1) != null) {
        seconds += (double) LENGTHS[i] * Integer.parseInt(parts.group(i + 1));
      }
    }
    return seconds;
  }
}
