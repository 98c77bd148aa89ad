package io.kiss.cluster.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * One request on its way to an endpoint.
 *
 * @param known names of the parameters that the endpoint reads
 */
record Call(
    HttpRequest request, Map<String, String> path, Set<String> known, ActorSystem<?> system) {
  private static final int MAX_BODY = 64 * 1024;
  private static final Duration BODY_TIMEOUT = Duration.ofSeconds(5);

  /** What a name in braces stands for. */
  String segment(String name) {
    return path.get(name);
  }

  /** A parameter, one of those that the endpoint says it reads. */
  Optional<String> query(String name) {
    if (!known.contains(name)) {
      throw new IllegalStateException("the endpoint does not say that it reads '" + name + "'");
    }
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
  void refuseUnknown() {
    request
        .getUri()
        .query()
        .toMultiMap()
        .keySet()
        .forEach(
            name -> {
              if (!known.contains(name)) {
                throw ApiProblem.badRequest("there is no parameter '" + name + "'");
              }
            });
  }

  /**
   * The body as JSON; an empty one counts as <code>{}</code>, but not where it says what is to be:
   * a script that sends an empty variable would have everything reset.
   */
  <T> CompletionStage<T> body(Class<T> type) {
    return body(type, MAX_BODY);
  }

  /** As above, of a body that may have so many bytes. */
  <T> CompletionStage<T> body(Class<T> type, int mostBytes) {
    // Reading a body that announces itself as larger than Akka's own limit fails in another way.
    if (request.entity().getContentLengthOption().orElse(0) > mostBytes) {
      throw ApiProblem.tooLarge();
    }
    return request
        .entity()
        .withSizeLimit(mostBytes)
        .toStrict(BODY_TIMEOUT.toMillis(), system)
        .handle(
            (strict, failure) -> {
              if (failure == null) {
                return strict.getData().utf8String();
              }
              Throwable cause =
                  failure instanceof CompletionException ? failure.getCause() : failure;
              if (cause instanceof TimeoutException) {
                throw ApiProblem.tooSlow(BODY_TIMEOUT);
              }
              throw new CompletionException(cause);
            })
        .thenApply(text -> Json.read(stated(text), type));
  }

  private String stated(String text) {
    if (text.isBlank() && request.method().equals(HttpMethods.PUT)) {
      throw ApiProblem.badRequest("the body is empty; {} stands for all defaults");
    }
    return text;
  }
}
