package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Events on scaled objects, as {@code kubectl describe} shows them. */
final class ScaleEvents {
  private static final Logger log = LoggerFactory.getLogger(ScaleEvents.class);

  /** The API's own limit. */
  private static final int LONGEST_MESSAGE = 1024;

  private final ApiServer server;

  ScaleEvents(ApiServer server) {
    this.server = server;
  }

  /**
   * Writes an event on its own time; one that fails is only logged.
   *
   * @param scaled answer of the scale subresource, whose metadata is the object's
   */
  void tell(
      WorkloadKind kind,
      String namespace,
      GenericKubernetesResource scaled,
      int replicas,
      String reason) {
    Event event = event(kind, namespace, scaled, "Scaled to %d: %s".formatted(replicas, reason));
    server
        .ask(
            "writing an event in namespace " + namespace,
            client -> client.v1().events().inNamespace(namespace).resource(event).create())
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                log.warn("{}", failure.getMessage());
              }
            });
  }

  private static Event event(
      WorkloadKind kind, String namespace, GenericKubernetesResource scaled, String message) {
    String object = scaled.getMetadata().getName();
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withName("%s.%x".formatted(object, System.nanoTime()))
        .withNamespace(namespace)
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(kind.apiVersion())
        .withKind(kind.kind())
        .withNamespace(namespace)
        .withName(object)
        .withUid(scaled.getMetadata().getUid())
        .endInvolvedObject()
        .withType("Normal")
        .withReason("Scaled")
        .withMessage(
            message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE))
        .withNewSource()
        .withComponent("kiss")
        .endSource()
        .withFirstTimestamp(now)
        .withLastTimestamp(now)
        .withCount(1)
        .build();
  }
}
