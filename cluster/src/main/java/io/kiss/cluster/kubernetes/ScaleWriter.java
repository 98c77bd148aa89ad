package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kiss.actors.live.ScaleConflict;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sets {@code spec.replicas} through the scale subresource, only while the lease is held, and only
 * of the version that was decided upon: the server refuses any other with 409.
 */
final class ScaleWriter {
  private static final int CONFLICT = 409;
  private static final PatchContext MERGE =
      new PatchContext.Builder().withPatchType(PatchType.JSON_MERGE).build();

  private final ApiServer server;
  private final KubernetesSettings settings;
  private final Leases leases;
  private final ScaleEvents events;
  private final Map<String, WorkloadKind> kinds = new ConcurrentHashMap<>();

  /** What is to be written, to what. */
  private record Write(
      String namespace, String workload, String object, int replicas, String resourceVersion) {

    @Override
    public String toString() {
      return "scaling %s/%s to %d replicas".formatted(namespace, workload, replicas);
    }
  }

  ScaleWriter(ApiServer server, KubernetesSettings settings, Leases leases) {
    this.server = server;
    this.settings = settings;
    this.leases = leases;
    events = new ScaleEvents(server);
  }

  /** Writes, and says why in an event on the object. */
  CompletionStage<String> write(
      String namespace, String workload, int replicas, String resourceVersion, String reason) {
    if (replicas < 1) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "%s/%s cannot be scaled to %d: scaling to zero needs an activation source"
                  .formatted(namespace, workload, replicas)));
    }
    if (resourceVersion.isBlank()) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "%s/%s is not scaled without the version that was decided upon"
                  .formatted(namespace, workload)));
    }
    int colon = workload.indexOf(':');
    String resource = colon < 0 ? WorkloadKind.DEPLOYMENT.resource() : workload.substring(0, colon);
    Write write =
        new Write(namespace, workload, workload.substring(colon + 1), replicas, resourceVersion);
    AtomicBoolean unsure = new AtomicBoolean();
    return server.ask(
        write.toString(),
        client -> {
          WorkloadKind kind = kind(client, resource);
          GenericKubernetesResource scaled = attempt(client, kind, write, unsure);
          events.tell(kind, write.namespace(), scaled, replicas, reason);
          return scaled.getMetadata().getResourceVersion();
        });
  }

  private GenericKubernetesResource attempt(
      KubernetesClient client, WorkloadKind kind, Write write, AtomicBoolean unsure) {
    refuseBeyondLease(write);
    Resource<GenericKubernetesResource> object = object(client, kind, write);
    try {
      return object.subresource("scale").patch(MERGE, patch(write));
    } catch (RuntimeException e) {
      if (ApiFailure.code(e) == CONFLICT) {
        return conflict(client, kind, write, unsure.get());
      }
      // It may have been taken although no answer came.
      unsure.compareAndSet(false, ApiFailure.passes(e));
      throw e;
    }
  }

  private static Resource<GenericKubernetesResource> object(
      KubernetesClient client, WorkloadKind kind, Write write) {
    return client
        .genericKubernetesResources(kind.context())
        .inNamespace(write.namespace())
        .withName(write.object());
  }

  private static String patch(Write write) {
    return Serialization.asJson(
        Map.of(
            "metadata", Map.of("resourceVersion", write.resourceVersion()),
            "spec", Map.of("replicas", write.replicas())));
  }

  /** A second attempt meets the version that the first one made, where that was taken after all. */
  private static GenericKubernetesResource conflict(
      KubernetesClient client, WorkloadKind kind, Write write, boolean unsure) {
    String json = unsure ? client.raw(kind.scalePath(write.namespace(), write.object())) : null;
    GenericKubernetesResource now =
        json == null ? null : Serialization.unmarshal(json, GenericKubernetesResource.class);
    Number replicas = now == null ? null : now.get("spec", "replicas");
    if (replicas != null && replicas.intValue() == write.replicas()) {
      return now;
    }
    throw new ScaleConflict(
        "%s/%s has changed since version %s was read; nothing was written"
            .formatted(write.namespace(), write.workload(), write.resourceVersion()));
  }

  /** The client reads the object before it patches its scale, and each may take its time. */
  private void refuseBeyondLease(Write write) {
    Duration left = leases.left(write.namespace());
    if (left.compareTo(settings.writeTimeout()) < 0) {
      throw new ApiFailure(
          "%s is refused: the lease kiss-scaler of the namespace is held for %d ms more, which is less than its two requests may take"
              .formatted(write, Math.max(0, left.toMillis())));
    }
  }

  private WorkloadKind kind(KubernetesClient client, String resource) {
    return ServedKinds.builtIn(resource)
        .orElseGet(
            () ->
                kinds.computeIfAbsent(
                    resource,
                    key ->
                        ServedKinds.scalable(client, key)
                            .orElseThrow(() -> new ApiFailure("the cluster has no kind " + key))));
  }
}
