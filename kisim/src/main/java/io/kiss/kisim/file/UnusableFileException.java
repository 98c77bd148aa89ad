package io.kiss.kisim.file;

/** A file cannot be used. The message is one sentence that names it and says why. */
public final class UnusableFileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public UnusableFileException(String message) {
    super(message);
  }

  public UnusableFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
