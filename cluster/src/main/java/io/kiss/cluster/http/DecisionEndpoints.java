package io.kiss.cluster.http;

import akka.NotUsed;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaType;
import akka.http.javadsl.model.MediaTypes;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.cluster.journal.DecisionQuery;
import io.kiss.cluster.journal.DecisionRange;
import io.kiss.cluster.journal.JdbcDecisionJournal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Decisions of the past, and as they are made. */
final class DecisionEndpoints {
  private static final int DEFAULT_LIMIT = 100;

  /** Newline-delimited JSON: one value a line. */
  static final MediaType.WithFixedCharset NDJSON =
      MediaTypes.applicationWithFixedCharset("x-ndjson", HttpCharsets.UTF_8, "ndjson");

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
        Endpoint.get(
            NamespaceEndpoints.NAMESPACE + "/decisions",
            this::decisions,
            "limit",
            "before",
            "deployment",
            "from",
            "to",
            "format"),
        Endpoint.get(
            "/api/v1/decisions/events",
            call ->
                CompletableFuture.completedFuture(
                    EventStreams.of("decision", feeds.decisionFeed(), call, false))));
  }

  private CompletionStage<HttpResponse> decisions(Call call) {
    NamespaceRef ref = namespaces.ref(call);
    Format format = format(call);
    DecisionRange range;
    try {
      range =
          new DecisionRange(
              ref.cluster(),
              ref.namespace(),
              call.query("deployment"),
              time(call, "from"),
              time(call, "to"));
    } catch (IllegalArgumentException e) {
      throw ApiProblem.badRequest(e.getMessage());
    }
    return format == Format.NDJSON ? export(call, range) : page(call, range);
  }

  private enum Format {
    JSON,
    NDJSON
  }

  private static Format format(Call call) {
    return call.query("format")
        .map(
            text ->
                switch (text) {
                  case "json" -> Format.JSON;
                  case "ndjson" -> Format.NDJSON;
                  default ->
                      throw ApiProblem.badRequest(
                          "format: there are json and ndjson, not '" + text + "'");
                })
        .orElse(Envelope.prefers(call.request(), NDJSON) ? Format.NDJSON : Format.JSON);
  }

  private static Optional<Double> time(Call call, String name) {
    return call.query(name).map(text -> DecisionRange.seconds(name, text));
  }

  /** One decision a line, oldest first, all of the range. */
  private CompletionStage<HttpResponse> export(Call call, DecisionRange range) {
    for (String paged : List.of("limit", "before")) {
      if (call.query(paged).isPresent()) {
        throw ApiProblem.badRequest(
            paged + " goes with format=json; ndjson has all of from and to");
      }
    }
    Source<ByteString, NotUsed> lines =
        journal.stream(range).map(decision -> ByteString.fromString(Json.write(decision) + "\n"));
    return CompletableFuture.completedFuture(
        HttpResponse.create()
            .withEntity(HttpEntities.createChunked(NDJSON.toContentType(), lines)));
  }

  private CompletionStage<HttpResponse> page(Call call, DecisionRange range) {
    int limit = call.query("limit", DEFAULT_LIMIT);
    DecisionQuery query;
    try {
      query = new DecisionQuery(range, call.query("before"), limit);
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
