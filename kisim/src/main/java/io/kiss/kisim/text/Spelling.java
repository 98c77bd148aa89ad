package io.kiss.kisim.text;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Names of keys as files, constructors and people who mistype them spell them. */
public final class Spelling {
  private static final String UNITS = "(?:Seconds|Millis|Replicas)?";

  private Spelling() {}

  /** What in a message stands for the key: its name as a constructor has it, unit and all. */
  public static Pattern of(String key) {
    String either = Pattern.quote(key) + "|" + Pattern.quote(camelCase(key)) + UNITS;
    return Pattern.compile("\\b(?:" + either + ")\\b(?!-)");
  }

  private static String camelCase(String key) {
    StringBuilder name = new StringBuilder();
    for (String part : key.split("-", -1)) {
      name.append(
          name.isEmpty() || part.isEmpty()
              ? part
              : Character.toUpperCase(part.charAt(0)) + part.substring(1));
    }
    return name.toString();
  }

  /** The one of {@code keys} that most likely was meant to be {@code wanted}. */
  public static Optional<String> closest(String wanted, Collection<String> keys) {
    String plain = plain(wanted);
    String best = null;
    int least = Math.max(1, plain.length() / 3) + 1;
    for (String key : keys) {
      String other = plain(key);
      boolean inside =
          Math.min(plain.length(), other.length()) > 2
              && (plain.contains(other) || other.contains(plain));
      int distance = inside ? Math.min(1, distance(plain, other)) : distance(plain, other);
      if (distance < least) {
        least = distance;
        best = key;
      }
    }
    return Optional.ofNullable(best);
  }

  /** {@code controlStep}, {@code control_step} and {@code control-step} are one. */
  private static String plain(String key) {
    return key.toLowerCase(Locale.ROOT).replaceAll("[-_. ]", "");
  }

  /** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
  static int distance(String a, String b) {
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int replaced = cost[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        cost[i][j] = Math.min(replaced, 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], 1 + cost[i - 2][j - 2]);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
