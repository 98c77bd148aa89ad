package io.kiss.cluster.kubernetes;

/** Makes clusters; a cluster's name is only what its sentences call it. */
public final class KubernetesClusters {
  private final KubernetesSettings settings;

  public KubernetesClusters(KubernetesSettings settings) {
    this.settings = settings;
  }

  /**
   * Makes a cluster. Nothing is asked of the API server yet, so one that is down is not noticed.
   *
   * @return to be closed by the caller; its clock is {@link io.kiss.actors.live.LiveClock#wall}
   * @throws IllegalArgumentException with a sentence where the access cannot be made out
   */
  public KubernetesCluster connect(String name, KubernetesAccess access) {
    return new KubernetesCluster(new ApiServer(name, access.config(), settings), settings);
  }
}
