package io.kiss.cluster.http;

import akka.Done;
import akka.http.javadsl.model.HttpResponse;
import io.kiss.actors.controller.ShadowNames;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.actors.protocol.ShadowRef;
import io.kiss.kisim.autoscale.shadow.ShadowReport;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Who decides beside the scalers of a namespace without acting, and what that would have cost. */
final class ShadowEndpoints {
  private static final String SHADOWS = NamespaceEndpoints.NAMESPACE + "/shadows";

  private final ControllerClient controller;
  private final NamespaceEndpoints namespaces;

  ShadowEndpoints(ControllerClient controller, NamespaceEndpoints namespaces) {
    this.controller = controller;
    this.namespaces = namespaces;
  }

  /** Who is to decide, in place of those before. */
  record PutShadows(List<String> shadows) {}

  /** Who decides, and how they stand beside each Deployment that is scaled or watched. */
  record ShadowsView(List<ShadowRef> shadows, List<Beside> deployments) {}

  /**
   * How they stand beside one Deployment.
   *
   * @param report empty: no tick yet
   */
  record Beside(String deployment, Optional<ShadowReport> report) {}

  List<Endpoint> endpoints() {
    return List.of(Endpoint.get(SHADOWS, this::shown), Endpoint.put(SHADOWS, this::put));
  }

  private CompletionStage<HttpResponse> shown(Call call) {
    return namespaces
        .attached(call)
        .thenCombine(
            namespaces.status(call),
            (attachment, status) ->
                new ShadowsView(
                    attachment.shadows(),
                    status.deployments().stream()
                        .filter(deployment -> deployment.refusal().isEmpty())
                        .map(deployment -> new Beside(deployment.name(), deployment.shadows()))
                        .toList()))
        .thenApply(Json::ok);
  }

  /** Names that mean nobody, or one twice, make no sense however the namespace stands. */
  private static void requireSense(List<String> shadows, ControllerView view) {
    try {
      ShadowNames.resolve(
          id ->
              view.policies().stream()
                  .map(RegisteredPolicy::ref)
                  .filter(policy -> policy.id().equals(id))
                  .findFirst(),
          shadows);
    } catch (IllegalArgumentException e) {
      throw ApiProblem.badRequest(e.getMessage());
    }
  }

  private CompletionStage<HttpResponse> put(Call call) {
    NamespaceRef ref = namespaces.ref(call);
    return call.body(PutShadows.class)
        .thenCombine(namespaces.attached(call), (put, attachment) -> put)
        .thenCombine(
            controller.view(),
            (put, view) -> {
              if (put.shadows() == null || put.shadows().contains(null)) {
                throw ApiProblem.badRequest(
                    "shadows: wants a list of policies and autoscalers, such as [\"hpa\"]");
              }
              requireSense(put.shadows(), view);
              return controller.<Done>order(
                  reply ->
                      new ControllerProtocol.PutShadows(
                          ref.cluster(), ref.namespace(), put.shadows(), reply));
            })
        .thenCompose(done -> done)
        .thenCompose(done -> namespaces.attached(call))
        .thenApply(Json::ok);
  }
}
