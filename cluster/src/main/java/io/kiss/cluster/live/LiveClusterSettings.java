package io.kiss.cluster.live;

import com.typesafe.config.Config;
import io.kiss.cluster.kubernetes.KubernetesSettings;
import io.kiss.cluster.prometheus.PrometheusEndpoint;
import io.kiss.cluster.prometheus.PrometheusSettings;
import java.util.Optional;

/**
 * How live clusters are reached, whichever they are.
 *
 * @param usualPrometheus where the configuration says one is, with its login; a cluster's own URL
 *     and files come first
 */
public record LiveClusterSettings(
    KubernetesSettings kubernetes,
    PrometheusSettings prometheus,
    Optional<PrometheusEndpoint> usualPrometheus) {

  /** Reads {@code kiss}. */
  public static LiveClusterSettings from(Config kiss) {
    Config prometheus = kiss.getConfig("prometheus");
    return new LiveClusterSettings(
        KubernetesSettings.from(kiss.getConfig("kubernetes")),
        PrometheusSettings.from(prometheus),
        PrometheusEndpoint.from(prometheus));
  }
}
