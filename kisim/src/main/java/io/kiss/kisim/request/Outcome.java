package io.kiss.kisim.request;

/** How a request leaves the Service. */
public enum Outcome {
  /** Answered. */
  SERVED,
  /** Refused on arrival: no ready pod, or its pod's queue was full. */
  REJECTED,
  /** Refused after waiting for longer than the queue timeout. */
  TIMED_OUT,
  /** Its pod ended before it was answered. */
  LOST
}
