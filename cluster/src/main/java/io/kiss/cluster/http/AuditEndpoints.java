package io.kiss.cluster.http;

import akka.http.javadsl.model.HttpResponse;
import io.kiss.cluster.journal.AuditRecord;
import io.kiss.cluster.journal.JdbcAuditLog;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Who changed what. */
final class AuditEndpoints {
  private final JdbcAuditLog audit;

  AuditEndpoints(JdbcAuditLog audit) {
    this.audit = audit;
  }

  /**
   * A page of records, newest first.
   *
   * @param next what to pass as {@code before} for the next page; empty: this was the last
   */
  record AuditPage(List<AuditRecord> records, Optional<String> next) {}

  List<Endpoint> endpoints() {
    return List.of(Endpoint.get("/api/v1/audit", this::page, "limit", "before"));
  }

  private CompletionStage<HttpResponse> page(Call call) {
    int limit = Page.limit(call);
    long before =
        call.query("before")
            .map(
                text -> {
                  try {
                    return Long.parseLong(text);
                  } catch (NumberFormatException e) {
                    throw ApiProblem.badRequest("before: must be the id of a record");
                  }
                })
            .orElse(Long.MAX_VALUE);
    return audit
        .newest(before, limit)
        .thenApply(
            records ->
                Json.ok(
                    new AuditPage(
                        records,
                        records.size() < limit
                            ? Optional.empty()
                            : Optional.of("" + records.get(records.size() - 1).id()))));
  }
}
