package io.kiss.actors.protocol;

/**
 * Names the learner's weights at one moment of a run: thousands a run, never stored for good. A
 * registered {@code Policy} is another thing.
 *
 * @param run the training run
 * @param epoch grows with each incarnation of the learner; an older one is refused
 * @param number of updates done
 */
public record Iteration(String run, long epoch, long number) implements ControlMessage {

  /** Whether these weights replace {@code other}'s: same run, and later by epoch, then number. */
  public boolean isNewerThan(Iteration other) {
    return !run.equals(other.run)
        || epoch > other.epoch
        || epoch == other.epoch && number > other.number;
  }
}
