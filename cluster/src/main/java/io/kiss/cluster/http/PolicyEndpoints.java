package io.kiss.cluster.http;

import akka.http.javadsl.model.HttpResponse;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
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

  PolicyEndpoints(ControllerClient controller) {
    this.controller = controller;
  }

  /** A registered policy as the API shows it. */
  record PolicyView(
      String id,
      String sha256,
      Instant registeredAt,
      boolean champion,
      Provenance provenance,
      List<EvaluationRow> evaluation) {

    static PolicyView of(RegisteredPolicy policy, Assignment inForce) {
      return new PolicyView(
          policy.ref().id(),
          policy.ref().sha256(),
          Instant.ofEpochMilli(policy.registeredAtMillis()),
          inForce.policy().map(PolicyRef::id).filter(policy.ref().id()::equals).isPresent(),
          policy.provenance(),
          policy.evaluation());
    }
  }

  /** All policies, oldest first, with the term in force. */
  record PoliciesView(
      long term, Optional<String> champion, Optional<String> previous, List<PolicyView> policies) {}

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/policies", call -> controller.view().thenApply(v -> Json.ok(all(v)))),
        Endpoint.get(
            "/api/v1/policies/{id}",
            call -> controller.view().thenApply(view -> Json.ok(one(view, call.segment("id"))))),
        Endpoint.post("/api/v1/policies/{id}/promote", call -> promote(call.segment("id"))),
        Endpoint.post("/api/v1/policies/{id}/rollback", call -> rollback(call.segment("id"))));
  }

  private static PoliciesView all(ControllerView view) {
    return new PoliciesView(
        view.assignment().term(),
        view.assignment().policy().map(PolicyRef::id),
        view.previousPolicy(),
        view.policies().stream().map(p -> PolicyView.of(p, view.assignment())).toList());
  }

  private static PolicyView one(ControllerView view, String id) {
    return view.policies().stream()
        .filter(policy -> policy.ref().id().equals(id))
        .findFirst()
        .map(policy -> PolicyView.of(policy, view.assignment()))
        .orElseThrow(() -> ApiProblem.notFound("there is no policy '" + id + "'"));
  }

  private CompletionStage<HttpResponse> promote(String id) {
    return controller
        .view()
        .thenApply(view -> one(view, id))
        .thenCompose(
            policy ->
                controller.<Assignment>order(
                    reply -> new ControllerProtocol.Promote(policy.id(), reply)))
        .thenApply(Json::ok);
  }

  /** Only the champion can be rolled back: whoever means another would otherwise hit this one. */
  private CompletionStage<HttpResponse> rollback(String id) {
    return controller
        .view()
        .thenCompose(
            view -> {
              if (!one(view, id).champion()) {
                return CompletableFuture.failedFuture(
                    ApiProblem.conflict(
                        "policy '" + id + "' is not in force, so there is nothing to roll back"));
              }
              return controller.<Assignment>order(ControllerProtocol.Rollback::new);
            })
        .thenApply(Json::ok);
  }
}
