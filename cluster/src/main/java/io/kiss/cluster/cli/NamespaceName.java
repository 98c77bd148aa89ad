package io.kiss.cluster.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A namespace as people write it: {@code CLUSTER/NAMESPACE}, or without the cluster. */
record NamespaceName(String cluster, String namespace) {
  /** What a cluster is called where nobody says. */
  static final String USUAL_CLUSTER = "kubernetes";

  /** Reads one. */
  static final class Reader implements ITypeConverter<NamespaceName> {
    @Override
    public NamespaceName convert(String text) {
      String[] parts = text.split("/", -1);
      if (parts.length > 2 || parts[parts.length - 1].isBlank() || parts[0].isBlank()) {
        throw new TypeConversionException(
            "must look like NAMESPACE or CLUSTER/NAMESPACE, not '" + text + "'");
      }
      return parts.length == 2
          ? new NamespaceName(parts[0], parts[1])
          : new NamespaceName(USUAL_CLUSTER, parts[0]);
    }
  }

  String clusterPath() {
    return clusterPath(cluster);
  }

  /** Where the API has a cluster. */
  static String clusterPath(String cluster) {
    return "/api/v1/clusters/" + encoded(cluster);
  }

  String path() {
    return clusterPath() + "/namespaces/" + encoded(namespace);
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public String toString() {
    return cluster + "/" + namespace;
  }
}
