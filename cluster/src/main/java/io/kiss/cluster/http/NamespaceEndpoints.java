package io.kiss.cluster.http;

import akka.Done;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.AskPattern;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.DeploymentOverride;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.NamespaceProtocol.DeploymentStatus;
import io.kiss.actors.protocol.NamespaceProtocol.NamespaceStatus;
import io.kiss.cluster.live.ServiceProfiles;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Namespaces attached in clusters, and their Deployments. */
final class NamespaceEndpoints {
  static final String NAMESPACE =
      LiveClusterEndpoints.CLUSTERS + "/{cluster}/namespaces/{namespace}";

  private final ControllerClient controller;
  private final Function<NamespaceRef, RecipientRef<NamespaceProtocol.Command>> entities;
  private final LiveClusterEndpoints clusters;
  private final ServiceTerms terms;

  NamespaceEndpoints(
      ControllerClient controller,
      Function<NamespaceRef, RecipientRef<NamespaceProtocol.Command>> entities,
      LiveClusterEndpoints clusters,
      ServiceProfiles profiles) {
    this.controller = controller;
    this.entities = entities;
    this.clusters = clusters;
    terms = new ServiceTerms(profiles);
  }

  /** An attachment, and how it stands. */
  record NamespaceView(Attachment attachment, NamespaceStatus status) {}

  /**
   * A page of attachments.
   *
   * @param next what to pass as {@code after} for the next page; empty: this was the last
   */
  record NamespacePage(List<Attachment> namespaces, Optional<String> next) {}

