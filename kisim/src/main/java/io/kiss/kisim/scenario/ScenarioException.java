package io.kiss.kisim.scenario;

/** A profile or scenario that cannot be used; the message names file, line and key. */
public final class ScenarioException extends RuntimeException {
  public ScenarioException(String message) {
    super(message);
  }

  public ScenarioException(String message, Throwable cause) {
    super(message, cause);
  }
}
