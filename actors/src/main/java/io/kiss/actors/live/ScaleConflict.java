package io.kiss.actors.live;

/** The object changed between the read and the write: this tick is abandoned, never forced. */
public final class ScaleConflict extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ScaleConflict(String message) {
    super(message);
  }
}
