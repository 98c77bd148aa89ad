package io.kiss.kisim.traffic.pattern;

import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Order of work in an event loop: all that is ready when a round begins is done in that round, in
 * no particular order; what becomes ready meanwhile waits for the next.
 */
final class ClientLoop {
  private final UniformRandomProvider random;
  private int[] round = new int[16];
  private int roundSize;
  private int[] waiting = new int[16];
  private int waitingSize;

  ClientLoop(UniformRandomProvider random) {
    this.random = random;
  }

  /** Whether the loop has nothing to do once the work under way is done. */
  boolean isEmpty() {
    return roundSize == 0 && waitingSize == 0;
  }

  void add(int user) {
    if (waitingSize == waiting.length) {
      waiting = Arrays.copyOf(waiting, 2 * waitingSize);
    }
    waiting[waitingSize++] = user;
  }

  /** The user whose work is next; there must be one. */
  int next() {
    if (roundSize == 0) {
      int[] spare = round;
      round = waiting;
      roundSize = waitingSize;
      waiting = spare;
      waitingSize = 0;
    }
    int at = random.nextInt(roundSize);
    int user = round[at];
    round[at] = round[--roundSize];
    return user;
  }
}
