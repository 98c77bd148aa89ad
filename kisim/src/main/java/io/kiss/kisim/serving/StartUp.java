package io.kiss.kisim.serving;

/**
 * From asking for a pod until it is ready, and from asking it to stop until it is killed.
 *
 * @param seconds mean start-up time
 * @param cv coefficient of variation of the start-up time (log-normal); 0: always the mean
 * @param graceSeconds a terminating pod finishes what it has for at most this long
 */
public record StartUp(double seconds, double cv, double graceSeconds) {

  /** Ready at once, and all the time in the world to finish. */
  public static final StartUp INSTANT = new StartUp(0, 0, 30);

  public StartUp {
    if (!(seconds >= 0 && seconds < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("start-up must not be negative, and is " + seconds + " s");
    }
    if (!(cv >= 0 && cv < 10)) {
      throw new IllegalArgumentException("start-up cv must be in [0, 10), not " + cv);
    }
    if (!(graceSeconds >= 0 && graceSeconds < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "graceSeconds must not be negative, and is " + graceSeconds);
    }
  }
}
