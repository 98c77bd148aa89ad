package io.kiss.cluster.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.javadsl.Sink;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.PolicyStore;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.replay.ReplayedDecision;
import io.kiss.actors.replay.Replayer;
import io.kiss.actors.scaler.PolicyCache;
import io.kiss.cluster.journal.DecisionRange;
import io.kiss.cluster.journal.JdbcDecisionJournal;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What somebody else would have decided. */
final class ReplayEndpoints {
  static final String REPLAY =
      NamespaceEndpoints.NAMESPACE + "/deployments/{name}/decisions/{id}/replay";

  /** What decided then. */
  private static final String RECORDED = "recorded";

  /** The queueing rule within KIS-S' guardrails. */
  private static final String NONE = "none";

  /** A classical autoscaler is shown what was recorded so long before. */
  private static final double WARM_UP_SECONDS = 3600;

  private final ActorSystem<?> system;
  private final JdbcDecisionJournal journal;
  private final PolicyCache policies;
  private final ControllerClient controller;

  ReplayEndpoints(
      ActorSystem<?> system,
      JdbcDecisionJournal journal,
      PolicyStore store,
      ControllerClient controller) {
    this.system = system;
    this.journal = journal;
    policies = new PolicyCache(store);
    this.controller = controller;
  }

  /**
   * An answer.
   *
   * @param caveat what is to be known before reading it
   */
  record ReplayView(String caveat, ReplayedDecision decision) {}

  List<Endpoint> endpoints() {
    return List.of(Endpoint.get(REPLAY, this::replay, "policy"));
  }

  private CompletionStage<HttpResponse> replay(Call call) {
    String by = call.query("policy").orElse(RECORDED);
    return decision(call)
        .thenCombine(
            controller.view(),
            (record, view) ->
                by(by, view, record)
                    .thenApply(decision -> Json.ok(new ReplayView(Replayer.CAVEAT, decision))))
        .thenCompose(answer -> answer);
  }

  private CompletionStage<DecisionRecord> decision(Call call) {
    String id = call.segment("id");
    return journal
        .find(id)
        .thenApply(
            found ->
                found
                    .filter(record -> record.cluster().equals(call.segment("cluster")))
                    .filter(record -> record.namespace().equals(call.segment("namespace")))
                    .filter(record -> record.deployment().equals(call.segment("name")))
                    .orElseThrow(
                        () ->
                            ApiProblem.notFound(
                                "Deployment %s/%s/%s has no decision '%s'"
                                    .formatted(
                                        call.segment("cluster"),
                                        call.segment("namespace"),
                                        call.segment("name"),
                                        id))));
  }

  private CompletionStage<ReplayedDecision> by(
      String by, ControllerView view, DecisionRecord record) {
    return network(record.policy(), view)
        .thenCompose(
            recorded -> {
              Optional<PolicyRef> registered = ref(by, view);
              if (registered.isPresent()) {
                return policies
                    .get(registered.get())
                    .thenApply(
                        network ->
                            Replayer.policy(by, Optional.of(network), id -> recorded)
                                .replay(record));
              }
              if (by.equals(RECORDED) || by.equals(NONE)) {
                Replayer replayer =
                    by.equals(RECORDED)
                        ? Replayer.asRecorded(id -> recorded)
                        : Replayer.policy(by, Optional.empty(), id -> recorded);
                return CompletableFuture.completedFuture(replayer.replay(record));
              }
              return warmedUp(Replayer.autoscaler(autoscaler(by)), record);
            });
  }

  private static AutoscalerChoice autoscaler(String by) {
    try {
      return AutoscalerChoice.parse(by);
    } catch (IllegalArgumentException e) {
      throw ApiProblem.badRequest(
          "policy: no policy '%s' is registered, it is neither %s nor %s, and %s"
              .formatted(by, RECORDED, NONE, e.getMessage()));
    }
  }

  private static Optional<PolicyRef> ref(String id, ControllerView view) {
    return view.policies().stream().map(p -> p.ref()).filter(r -> r.id().equals(id)).findFirst();
  }

  /** Empty where there is none, or it cannot be had: the replay says so where that matters. */
  private CompletionStage<Optional<PolicyNetwork>> network(
      Optional<String> id, ControllerView view) {
    return id.flatMap(known -> ref(known, view))
        .map(ref -> policies.get(ref).thenApply(Optional::of).exceptionally(e -> Optional.empty()))
        .orElse(CompletableFuture.completedFuture(Optional.empty()));
  }

  private CompletionStage<ReplayedDecision> warmedUp(Replayer replayer, DecisionRecord record) {
    DecisionRange before =
        new DecisionRange(
            record.cluster(),
            record.namespace(),
            Optional.of(record.deployment()),
            Optional.of(record.timeSeconds() - WARM_UP_SECONDS),
            Optional.of(record.timeSeconds()));
    return journal.stream(before)
        .runWith(Sink.foreach(replayer::replay), system)
        .thenApply(done -> replayer.replay(record));
  }
}
