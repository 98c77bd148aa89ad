package io.kiss.cluster.http;

import akka.Done;
import akka.http.javadsl.model.HttpResponse;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.CanaryStatus;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.Lifecycle.Change;
import io.kiss.actors.protocol.Pin;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.actors.protocol.RegisteredPolicy.EvaluationRow;
import io.kiss.actors.protocol.RegisteredPolicy.Provenance;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The registry of policies, and which of them is in force. */
final class PolicyEndpoints {
  private final ControllerClient controller;
  private final NamespaceEndpoints namespaces;

  PolicyEndpoints(ControllerClient controller, NamespaceEndpoints namespaces) {
    this.controller = controller;
    this.namespaces = namespaces;
  }

  /**
   * A registered policy as the API shows it.
   *
   * @param tried whether it is the candidate that a share of the scalers tries
   * @param rejected whether it was rolled back
   * @param scalers that said they run it
   */
  record PolicyView(
      String id,
      String sha256,
      Instant registeredAt,
      boolean champion,
      boolean tried,
      boolean rejected,
      int scalers,
      Optional<GateReport> gate,
      Provenance provenance,
      List<EvaluationRow> evaluation) {

    static PolicyView of(RegisteredPolicy policy, ControllerView view) {
      Assignment inForce = view.assignment();
      return new PolicyView(
          policy.ref().id(),
          policy.ref().sha256(),
          Instant.ofEpochMilli(policy.registeredAtMillis()),
          inForce.policy().map(PolicyRef::id).filter(policy.ref().id()::equals).isPresent(),
          inForce.canary().filter(c -> c.candidate().equals(policy.ref())).isPresent(),
          view.lifecycle().rejected().contains(policy.ref().id()),
          view.acknowledged().stream()
              .flatMap(a -> a.running().stream())
              .filter(running -> running.policy().equals(policy.ref().id()))
              .mapToInt(ControllerProtocol.Running::scalers)
              .sum(),
          view.lifecycle().report(policy.ref().id()),
          policy.provenance(),
          policy.evaluation());
    }
  }

