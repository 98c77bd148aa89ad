package io.kiss.cluster.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.cluster.boot.BootFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Flags of the commands that talk to a running node, and the talking. */
final class AdminClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A change of the number of workers may take this long. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private static final Duration CONNECT = Duration.ofSeconds(15);

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

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
          "A viewer's or operator's token (default: KISS_HTTP_VIEWER_TOKEN to read,"
              + " KISS_HTTP_OPERATOR_TOKEN). The environment is safer: others see command lines.")
  private String token;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File whose first line is the token; for machines that have no environment.")
  private Path tokenFile;

  @Option(names = "--json", description = "Everything the node says, as JSON.")
  private boolean json;

  private HttpClient http;

  /** Talks to a node that is known; the token, if it wants one, comes from the environment. */
  static AdminClient of(String url) {
    AdminClient client = new AdminClient();
    client.url = url;
    return client;
  }

  /**
   * The same for a command without these flags.
   *
   * @param spec of the command whose flags say what is asked for
   */
  static AdminClient of(String url, CommandSpec spec) {
    AdminClient client = of(url);
    client.spec = spec;
    return client;
  }

  /** Whether a program reads the output. */
  boolean json() {
    return json;
  }

  /** What a path shows, or the refusal: see {@link #isSuccess}. */
  HttpResponse<String> get(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base() + path)).GET();
    return send(request, "KISS_HTTP_VIEWER_TOKEN", "KISS_HTTP_OPERATOR_TOKEN");
  }

  /**
   * A list with all of its pages, as if it had come in one.
   *
   * @param list field of the items
   * @param cursor parameter that takes a page's {@code next}
   * @throws BootFailure with the node's reason where it refuses
   */
  JsonNode whole(String path, String list, String cursor) {
    ObjectNode first = (ObjectNode) require(get(path));
    ArrayNode items = first.withArray(list);
    for (JsonNode next = first.path("next"); next.isTextual(); ) {
      String from = URLEncoder.encode(next.asText(), StandardCharsets.UTF_8);
      JsonNode page = require(get(path + "?" + cursor + "=" + from));
      page.path(list).forEach(items::add);
      next = page.path("next");
    }
    first.putNull("next");
    return first;
  }

  /**
   * The bytes of a file that the node has.
   *
   * @throws BootFailure with the node's reason where it refuses
   */
  byte[] bytes(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base() + path)).GET();
    HttpResponse<byte[]> response =
        send(
            request,
            HttpResponse.BodyHandlers.ofByteArray(),
            "KISS_HTTP_VIEWER_TOKEN",
            "KISS_HTTP_OPERATOR_TOKEN");
    if (response.statusCode() / 100 != 2) {
      require(get(path));
    }
    return response.body();
  }

  /**
   * Has the node do something.
   *
   * @param body JSON; empty: none
   * @throws BootFailure with the node's reason where it refuses
   */
  JsonNode post(String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base() + path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    return require(send(request, "KISS_HTTP_OPERATOR_TOKEN"));
  }

  /**
   * Has the node make something as the body says, or change it to that.
   *
   * @throws BootFailure with the node's reason where it refuses
   */
  JsonNode put(String path, String body) {
    return change("PUT", path, body);
  }

  /**
   * Has the node change what the body names, and nothing else.
   *
   * @throws BootFailure with the node's reason where it refuses
   */
  JsonNode patch(String path, String body) {
    return change("PATCH", path, body);
  }

  private JsonNode change(String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base() + path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    return require(send(request, "KISS_HTTP_OPERATOR_TOKEN"));
  }

  /**
   * The lines of an answer as they come, until the node ends it.
   *
   * @param type such as {@code text/event-stream}
   * @throws BootFailure with the node's reason where it refuses
   */
  Stream<String> lines(String path, String type) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base() + path)).header("Accept", type).GET();
    HttpResponse<Stream<String>> response =
        send(
            request,
            HttpResponse.BodyHandlers.ofLines(),
            "KISS_HTTP_VIEWER_TOKEN",
            "KISS_HTTP_OPERATOR_TOKEN");
    if (!isSuccess(response)) {
      try (Stream<String> body = response.body()) {
        throw refused(response, body.collect(Collectors.joining()));
      }
    }
    return response.body();
  }

  /**
   * Has the node do away with something.
   *
   * @throws BootFailure with the node's reason where it refuses
   */
  void delete(String path) {
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(URI.create(base() + path)).DELETE(), "KISS_HTTP_OPERATOR_TOKEN");
    if (!isSuccess(response)) {
      throw refused(response, response.body());
    }
  }

  /**
   * The body of a successful answer.
   *
   * @throws BootFailure with the node's reason where it is a refusal
   * @throws ParameterException with it where what was asked for makes no sense: wrong usage
   */
  JsonNode require(HttpResponse<String> response) {
    if (!isSuccess(response)) {
      throw refused(response, response.body());
    }
    return parse(response);
  }

  static boolean isSuccess(HttpResponse<?> response) {
    return response.statusCode() / 100 == 2;
  }

  /** The body of any answer. */
  JsonNode parse(HttpResponse<String> response) {
    return parse(response.body());
  }

  private JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new BootFailure("what answers at %s is no KIS-S node".formatted(base()), e);
    }
  }

  private String base() {
    try {
      URI base = URI.create(url.replaceAll("/+$", ""));
      if (base.getHost() != null && String.valueOf(base.getScheme()).matches("https?")) {
        return base.toString();
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new ParameterException(
        spec.commandLine(), "--url must look like http://127.0.0.1:8080, not '" + url + "'");
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String... tokens) {
    return send(request, HttpResponse.BodyHandlers.ofString(), tokens);
  }

  private <T> HttpResponse<T> send(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> reader, String... tokens) {
    Optional<String> known = Optional.ofNullable(token).or(this::fromFile);
    for (String name : tokens) {
      known = known.or(() -> Optional.ofNullable(System.getenv(name)));
    }
    known
        .filter(text -> !text.isBlank())
        .ifPresent(text -> request.header("Authorization", "Bearer " + text));
    try {
      return http().send(request.timeout(PATIENCE).build(), reader);
    } catch (IOException e) {
      throw new BootFailure(
          "no node answers at %s; give the address of one that runs with --url".formatted(base()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BootFailure("interrupted", e);
    }
  }

  /**
   * Made when it is needed: each command line has many of these flags, and sends by one of them.
   */
  private HttpClient http() {
    if (http == null) {
      HttpClient.Builder builder =
          HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
      if (base().startsWith("http:")) {
        builder.sslContext(trustingNobody());
      }
      http = builder.build();
    }
    return http;
  }

  /** Where TLS is not spoken, reading the certificates of all authorities would be for nothing. */
  private static SSLContext trustingNobody() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[0], null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Optional<String> fromFile() {
    if (tokenFile == null) {
      return Optional.empty();
    }
    try (Stream<String> lines = Files.lines(tokenFile)) {
      return lines.findFirst().map(String::strip);
    } catch (IOException | UncheckedIOException e) {
      throw new ParameterException(
          spec.commandLine(), "--token-file: " + tokenFile + " cannot be read", e);
    }
  }

  private RuntimeException refused(HttpResponse<?> response, String body) {
    String sentence = refusal(response, body);
    return response.statusCode() == HttpURLConnection.HTTP_BAD_REQUEST && spec != null
        ? new ParameterException(spec.commandLine(), sentence)
        : new BootFailure(sentence);
  }

  private String refusal(HttpResponse<?> response, String body) {
    return response.statusCode() == HttpURLConnection.HTTP_UNAUTHORIZED
        ? "the node at %s wants a token; give one with --token, KISS_HTTP_VIEWER_TOKEN or KISS_HTTP_OPERATOR_TOKEN"
            .formatted(base())
        : "the node at %s answers %d: %s"
            .formatted(
                base(),
                response.statusCode(),
                parse(body).path("detail").asText("no reason given"));
  }
}
