package io.kiss.cluster.prometheus;

import java.util.List;

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
}
