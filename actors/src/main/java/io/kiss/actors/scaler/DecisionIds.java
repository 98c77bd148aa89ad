package io.kiss.actors.scaler;

import java.util.SplittableRandom;

/**
 * Makes ids that sort by time and are unique across nodes: 48 bits of milliseconds, then 80 random
 * bits that count up within a millisecond, as 26 characters of Crockford's base 32 (the ULID
 * specification's layout and monotonic mode). One instance serves one thread.
 */
final class DecisionIds {
  private static final char[] DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();
  private static final int TIME_DIGITS = 10;
  private static final int RANDOM_DIGITS = 16;

  private final SplittableRandom random;
  private long lastMillis = -1;
  private final byte[] tail = new byte[RANDOM_DIGITS];

  DecisionIds(SplittableRandom random) {
    this.random = random;
  }

  /** The next id; greater than all before it even where the clock went back. */
  String next(long unixMillis) {
    if (unixMillis > lastMillis) {
      lastMillis = unixMillis;
      for (int i = 0; i < RANDOM_DIGITS; i++) {
        tail[i] = (byte) random.nextInt(32);
      }
      // Room to count up, so that a millisecond can never run out of ids.
      tail[0] &= 15;
    } else {
      int digit = RANDOM_DIGITS - 1;
      while (tail[digit] == 31) {
        tail[digit--] = 0;
      }
      tail[digit]++;
    }
    char[] id = new char[TIME_DIGITS + RANDOM_DIGITS];
    for (int i = 0; i < TIME_DIGITS; i++) {
      id[i] = DIGITS[(int) (lastMillis >>> (5 * (TIME_DIGITS - 1 - i))) & 31];
    }
    for (int i = 0; i < RANDOM_DIGITS; i++) {
      id[TIME_DIGITS + i] = DIGITS[tail[i]];
    }
    return new String(id);
  }
}
