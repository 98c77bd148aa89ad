package io.kiss.cluster.jobs;

/** There are as many unfinished jobs as a node takes on. */
public final class QueueFullException extends RuntimeException {
  private static final long serialVersionUID = 1;

  QueueFullException(int waiting) {
    super(
        "%d jobs are waiting or running already, and more are not taken on (kiss.jobs.waiting)"
            .formatted(waiting));
  }
}
