package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;

/**
 * A kind of object as the API server serves it.
 *
 * @param group empty for the core group
 * @param plural as in URLs, such as {@code deployments}
 */
record WorkloadKind(String group, String version, String plural, String kind) {
  static final WorkloadKind DEPLOYMENT =
      new WorkloadKind("apps", "v1", "deployments", "Deployment");
  static final WorkloadKind STATEFUL_SET =
      new WorkloadKind("apps", "v1", "statefulsets", "StatefulSet");

  /** As in settings and roles: {@code deployments.apps}. */
  String resource() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** What the port calls an object: a Deployment by its name alone. */
  String workloadName(String object) {
    return equals(DEPLOYMENT) ? object : resource() + ":" + object;
  }

  /** The path of an object's scale subresource. */
  String scalePath(String namespace, String object) {
    return "%s/%s/namespaces/%s/%s/%s/scale"
        .formatted(group.isEmpty() ? "/api" : "/apis", apiVersion(), namespace, plural, object);
  }

  ResourceDefinitionContext context() {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withPlural(plural)
        .withKind(kind)
        .withNamespaced(true)
        .build();
  }
}
