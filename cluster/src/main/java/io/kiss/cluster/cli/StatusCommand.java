package io.kiss.cluster.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.cluster.boot.BootFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Asks a node's admin API how the cluster and its training are. */
@Command(
    name = "status",
    description = {
      "Shows the cluster as one of its nodes sees it: members, singletons, shards, and where"
          + " training stands, worker by worker."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false)
final class StatusCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int OK = 200;
  private static final int UNAUTHORIZED = 401;

  @Spec private CommandSpec spec;

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "http://127.0.0.1:8080",
      description = "Admin API of any node (default: ${DEFAULT-VALUE}).")
  private String url;

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "A viewer's or operator's token (default: KISS_HTTP_VIEWER_TOKEN or"
              + " KISS_HTTP_OPERATOR_TOKEN). The environment is safer: others see command lines.")
  private String token;

  @Option(names = "--json", description = "Everything that is known, as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    URI base = base();
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(PATIENCE)
            .build();
    HttpResponse<String> cluster = get(http, base, "/api/v1/cluster");
    if (cluster.statusCode() != OK) {
      throw new BootFailure(refusal(base, cluster));
    }
    HttpResponse<String> training = get(http, base, "/api/v1/training");
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      ObjectNode all = JSON.createObjectNode();
      all.set("cluster", parse(base, cluster.body()));
      all.set("training", parse(base, training.body()));
      out.println(all.toPrettyString());
    } else {
      StatusText text = new StatusText(parse(base, cluster.body()));
      if (training.statusCode() == OK) {
        text.training(parse(base, training.body()));
      } else {
        text.noTraining(parse(base, training.body()).path("detail").asText());
      }
      text.lines().forEach(out::println);
    }
    out.flush();
    return 0;
  }

  private URI base() {
    try {
      URI base = URI.create(url.replaceAll("/+$", ""));
      if (base.getHost() != null && String.valueOf(base.getScheme()).matches("https?")) {
        return base;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new ParameterException(
        spec.commandLine(), "--url must look like http://127.0.0.1:8080, not '" + url + "'");
  }

  private Optional<String> token() {
    return Optional.ofNullable(token)
        .or(() -> Optional.ofNullable(System.getenv("KISS_HTTP_VIEWER_TOKEN")))
        .or(() -> Optional.ofNullable(System.getenv("KISS_HTTP_OPERATOR_TOKEN")))
        .filter(text -> !text.isBlank());
  }

  private HttpResponse<String> get(HttpClient http, URI base, String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(PATIENCE).GET();
    token().ifPresent(text -> request.header("Authorization", "Bearer " + text));
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new BootFailure(
          "no node answers at %s; give the address of one that runs with --url".formatted(base), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BootFailure("interrupted", e);
    }
  }

  private static String refusal(URI base, HttpResponse<String> response) {
    return response.statusCode() == UNAUTHORIZED
        ? "the node at %s wants a token; give one with --token or KISS_HTTP_VIEWER_TOKEN"
            .formatted(base)
        : "the node at %s answers %d: %s"
            .formatted(
                base,
                response.statusCode(),
                parse(base, response.body()).path("detail").asText("no reason given"));
  }

  private static JsonNode parse(URI base, String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new BootFailure("what answers at %s is no KIS-S node".formatted(base), e);
    }
  }
}
