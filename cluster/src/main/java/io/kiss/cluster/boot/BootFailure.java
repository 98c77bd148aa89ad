package io.kiss.cluster.boot;

/**
 * The node cannot start. The message is one sentence for the person at the terminal: what is wrong,
 * where, and what to do. {@code main} prints it and exits with 1.
 */
public final class BootFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  public BootFailure(String message) {
    super(message);
  }

  public BootFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
