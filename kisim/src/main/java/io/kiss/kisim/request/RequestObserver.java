package io.kiss.kisim.request;

import io.kiss.kisim.cluster.PodListener;

/** Sees every request leave and every pod come and go; for tests and logs, since it costs time. */
@FunctionalInterface
public interface RequestObserver extends PodListener {

  /**
   * A request left.
   *
   * @param pod that had it, -1 where it reached none
   * @param arrivedNanos when it reached the Service
   * @param startedNanos when its batch began, {@link #NEVER_STARTED} where it never did
   * @param leftNanos when it left
   * @param outcome how
   */
  void left(int pod, long arrivedNanos, long startedNanos, long leftNanos, Outcome outcome);

  /** No batch began with the request. */
  long NEVER_STARTED = Long.MIN_VALUE;

  /** A request was sent to a pod and taken into its queue. */
  default void sent(int pod, long now) {}

  @Override
  default void created(int pod, long now) {}

  @Override
  default void ready(int pod, long now) {}

  @Override
  default void draining(int pod, long now) {}

  @Override
  default void unreachable(int pod, long now) {}

  @Override
  default void killed(int pod, long now) {}

  @Override
  default void gone(int pod, long now) {}
}
