package io.kiss.cluster.http;

import akka.http.javadsl.model.HttpResponse;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.cluster.journal.DecisionQuery;
import io.kiss.cluster.journal.JdbcDecisionJournal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Decisions of the past, and as they are made. */
final class DecisionEndpoints {
  private static final int DEFAULT_LIMIT = 100;

  private final JdbcDecisionJournal journal;
  private final NamespaceEndpoints namespaces;
  private final EventFeeds feeds;

  DecisionEndpoints(JdbcDecisionJournal journal, NamespaceEndpoints namespaces, EventFeeds feeds) {
    this.journal = journal;
    this.namespaces = namespaces;
    this.feeds = feeds;
  }

  /**
   * A page of decisions, newest first.
   *
   * @param next what to pass as {@code before} for the next page; empty: this was the last
   */
  record DecisionPage(List<DecisionRecord> decisions, Optional<String> next) {}

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get(NamespaceEndpoints.NAMESPACE + "/decisions", this::page),
        Endpoint.get(
            "/api/v1/decisions/events",
            call ->
                CompletableFuture.completedFuture(
                    EventStreams.of("decision", feeds.decisionFeed(), call, false))));
  }

  private CompletionStage<HttpResponse> page(Call call) {
    call.allowOnly(Set.of("limit", "before", "deployment"));
    NamespaceRef ref = namespaces.ref(call);
    int limit = call.query("limit", DEFAULT_LIMIT);
    DecisionQuery query;
    try {
      query =
          new DecisionQuery(
              ref.cluster(),
              ref.namespace(),
              call.query("deployment"),
              call.query("before"),
              limit);
    } catch (IllegalArgumentException e) {
      throw ApiProblem.badRequest(e.getMessage());
    }
    return journal
        .query(query)
        .handle(
            (decisions, failure) -> {
              if (failure != null) {
                Throwable cause =
                    failure instanceof CompletionException ? failure.getCause() : failure;
                throw cause instanceof IllegalArgumentException
                    ? ApiProblem.badRequest(cause.getMessage())
                    : new CompletionException(cause);
              }
              return decisions;
            })
        .thenCompose(
            decisions ->
                // What was decided outlives the attachment it was decided under.
                decisions.isEmpty()
                    ? namespaces.attached(call).thenApply(attachment -> decisions)
                    : CompletableFuture.completedFuture(decisions))
        .thenApply(decisions -> Json.ok(page(decisions, limit)));
  }

  private static DecisionPage page(List<DecisionRecord> decisions, int limit) {
    return new DecisionPage(
        decisions,
        decisions.size() < limit
            ? Optional.empty()
            : Optional.of(decisions.get(decisions.size() - 1).id()));
  }
}