  /**
   * A page of Deployments.
   *
   * @param next what to pass as {@code after} for the next page; empty: this was the last
   */
  record DeploymentPage(List<DeploymentStatus> deployments, Optional<String> next) {}

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get(
            LiveClusterEndpoints.CLUSTERS + "/{cluster}/namespaces",
            this::namespaces,
            "limit",
            "after"),
        Endpoint.get(NAMESPACE, this::namespace),
        Endpoint.put(NAMESPACE, this::attach),
        Endpoint.patch(NAMESPACE, this::amend),
        Endpoint.delete(NAMESPACE, this::detach),
        Endpoint.get(NAMESPACE + "/deployments", this::deployments, "limit", "after"),
        Endpoint.get(NAMESPACE + "/deployments/{name}", this::deployment),
        Endpoint.patch(NAMESPACE + "/deployments/{name}", this::change));
  }

  private CompletionStage<HttpResponse> namespaces(Call call) {
    String cluster = call.segment("cluster");
    return controller
        .view()
        .thenApply(
            view -> {
              clusters.require(view, cluster);
              Page<Attachment> page =
                  Page.of(
                      call,
                      "after",
                      LiveClusterEndpoints.attachments(view, cluster).toList(),
                      Attachment::namespace);
              return Json.ok(new NamespacePage(page.items(), page.next()));
            });
  }

  private CompletionStage<HttpResponse> deployments(Call call) {
    return status(call)
        .thenApply(status -> Page.of(call, "after", status.deployments(), DeploymentStatus::name))
        .thenApply(page -> Json.ok(new DeploymentPage(page.items(), page.next())));
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
    clusters.require(view, ref.cluster());
    clusters.requireSource(put.source() == null ? "" : put.source());
    Optional<Attachment> before = find(view, ref);
    Attachment attachment = put.attachment(ref, before, terms);
    return controller
        .<Done>order(reply -> new ControllerProtocol.PutNamespace(attachment, reply))
        .thenApply(
            done ->
                Json.response(
                    before.isPresent() ? StatusCodes.OK : StatusCodes.CREATED, attachment));
  }

  /** What is left out stays; what is null goes back to its default. */
  private CompletionStage<HttpResponse> amend(Call call) {
    return call.body(ObjectNode.class)
        .thenCompose(
            patch ->
                attached(call)
                    .thenCompose(
                        before -> {
                          Attachment after = PutNamespace.patched(before, patch, terms);
                          clusters.requireSource(after.source());
                          return controller
                              .<Done>order(
                                  reply -> new ControllerProtocol.PutNamespace(after, reply))
                              .thenApply(done -> Json.ok(after));
                        }));
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
                named(status.deployments(), name)
                    .<HttpResponse>map((DeploymentStatus deployment) -> Json.ok(deployment))
                    .orElseThrow(() -> noDeployment(ref(call), name)));
  }

  /**
   * What to change of one Deployment; what is left out stays, what is null goes back to the
   * namespace's.
   */
  private CompletionStage<HttpResponse> change(Call call) {
    NamespaceRef ref = ref(call);
    String name = call.segment("name");
    return call.body(ObjectNode.class)
        .thenCompose(
            patch ->
                attached(call)
                    .thenCombine(
                        seen(ref),
                        (attachment, seen) -> {
                          Optional<DeploymentOverride> before = attachment.override(name);
                          if (before.isEmpty()) {
                            requireDeployment(ref, name, seen);
                          }
                          Optional<WorkloadSpec> inUse =
                              named(seen, name).flatMap(DeploymentStatus::workload);
                          DeploymentOverride override = terms.patched(name, before, patch);
                          ServiceTerms.requireRoom(override, before, inUse);
                          return controller
                              .<Done>order(
                                  reply ->
                                      new ControllerProtocol.PutOverride(
                                          ref.cluster(), ref.namespace(), override, reply))
                              .thenApply(done -> Json.ok(override));
                        }))
        .thenCompose(answer -> answer);
  }

  /** The Deployments that a namespace was seen to have; none where nobody can say. */
  private CompletionStage<List<DeploymentStatus>> seen(NamespaceRef ref) {
    return ask(ref).handle((status, failure) -> failure != null ? List.of() : status.deployments());
  }

  private static Optional<DeploymentStatus> named(List<DeploymentStatus> seen, String name) {
    return seen.stream().filter(deployment -> deployment.name().equals(name)).findFirst();
  }

  /** Refuses a name that is nobody's. Before the first tick has seen any, that cannot be said. */
  private static void requireDeployment(
      NamespaceRef ref, String name, List<DeploymentStatus> seen) {
    if (!seen.isEmpty() && named(seen, name).isEmpty()) {
      throw noDeployment(ref, name);
    }
  }

  private static ApiProblem noDeployment(NamespaceRef ref, String name) {
    return ApiProblem.notFound("namespace %s has no Deployment '%s'".formatted(ref, name));
  }

  /** Fails with a 404 where a namespace, which is attached, is known not to have a Deployment. */
  CompletionStage<Done> requireDeployment(NamespaceRef ref, String name) {
    return seen(ref)
        .thenApply(
            deployments -> {
              requireDeployment(ref, name, deployments);
              return Done.getInstance();
            });
  }

  /** How the namespace a path names stands. */
  CompletionStage<NamespaceStatus> status(Call call) {
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
            view -> {
              clusters.require(view, ref.cluster());
              return find(view, ref)
                  .orElseThrow(() -> ApiProblem.notFound("namespace " + ref + " is not attached"));
            });
  }

  private static Optional<Attachment> find(ControllerView view, NamespaceRef ref) {
    return LiveClusterEndpoints.attachments(view, ref.cluster())
        .filter(attachment -> attachment.namespace().equals(ref.namespace()))
        .findFirst();
  }

  /** The namespace a path names, attached or not. */
  NamespaceRef ref(Call call) {
    String cluster = call.segment("cluster");
    String namespace = call.segment("namespace");
    if (!namespace.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) {
      throw ApiProblem.badRequest("'" + namespace + "' is not a name a namespace can have");
    }
    if (cluster.isBlank() || cluster.contains("/")) {
      throw ApiProblem.notFound("there is no cluster '" + cluster + "'");
    }
    return new NamespaceRef(cluster, namespace);
  }
}
