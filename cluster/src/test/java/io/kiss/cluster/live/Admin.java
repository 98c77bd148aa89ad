package io.kiss.cluster.live;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** What the admin API of a node says of one attached namespace. */
final class Admin {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLUSTER = "/api/v1/clusters/live";

  private final HttpClient http = HttpClient.newHttpClient();
  private final String url;
  private final String namespace;

  Admin(int port, String namespace) {
    url = "http://127.0.0.1:" + port;
    this.namespace = CLUSTER + "/namespaces/" + namespace;
  }

  String url() {
    return url;
  }

  /** How the Deployment stands; missing where there is no answer or no such Deployment yet. */
  JsonNode deployment(String name) {
    for (JsonNode each : get(namespace).path("status").path("deployments")) {
      if (each.path("name").asText().equals(name)) {
        return each;
      }
    }
    return JSON.missingNode();
  }

  JsonNode status() {
    return get(namespace).path("status");
  }

  /** All decisions recorded since then, oldest first. */
  List<JsonNode> decisionsSince(double seconds) {
    String lines =
        request(namespace + "/decisions?from=" + new BigDecimal(seconds).toPlainString(), "GET", "")
            .body();
    List<JsonNode> decisions = new ArrayList<>();
    lines.lines().forEach(line -> decisions.add(read(line)));
    return decisions;
  }

  /** Says whether decisions on it are carried out. */
  void mode(String deployment, String mode) {
    taken(
        request(
            namespace + "/deployments/" + deployment,
            "PATCH",
            "{\"mode\":\"%s\"}".formatted(mode)));
  }

  /** Says where the cluster is. */
  void define(String json) {
    taken(request(CLUSTER, "PUT", json));
  }

  /** Attaches the namespace, or changes how. */
  void attach(String json) {
    taken(request(namespace, "PUT", json));
  }

  private static void taken(HttpResponse<String> answer) {
    if (answer.statusCode() >= 300) {
      throw new AssertionError(answer.body());
    }
  }

  private JsonNode get(String path) {
    return read(request(path, "GET", "").body());
  }

  private static JsonNode read(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> request(String path, String method, String body) {
    String accept = path.contains("/decisions") ? "application/x-ndjson" : "application/json";
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(url + path))
              .header("Content-Type", "application/json")
              .header("Accept", accept)
              .method(method, HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
