package io.kiss.actors.scaler;

import io.kiss.actors.live.NamespaceRef;
import java.util.Map;

/** What a line of the log is about, as fields of their own where the log is JSON. */
final class LogFields {
  private LogFields() {}

  static Map<String, String> of(NamespaceRef namespace) {
    return Map.of("cluster", namespace.cluster(), "namespace", namespace.namespace());
  }

  static Map<String, String> of(NamespaceRef namespace, String deployment) {
    return Map.of(
        "cluster",
        namespace.cluster(),
        "namespace",
        namespace.namespace(),
        "deployment",
        deployment);
  }
}
