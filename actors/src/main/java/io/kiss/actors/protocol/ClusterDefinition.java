package io.kiss.actors.protocol;

import java.util.Optional;

/**
 * A Kubernetes cluster and the Prometheus that watches it. Names files, never holds what is in
 * them: credentials stay on the nodes that run scalers, each of which needs the files.
 *
 * @param kubeconfig file; empty: the account of the pod that a node runs in
 * @param context of the kubeconfig; empty: its current one
 * @param metricsSource templates of the queries where an attachment names none, such as {@code
 *     triton}
 * @param gpuBudget GPUs that all attached namespaces together may ask for; empty: as many as they
 *     wish
 */
public record ClusterDefinition(
    String name,
    Optional<String> kubeconfig,
    Optional<String> context,
    PrometheusDefinition prometheus,
    String metricsSource,
    Optional<Integer> gpuBudget)
    implements ControlMessage {

  public ClusterDefinition {
    kubeconfig = kubeconfig == null ? Optional.empty() : kubeconfig;
    context = context == null ? Optional.empty() : context;
    metricsSource = metricsSource == null ? "" : metricsSource;
    gpuBudget = gpuBudget == null ? Optional.empty() : gpuBudget;
  }

  /**
   * Where a cluster's metrics are asked for.
   *
   * @param url such as {@code http://prometheus.monitoring:9090}
   * @param tokenFile holds a bearer token
   * @param user of basic authentication
   * @param passwordFile holds that user's password
   * @param caFile certificates to trust besides the platform's, PEM
   */
  public record PrometheusDefinition(
      String url,
      Optional<String> tokenFile,
      Optional<String> user,
      Optional<String> passwordFile,
      Optional<String> caFile)
      implements ControlMessage {

    public PrometheusDefinition {
      tokenFile = tokenFile == null ? Optional.empty() : tokenFile;
      user = user == null ? Optional.empty() : user;
      passwordFile = passwordFile == null ? Optional.empty() : passwordFile;
      caFile = caFile == null ? Optional.empty() : caFile;
    }
  }
}
