package io.kiss.kisim.serving;

/** What happens to a request that waited in the queue for longer than its timeout. */
public enum TimeoutAction {
  /** It is answered with an error. */
  REJECT,
  /** It is served after every queued request that has not timed out. */
  DELAY
}
