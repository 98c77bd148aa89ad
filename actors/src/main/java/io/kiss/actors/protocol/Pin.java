package io.kiss.actors.protocol;

import java.util.Optional;

/**
 * Scalers that run one policy whatever becomes of champion and candidate.
 *
 * @param deployment empty: all of the namespace that are not pinned by name
 */
public record Pin(String cluster, String namespace, Optional<String> deployment, PolicyRef policy)
    implements ControlMessage {

  /** Whether it says something of that scaler. */
  public boolean covers(String otherCluster, String otherNamespace, String otherDeployment) {
    return cluster.equals(otherCluster)
        && namespace.equals(otherNamespace)
        && deployment.map(otherDeployment::equals).orElse(true);
  }

  /** Whether it is about the same scalers. */
  public boolean sameTarget(Pin other) {
    return cluster.equals(other.cluster)
        && namespace.equals(other.namespace)
        && deployment.equals(other.deployment);
  }

  /** Whom it is about, for people. */
  public String target() {
    return cluster + "/" + namespace + deployment.map(name -> "/" + name).orElse("");
  }
}
