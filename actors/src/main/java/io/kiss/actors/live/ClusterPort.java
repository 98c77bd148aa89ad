package io.kiss.actors.live;

import akka.Done;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** One cluster that can be scaled. A stage fails with a sentence for people. */
public interface ClusterPort {

  /**
   * Takes or renews the lease {@code kiss-scaler} of a namespace.
   *
   * @param holder who wants it
   * @return until when it is held, on this cluster's {@link LiveClock}; fails while somebody else
   *     holds it
   */
  CompletionStage<Instant> holdLease(String namespace, String holder);

  /** Gives the lease back, where {@code holder} has it. */
  CompletionStage<Done> releaseLease(String namespace, String holder);

  /** The scalable objects of a namespace that match a label selector; empty selects all. */
  CompletionStage<List<Workload>> workloads(String namespace, String selector);

  /**
   * Sets {@code spec.replicas}.
   *
   * @param resourceVersion as read before deciding
   * @param reason why, for whoever looks at the object's events
   * @return the new resource version; fails with {@link ScaleConflict} if the object has changed
   */
  CompletionStage<String> scale(
      String namespace, String workload, int replicas, String resourceVersion, String reason);
}
