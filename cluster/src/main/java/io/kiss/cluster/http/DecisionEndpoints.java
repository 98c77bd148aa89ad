package io.kiss.cluster.http;

import akka.http.javadsl.model.HttpResponse;
import io.kiss.actors.live.DecisionRecord;
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
  private final EventFeeds feeds;

  DecisionEndpoints(JdbcDecisionJournal journal, EventFeeds feeds) {
    this.journal = journal;
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
                    EventStreams.of("decision", feeds.decisions(), DecisionRecord::id))));
  }

  private CompletionStage<HttpResponse> page(Call call) {
    call.allowOnly(Set.of("limit", "before", "deployment"));
    int limit = call.query("limit", DEFAULT_LIMIT);
    DecisionQuery query;
    try {
      query =
          new DecisionQuery(
              call.segment("cluster"),
              call.segment("namespace"),
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
              return Json.ok(page(decisions, limit));
            });
  }

  private static DecisionPage page(List<DecisionRecord> decisions, int limit) {
    return new DecisionPage(
        decisions,
        decisions.size() < limit
            ? Optional.empty()
            : Optional.of(decisions.get(decisions.size() - 1).id()));
  }
}
