package io.kiss.cluster.http;

import akka.Done;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.AskPattern;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.NamespaceProtocol.DeploymentStatus;
import io.kiss.actors.protocol.NamespaceProtocol.NamespaceStatus;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Clusters, the namespaces attached in them, and their Deployments. */
final class NamespaceEndpoints {
  private static final String CLUSTERS = "/api/v1/clusters";
  static final String NAMESPACE = CLUSTERS + "/{cluster}/namespaces/{namespace}";

  private static final int MOST_FAILSAFE_REPLICAS = 10_000;

  private final ControllerClient controller;
  private final Function<NamespaceRef, RecipientRef<NamespaceProtocol.Command>> entities;
  private final List<String> clusters;

  NamespaceEndpoints(
      ControllerClient controller,
      Function<NamespaceRef, RecipientRef<NamespaceProtocol.Command>> entities,
      List<String> clusters) {
    this.controller = controller;
    this.entities = entities;
    this.clusters = List.copyOf(clusters);
  }

  /** A cluster this node can reach. */
  record ClusterView(String name, List<String> namespaces) {}

  /** An attachment, and how it stands. */
  record NamespaceView(Attachment attachment, NamespaceStatus status) {}

  /**
   * How to attach a namespace; what is left out has a default, but the mode stays as it was.
   *
   * @param guards some or all of the guardrails' settings
   */
  record PutNamespace(
      String selector, Attachment.Mode mode, Double tickSeconds, ObjectNode guards) {

    Attachment attachment(NamespaceRef ref, Optional<Attachment> before) {
      double tick = tickSeconds == null ? WorkloadSpec.DEFAULT_TICK_SECONDS : tickSeconds;
      if (!(tick >= 1 && tick <= 3600)) {
        throw ApiProblem.badRequest("tickSeconds: must be in 1..3600");
      }
      if (selector != null && !LabelSelector.isValid(selector)) {
        throw ApiProblem.badRequest(
            "selector: '%s' is not a label selector such as app=web,tier in (a, b),!canary"
                .formatted(selector));
      }
      Attachment.Mode kept = before.map(Attachment::mode).orElse(Attachment.Mode.SHADOW);
      return new Attachment(
          ref.cluster(),
          ref.namespace(),
          selector == null ? "" : selector,
          mode == null ? kept : mode,
          tick,
          guardSettings());
    }

    private GuardSettings guardSettings() {
      if (guards == null) {
        return GuardSettings.DEFAULT;
      }
      ObjectNode all = Json.MAPPER.valueToTree(GuardSettings.DEFAULT);
      all.setAll(guards);
      try {
        GuardSettings settings = Json.MAPPER.treeToValue(all, GuardSettings.class);
        if (settings.failsafeReplicas() > MOST_FAILSAFE_REPLICAS) {
          throw ApiProblem.badRequest(
              "guards.failsafeReplicas: must be in 0.." + MOST_FAILSAFE_REPLICAS);
        }
        return settings;
      } catch (JsonProcessingException e) {
        throw ApiProblem.badRequest("guards." + Json.sentence(e));
      }
    }
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get(CLUSTERS, call -> clusters()),
        Endpoint.get(CLUSTERS + "/{cluster}/namespaces", this::namespaces),
        Endpoint.get(NAMESPACE, this::namespace),
        Endpoint.put(NAMESPACE, this::attach),
        Endpoint.delete(NAMESPACE, this::detach),
        Endpoint.get(
            NAMESPACE + "/deployments",
            call -> status(call).thenApply(status -> Json.ok(status.deployments()))),
        Endpoint.get(NAMESPACE + "/deployments/{name}", this::deployment));
  }

  private CompletionStage<HttpResponse> clusters() {
    return controller
        .view()
        .thenApply(
            view ->
                Json.ok(
                    clusters.stream()
                        .map(
                            name ->
                                new ClusterView(
                                    name,
                                    attachments(view, name).map(Attachment::namespace).toList()))
                        .toList()));
  }

  private static java.util.stream.Stream<Attachment> attachments(
      ControllerView view, String cluster) {
    return view.attachments().stream().filter(a -> a.cluster().equals(cluster));
  }

  private CompletionStage<HttpResponse> namespaces(Call call) {
    String cluster = cluster(call);
    return controller.view().thenApply(view -> Json.ok(attachments(view, cluster).toList()));
  }

  private CompletionStage<HttpResponse> namespace(Call call) {
    return attached(call)
        .thenCompose(
            attachment ->
                ask(ref(call))
                    .thenApply(s -> Json.ok(new NamespaceView(attachment, s), attachment)));
  }

  private CompletionStage<HttpResponse> attach(Call call) {
    NamespaceRef ref = ref(call);
    return call.body(PutNamespace.class)
        .thenCompose(put -> controller.view().thenCompose(view -> attach(ref, put, view)));
  }

  private CompletionStage<HttpResponse> attach(
      NamespaceRef ref, PutNamespace put, ControllerView view) {
    Optional<Attachment> before = find(view, ref);
    Attachment attachment = put.attachment(ref, before);
    return controller
        .<Done>order(reply -> new ControllerProtocol.PutNamespace(attachment, reply))
        .thenApply(
            done ->
                Json.response(
                    before.isPresent() ? StatusCodes.OK : StatusCodes.CREATED, attachment));
  }

  private CompletionStage<HttpResponse> detach(Call call) {
    NamespaceRef ref = ref(call);
    return attached(call)
        .thenCompose(
            attachment ->
                controller.<Done>order(
                    reply ->
                        new ControllerProtocol.DeleteNamespace(
                            ref.cluster(), ref.namespace(), reply)))
        .thenApply(done -> HttpResponse.create().withStatus(StatusCodes.NO_CONTENT));
  }

  private CompletionStage<HttpResponse> deployment(Call call) {
    String name = call.segment("name");
    return status(call)
        .thenApply(
            status ->
                status.deployments().stream()
                    .filter(deployment -> deployment.name().equals(name))
                    .findFirst()
                    .<HttpResponse>map((DeploymentStatus deployment) -> Json.ok(deployment))
                    .orElseThrow(
                        () ->
                            ApiProblem.notFound(
                                "namespace %s has no Deployment '%s'".formatted(ref(call), name))));
  }

  private CompletionStage<NamespaceStatus> status(Call call) {
    return attached(call).thenCompose(attachment -> ask(ref(call)));
  }

  private CompletionStage<NamespaceStatus> ask(NamespaceRef ref) {
    return AskPattern.ask(
        entities.apply(ref),
        NamespaceProtocol.GetStatus::new,
        controller.timeout(),
        controller.system().scheduler());
  }

  /** The attachment a path names; a namespace that is not attached must not be woken. */
  CompletionStage<Attachment> attached(Call call) {
    NamespaceRef ref = ref(call);
    return controller
        .view()
        .thenApply(
            view ->
                find(view, ref)
                    .orElseThrow(
                        () -> ApiProblem.notFound("namespace " + ref + " is not attached")));
  }

  private static Optional<Attachment> find(ControllerView view, NamespaceRef ref) {
    return attachments(view, ref.cluster())
        .filter(attachment -> attachment.namespace().equals(ref.namespace()))
        .findFirst();
  }

  private String cluster(Call call) {
    String cluster = call.segment("cluster");
    if (!clusters.contains(cluster)) {
      throw ApiProblem.notFound("there is no cluster '" + cluster + "'");
    }
    return cluster;
  }

  /** The namespace a path names, attached or not, in a cluster that is there. */
  NamespaceRef ref(Call call) {
    String cluster = cluster(call);
    String namespace = call.segment("namespace");
    if (!namespace.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) {
      throw ApiProblem.badRequest("'" + namespace + "' is not a name a namespace can have");
    }
    return new NamespaceRef(cluster, namespace);
  }
}
