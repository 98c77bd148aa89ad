package io.kiss.cluster.http;

import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * One thing the API can do.
 *
 * @param path such as {@code /api/v1/policies/{id}}; a name in braces stands for one segment
 * @param handler answers; may throw or fail with {@link ApiProblem}
 * @param query names of the parameters that it reads; any other is refused before it is asked
 */
record Endpoint(HttpMethod method, String path, Handler handler, Set<String> query) {

  /** Answers a call without blocking. */
  @FunctionalInterface
  interface Handler {
    CompletionStage<HttpResponse> answer(Call call);
  }

  static Endpoint get(String path, Handler handler, String... query) {
    return new Endpoint(HttpMethods.GET, path, handler, Set.of(query));
  }

  static Endpoint post(String path, Handler handler) {
    return new Endpoint(HttpMethods.POST, path, handler, Set.of());
  }

  static Endpoint put(String path, Handler handler) {
    return new Endpoint(HttpMethods.PUT, path, handler, Set.of());
  }

  static Endpoint patch(String path, Handler handler) {
    return new Endpoint(HttpMethods.PATCH, path, handler, Set.of());
  }

  static Endpoint delete(String path, Handler handler) {
    return new Endpoint(HttpMethods.DELETE, path, handler, Set.of());
  }

  /** What the names in braces stand for; empty where the path is another one. */
  Optional<Map<String, String>> match(List<String> segments) {
    List<String> pattern = segments(path);
    if (pattern.size() != segments.size()) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < pattern.size(); i++) {
      String wanted = pattern.get(i);
      if (wanted.startsWith("{")) {
        values.put(wanted.substring(1, wanted.length() - 1), segments.get(i));
      } else if (!wanted.equals(segments.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(values);
  }

  private static List<String> segments(String path) {
    List<String> segments = new ArrayList<>(List.of(path.split("/", -1)));
    segments.remove(0);
    if (segments.equals(List.of(""))) {
      segments.clear();
    }
    return segments;
  }
}
