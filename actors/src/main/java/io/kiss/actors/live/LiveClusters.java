package io.kiss.actors.live;

import akka.Done;
import io.kiss.actors.protocol.ClusterDefinition;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The clusters this node can reach, by name. Used from any thread; never blocks. */
public interface LiveClusters {

  /**
   * The cluster of that name; empty where this node does not know it.
   *
   * @throws IllegalStateException with a sentence where it is known and cannot be reached from
   *     here, as while its kubeconfig is missing
   */
  Optional<LiveCluster> find(String cluster);

  /**
   * A namespace of a cluster is scaled from this node, by this definition of it; said again and
   * again. Where the definition has changed, the cluster is reached by the new one from then on.
   *
   * @return where the cluster is connected to for that: completes, without failing, when {@link
   *     #find} has something to say; empty where nothing has changed
   */
  default Optional<CompletionStage<Done>> use(
      NamespaceRef namespace, ClusterDefinition definition) {
    return Optional.empty();
  }

  /** Ends {@link #use}: what nobody uses any more is closed. */
  default void leave(NamespaceRef namespace) {}
}
