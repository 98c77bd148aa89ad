package io.kiss.cluster.http;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.cluster.journal.AuditRecord;
import io.kiss.cluster.journal.JdbcAuditLog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Around every change: what it changes is read before and after, a condition on it is checked, and
 * who did what is kept. Changes of one path come one after the other on a node, so that a condition
 * that held still holds; between nodes the controller has the last word.
 */
final class Changes {
  private static final Logger LOG = LoggerFactory.getLogger("io.kiss.audit");

  private final List<Endpoint> endpoints;
  private final Optional<JdbcAuditLog> audit;
  private final boolean requireIfMatch;
  private final Map<String, CompletionStage<?>> last = new ConcurrentHashMap<>();

  Changes(List<Endpoint> endpoints, Optional<JdbcAuditLog> audit, boolean requireIfMatch) {
    this.endpoints = List.copyOf(endpoints);
    this.audit = audit;
    this.requireIfMatch = requireIfMatch;
  }

  /** What is there, as its GET shows it; both empty: nothing. */
  private record Shown(Optional<String> etag, Optional<JsonNode> json) {
    static final Shown NOTHING = new Shown(Optional.empty(), Optional.empty());
  }

  /** Makes the change when those before it on its path are done. */
  CompletionStage<HttpResponse> make(Endpoint endpoint, Call call, Caller caller, String id) {
    String path = call.request().getUri().path();
    CompletableFuture<HttpResponse> mine = new CompletableFuture<>();
    CompletionStage<?> before = last.put(path, mine);
    CompletionStage<?> turn =
        before == null ? CompletableFuture.completedFuture(null) : before.handle((a, b) -> null);
    turn.thenCompose(now -> inTurn(endpoint, call, caller, id))
        .whenComplete(
            (response, failure) -> {
              last.remove(path, mine);
              if (failure == null) {
                mine.complete(response);
              } else {
                mine.completeExceptionally(failure);
              }
            });
    return mine;
  }

  private CompletionStage<HttpResponse> inTurn(
      Endpoint endpoint, Call call, Caller caller, String id) {
    return shown(endpoint, call)
        .thenCompose(
            before -> {
              boolean replaces = !endpoint.method().equals(HttpMethods.POST);
              Conditions.check(
                  Envelope.header(call.request(), "If-Match"),
                  before.etag(),
                  requireIfMatch && replaces);
              return endpoint
                  .handler()
                  .answer(call)
                  .thenCompose(
                      response ->
                          response.status().isSuccess()
                              ? shown(endpoint, call)
                                  .thenCompose(
                                      after ->
                                          keep(record(call, caller, id, response, before, after)))
                                  .handle((kept, failure) -> response)
                              : CompletableFuture.completedFuture(response));
            });
  }

  private static AuditRecord record(
      Call call, Caller caller, String id, HttpResponse response, Shown before, Shown after) {
    return new AuditRecord(
        0,
        java.time.Instant.now(),
        caller.name(),
        caller.role().name(),
        id,
        call.request().method().value(),
        call.request().getUri().path(),
        response.status().intValue(),
        before.json(),
        after.json());
  }

  /** The change is made whatever becomes of its record; the log then has it. */
  private CompletionStage<?> keep(AuditRecord record) {
    LOG.info(
        "{} ({}) {} {}: {}, request {}",
        record.who(),
        record.role(),
        record.method(),
        record.path(),
        record.status(),
        record.requestId());
    if (audit.isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    return audit
        .get()
        .add(record)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                LOG.error("The record of request {} cannot be kept", record.requestId(), failure);
              }
            });
  }

  /** By the GET of the same path, or else of the thing that an action is done to. */
  private CompletionStage<Shown> shown(Endpoint endpoint, Call call) {
    Optional<Endpoint> get = get(endpoint.path());
    if (get.isEmpty()) {
      get = get(endpoint.path().replaceFirst("/[^/]+$", ""));
    }
    if (get.isEmpty()) {
      return CompletableFuture.completedFuture(Shown.NOTHING);
    }
    Call read = new Call(call.request(), call.path(), get.get().query(), call.system());
    CompletionStage<HttpResponse> answer;
    try {
      answer = get.get().handler().answer(read);
    } catch (RuntimeException e) {
      return CompletableFuture.completedFuture(Shown.NOTHING);
    }
    return answer.handle((response, failure) -> failure == null ? of(response) : Shown.NOTHING);
  }

  private Optional<Endpoint> get(String path) {
    return endpoints.stream()
        .filter(e -> e.method().equals(HttpMethods.GET) && e.path().equals(path))
        .findFirst();
  }

  private static Shown of(HttpResponse response) {
    if (!response.status().equals(StatusCodes.OK)
        || !(response.entity() instanceof HttpEntity.Strict strict)) {
      return Shown.NOTHING;
    }
    String text = strict.getData().utf8String();
    try {
      return new Shown(
          Envelope.etag(response).or(() -> Optional.of(Json.etag(text))),
          Optional.of(Json.MAPPER.readTree(text)));
    } catch (JsonProcessingException e) {
      return Shown.NOTHING;
    }
  }
}
