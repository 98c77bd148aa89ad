package io.kiss.kisim.cluster;

/**
 * What an engine must know of its pods. A pod is named by a small number that is used again after
 * it is gone. Each call says when it happened, nanoseconds, never earlier than the call before.
 */
public interface PodListener {

  /** The pod was created; it serves nothing yet. */
  void created(int pod, long now);

  /** The pod entered the Service: it gets requests and serves them. */
  void ready(int pod, long now);

  /**
   * The pod left the Service and may finish what it has. The engine answers with {@link
   * KubernetesCluster#drained} once there is nothing left, also from within this call.
   */
  void draining(int pod, long now);

  /**
   * The pod stops serving without a word and yet stays in the Service: what is sent to it now waits
   * there, and is lost with {@link #killed}.
   */
  void unreachable(int pod, long now);

  /** Its container is dead and out of the Service; all that it holds is lost, now and once. */
  void killed(int pod, long now);

  /** The pod gave back its device and is no more. It holds nothing: it was drained or killed. */
  void gone(int pod, long now);
}
