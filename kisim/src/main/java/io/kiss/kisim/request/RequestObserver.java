package io.kiss.kisim.request;

/** Sees every request leave and every pod come and go; for tests and logs, since it costs time. */
@FunctionalInterface
public interface RequestObserver {

  /**
   * A request left.
   *
   * @param arrivedNanos when it reached the Service
   * @param startedNanos when its batch began, -1 where it never did
   * @param leftNanos when it left
   * @param outcome how
   */
  void left(long arrivedNanos, long startedNanos, long leftNanos, Outcome outcome);

  /** A pod was asked for and takes up its share of a device from now on. */
  default void podCreated(int pod, long nanos) {}

  /** A pod is gone; its number may be given to another. */
  default void podGone(int pod, long nanos) {}
}
