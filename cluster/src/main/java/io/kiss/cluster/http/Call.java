package io.kiss.cluster.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** One request on its way to an endpoint. */
record Call(HttpRequest request, Map<String, String> path, ActorSystem<?> system) {
  private static final int MAX_BODY = 64 * 1024;
  private static final Duration BODY_TIMEOUT = Duration.ofSeconds(5);

  /** What a name in braces stands for. */
  String segment(String name) {
    return path.get(name);
  }

  Optional<String> query(String name) {
    return request.getUri().query().get(name);
  }

  int query(String name, int otherwise) {
    return query(name)
        .map(
            text -> {
              try {
                return Integer.parseInt(text);
              } catch (NumberFormatException e) {
                throw ApiProblem.badRequest(name + " must be a whole number, not '" + text + "'");
              }
            })
        .orElse(otherwise);
  }

  /** Refuses a parameter that has no meaning here, a misspelt one above all. */
  void allowOnly(Set<String> names) {
    request
        .getUri()
        .query()
        .toMultiMap()
        .keySet()
        .forEach(
            name -> {
              if (!names.contains(name)) {
                throw ApiProblem.badRequest("there is no parameter '" + name + "'");
              }
            });
  }

  /** The body as JSON; an empty one counts as <code>{}</code>. */
  <T> CompletionStage<T> body(Class<T> type) {
    return body(type, MAX_BODY);
  }

  /** As {@link #body(Class)}, for what may be larger than the usual. */
  <T> CompletionStage<T> body(Class<T> type, int limit) {
    // Reading a body that announces itself as larger than Akka's own limit fails in another way.
    if (request.entity().getContentLengthOption().orElse(0) > limit) {
      throw ApiProblem.tooLarge();
    }
    return request
        .entity()
        .withSizeLimit(limit)
        .toStrict(BODY_TIMEOUT.toMillis(), system)
        .thenApply(strict -> Json.read(strict.getData().utf8String(), type));
  }
}
