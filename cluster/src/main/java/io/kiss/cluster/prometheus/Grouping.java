package io.kiss.cluster.prometheus;

import java.util.List;
import java.util.Map;

/**
 * By which label series belong to a workload.
 *
 * @param labels that hold it, the first one with a value counting: scraping may move {@code pod} to
 *     {@code exported_pod}
 */
record Grouping(By by, List<String> labels) {

  /** What the label names. */
  enum By {
    /** A pod, whose workload the Kubernetes API knows. */
    POD,
    /** The workload itself. */
    WORKLOAD,
    /** A Service: that of the annotation {@code kiss.io/service}, else that of the same name. */
    SERVICE
  }

  Grouping {
    labels = List.copyOf(labels);
  }

  /** The labels as PromQL's {@code by (…)} lists them. */
  String list() {
    return String.join(", ", labels);
  }

  /** The value of a series; empty where it has none of the labels. */
  String keyOf(Map<String, String> series) {
    for (String label : labels) {
      String value = series.getOrDefault(label, "");
      if (!value.isEmpty()) {
        return value;
      }
    }
    return "";
  }
}