  /**
   * The term in force, and a page of the policies, oldest first.
   *
   * @param next what to pass as {@code after} for the next page; empty: this was the last
   */
  record PoliciesView(
      long term,
      Optional<String> champion,
      Optional<String> previous,
      boolean paused,
      Optional<CanaryStatus> canary,
      List<Pin> pins,
      List<Change> history,
      List<PolicyView> policies,
      Optional<String> next) {}

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get(
            "/api/v1/policies",
            call ->
                controller
                    .view()
                    .thenApply(
                        v -> shown(v, Page.of(call, "after", v.policies(), PolicyEndpoints::id)))
                    .thenApply(Json::ok),
            "limit",
            "after"),
        Endpoint.get(
            "/api/v1/policies/{id}",
            call -> controller.view().thenApply(view -> Json.ok(one(view, call.segment("id"))))),
        Endpoint.post("/api/v1/policies/{id}/promote", this::promote),
        Endpoint.post("/api/v1/policies/{id}/pin", this::pin),
        Endpoint.post("/api/v1/policies/unpin", this::unpin),
        Endpoint.post("/api/v1/policies/pause", call -> pause(true)),
        Endpoint.post("/api/v1/policies/resume", call -> pause(false)),
        Endpoint.post("/api/v1/policies/{id}/rollback", call -> rollback(call.segment("id"))));
  }

  private static String id(RegisteredPolicy policy) {
    return policy.ref().id();
  }

  private static PoliciesView shown(ControllerView view, Page<RegisteredPolicy> page) {
    return new PoliciesView(
        view.assignment().term(),
        view.assignment().policy().map(PolicyRef::id),
        view.previousPolicy(),
        view.lifecycle().paused(),
        view.canary(),
        view.assignment().pins(),
        view.lifecycle().history(),
        page.map(policy -> PolicyView.of(policy, view)).items(),
        page.next());
  }

  private static PolicyView one(ControllerView view, String id) {
    return view.policies().stream()
        .filter(policy -> policy.ref().id().equals(id))
        .findFirst()
        .map(policy -> PolicyView.of(policy, view))
        .orElseThrow(() -> ApiProblem.notFound("there is no policy '" + id + "'"));
  }

  /**
   * How to promote.
   *
   * @param force whatever the gate said
   * @param direct to all scalers at once, without a canary
   */
  record PromoteRequest(Boolean force, Boolean direct) {}

  private CompletionStage<HttpResponse> promote(Call call) {
    return call.body(PromoteRequest.class)
        .thenCompose(
            how ->
                controller
                    .view()
                    .thenApply(view -> one(view, call.segment("id")))
                    .thenCompose(
                        policy ->
                            controller.<Assignment>order(
                                reply ->
                                    new ControllerProtocol.Promote(
                                        policy.id(),
                                        Boolean.TRUE.equals(how.force()),
                                        Boolean.TRUE.equals(how.direct()),
                                        reply))))
        .thenApply(Json::ok);
  }

  /**
   * Which scalers.
   *
   * @param deployment left out: all of the namespace
   */
  record Target(String cluster, String namespace, Optional<String> deployment) {
    Target {
      deployment = deployment == null ? Optional.empty() : deployment;
      if (cluster == null || namespace == null) {
        throw new IllegalArgumentException("cluster and namespace say whom it is about");
      }
    }
  }

  private CompletionStage<HttpResponse> pin(Call call) {
    return call.body(Target.class)
        .thenCombine(
            controller.view(),
            (target, view) -> {
              PolicyView policy = one(view, call.segment("id"));
              return known(view, target)
                  .thenCompose(
                      done ->
                          controller.<Assignment>order(
                              reply ->
                                  new ControllerProtocol.PinPolicy(
                                      target.cluster(),
                                      target.namespace(),
                                      target.deployment(),
                                      policy.id(),
                                      reply)));
            })
        .thenCompose(answer -> answer)
        .thenApply(Json::ok);
  }

  /** Fails where the Deployment is nobody's; what is no name of a namespace, is not attached. */
  private CompletionStage<Done> known(ControllerView view, Target target) {
    if (target.deployment().isEmpty()
        || view.attachments().stream()
            .noneMatch(
                attachment ->
                    attachment.cluster().equals(target.cluster())
                        && attachment.namespace().equals(target.namespace()))) {
      return CompletableFuture.completedFuture(Done.getInstance());
    }
    return namespaces.requireDeployment(
        new NamespaceRef(target.cluster(), target.namespace()), target.deployment().get());
  }

  private CompletionStage<HttpResponse> unpin(Call call) {
    return call.body(Target.class)
        .thenCompose(
            target ->
                controller.<Assignment>order(
                    reply ->
                        new ControllerProtocol.UnpinPolicy(
                            target.cluster(), target.namespace(), target.deployment(), reply)))
        .thenApply(Json::ok);
  }

  private CompletionStage<HttpResponse> pause(boolean paused) {
    return controller
        .<Done>order(reply -> new ControllerProtocol.PausePolicies(paused, reply))
        .thenCompose(done -> controller.view())
        .thenApply(view -> Json.ok(shown(view, Page.first(view.policies(), PolicyEndpoints::id))));
  }

  /**
   * Only the champion and what is being tried can be rolled back: whoever means another would
   * otherwise hit this one.
   */
  private CompletionStage<HttpResponse> rollback(String id) {
    return controller
        .view()
        .thenCompose(
            view -> {
              PolicyView policy = one(view, id);
              boolean tried = view.assignment().canary().isPresent();
              if (tried ? !policy.tried() : !policy.champion()) {
                return CompletableFuture.failedFuture(
                    ApiProblem.conflict(
                        tried
                            ? "another policy is being tried; roll that one back first"
                            : "policy '"
                                + id
                                + "' is not in force, so there is nothing to roll back"));
              }
              return controller.<Assignment>order(ControllerProtocol.Rollback::new);
            })
        .thenApply(Json::ok);
  }
}
