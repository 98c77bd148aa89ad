package io.kiss.actors.live;

import io.kiss.actors.protocol.Attachment;

/** A namespace of a cluster; {@code cluster/namespace} names its entity. */
public record NamespaceRef(String cluster, String namespace) {

  public NamespaceRef {
    if (cluster.isBlank() || cluster.contains("/")) {
      throw new IllegalArgumentException("not a cluster name: '" + cluster + "'");
    }
    if (namespace.isBlank() || namespace.contains("/")) {
      throw new IllegalArgumentException("not a namespace: '" + namespace + "'");
    }
  }

  /** The namespace an attachment is about. */
  public static NamespaceRef of(Attachment attachment) {
    return new NamespaceRef(attachment.cluster(), attachment.namespace());
  }

  /** Reads {@link #toString}'s form. */
  public static NamespaceRef parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException("not cluster/namespace: '" + text + "'");
    }
    return new NamespaceRef(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public String toString() {
    return cluster + "/" + namespace;
  }
}
