package io.kiss.cluster.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.cluster.boot.Authority;
import io.kiss.cluster.boot.BootFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
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
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Flags of the commands that talk to a running node, and the talking: by {@link HttpURLConnection},
 * since making a {@code java.net.http} client and sending by it takes a quarter of a second, ten
 * times as long, and that is more than most of these commands do besides.
 */
final class AdminClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String ANYTHING = "*/*";

  /** A change of the number of workers may take this long; events that are few send comments. */
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

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "Certificates (PEM) of who vouches for the node's, where this machine does not know them"
              + " (default: KISS_HTTP_CA_FILE).")
  private Path caFile;

  @Option(names = "--json", description = "Everything the node says, as JSON.")
  private boolean json;

  /** What a node answered. */
  record Answer(int status, String body) {
    boolean isSuccess() {
      return status / 100 == 2;
    }
  }

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

  /** What a path shows, or the refusal: see {@link Answer#isSuccess}. */
  Answer get(String path) {
    return exchange("GET", path, "");
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
    HttpURLConnection connection = send("GET", path, "", ANYTHING);
    try (InputStream body = body(connection)) {
      byte[] bytes = body.readAllBytes();
      if (!isSuccess(connection)) {
        throw refused(connection.getResponseCode(), new String(bytes, StandardCharsets.UTF_8));
      }
      return bytes;
    } catch (IOException e) {
      throw silent(e);
    }
  }

  /**
   * Has the node do something.
   *
   * @param body JSON; empty: none
   * @throws BootFailure with the node's reason where it refuses
   */
  JsonNode post(String path, String body) {
    return require(exchange("POST", path, body));
  }

  /**
   * Has the node make something as the body says, or change it to that.
   *
   * @throws BootFailure with the node's reason where it refuses
   */
  JsonNode put(String path, String body) {
    return require(exchange("PUT", path, body));
  }

  /**
   * Has the node change what the body names, and nothing else. By the client that is slow to start,
   * since the other knows no PATCH.
   *
   * @throws BootFailure with the node's reason where it refuses
   */
  JsonNode patch(String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(base() + path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .method("PATCH", HttpRequest.BodyPublishers.ofString(body));
    token("PATCH").ifPresent(t -> request.header("Authorization", "Bearer " + t));
    HttpClient.Builder client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
    authority().ifPresent(client::sslContext);
    try {
      HttpResponse<String> answer =
          client.build().send(request.build(), HttpResponse.BodyHandlers.ofString());
      return require(new Answer(answer.statusCode(), answer.body()));
    } catch (IOException e) {
      throw silent(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BootFailure("interrupted while " + base() + " was asked", e);
    }
  }

  /**
   * The lines of an answer as they come, until the node ends it.
   *
   * @param type such as {@code text/event-stream}
   * @throws BootFailure with the node's reason where it refuses
   */
  Stream<String> lines(String path, String type) {
    HttpURLConnection connection = send("GET", path, "", type);
    try {
      if (!isSuccess(connection)) {
        Answer refusal = answer(connection);
        throw refused(refusal.status(), refusal.body());
      }
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(body(connection), StandardCharsets.UTF_8));
      return reader.lines().onClose(connection::disconnect);
    } catch (IOException e) {
      throw silent(e);
    }
  }

  /**
   * Has the node do away with something.
   *
   * @throws BootFailure with the node's reason where it refuses
   */
  void delete(String path) {
    Answer answer = exchange("DELETE", path, "");
    if (!answer.isSuccess()) {
      throw refused(answer.status(), answer.body());
    }
  }

  /**
   * The body of a successful answer.
   *
   * @throws BootFailure with the node's reason where it is a refusal
   * @throws ParameterException with it where what was asked for makes no sense: wrong usage
   */
  JsonNode require(Answer answer) {
    if (!answer.isSuccess()) {
      throw refused(answer.status(), answer.body());
    }
    return parse(answer);
  }

  /** The body of any answer. */
  JsonNode parse(Answer answer) {
    return parse(answer.body());
  }

  private JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new BootFailure(noNode(), e);
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

  private String noNode() {
    return "what answers at %s is no KIS-S node".formatted(base());
  }

  private Answer exchange(String method, String path, String body) {
    HttpURLConnection connection = send(method, path, body, ANYTHING);
    try {
      return answer(connection);
    } catch (IOException e) {
      throw silent(e);
    }
  }

  /** Sends a request and waits for the status of its answer; the body is still to be read. */
  private HttpURLConnection send(String method, String path, String body, String accept) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(base() + path).toURL().openConnection();
      if (connection instanceof HttpsURLConnection secured) {
        authority().ifPresent(tls -> secured.setSSLSocketFactory(tls.getSocketFactory()));
      }
      connection.setRequestMethod(method);
      connection.setConnectTimeout((int) CONNECT.toMillis());
      connection.setReadTimeout((int) PATIENCE.toMillis());
      // A token goes to nobody but whom it was given for.
      connection.setInstanceFollowRedirects(false);
      connection.setRequestProperty("Accept", accept);
      token(method).ifPresent(t -> connection.setRequestProperty("Authorization", "Bearer " + t));
      if (method.equals("POST") || method.equals("PUT")) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        // What is streamed is never sent twice, whatever becomes of the connection.
        connection.setFixedLengthStreamingMode(bytes.length);
        try (OutputStream out = connection.getOutputStream()) {
          out.write(bytes);
        }
      }
      if (connection.getResponseCode() < 0) {
        throw new BootFailure(noNode());
      }
      return connection;
    } catch (IOException e) {
      throw silent(e);
    }
  }

  /** TLS that trusts who was named; empty: as Java does. */
  private Optional<SSLContext> authority() {
    try {
      return Optional.ofNullable(caFile)
          .map(file -> Authority.trusting("--ca-file:", file))
          .or(
              () ->
                  Optional.ofNullable(System.getenv("KISS_HTTP_CA_FILE"))
                      .filter(file -> !file.isBlank())
                      .map(file -> Authority.trusting("KISS_HTTP_CA_FILE:", Path.of(file))));
    } catch (IllegalArgumentException e) {
      throw spec == null
          ? new BootFailure(e.getMessage(), e)
          : new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private BootFailure silent(IOException e) {
    if (e instanceof SSLHandshakeException) {
      return new BootFailure(
          "what answers at %s shows a certificate that is not trusted here; name who vouches for it with --ca-file FILE or KISS_HTTP_CA_FILE: %s"
              .formatted(base(), e.getMessage()),
          e);
    }
    if (e instanceof SSLException) {
      return new BootFailure(
          "what answers at %s does not speak TLS; is http:// meant?".formatted(base()), e);
    }
    return new BootFailure(
        "no node answers at %s; give the address of one that runs with --url".formatted(base()), e);
  }

  private static boolean isSuccess(HttpURLConnection connection) throws IOException {
    return connection.getResponseCode() / 100 == 2;
  }

  private static Answer answer(HttpURLConnection connection) throws IOException {
    try (InputStream body = body(connection)) {
      return new Answer(
          connection.getResponseCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  private static InputStream body(HttpURLConnection connection) throws IOException {
    InputStream body =
        isSuccess(connection) ? connection.getInputStream() : connection.getErrorStream();
    return body == null ? InputStream.nullInputStream() : body;
  }

  /** A viewer's will do to read, where there is one. */
  private Optional<String> token(String method) {
    Optional<String> known = Optional.ofNullable(token).or(this::fromFile);
    if (method.equals("GET")) {
      known = known.or(() -> Optional.ofNullable(System.getenv("KISS_HTTP_VIEWER_TOKEN")));
    }
    return known
        .or(() -> Optional.ofNullable(System.getenv("KISS_HTTP_OPERATOR_TOKEN")))
        .filter(text -> !text.isBlank());
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

  private RuntimeException refused(int status, String body) {
    String sentence = refusal(status, body);
    return status == HttpURLConnection.HTTP_BAD_REQUEST && spec != null
        ? new ParameterException(spec.commandLine(), sentence)
        : new BootFailure(sentence);
  }

  private String refusal(int status, String body) {
    return status == HttpURLConnection.HTTP_UNAUTHORIZED
        ? "the node at %s wants a token; give one with --token, KISS_HTTP_VIEWER_TOKEN or KISS_HTTP_OPERATOR_TOKEN"
            .formatted(base())
        : "the node at %s answers %d: %s"
            .formatted(base(), status, parse(body).path("detail").asText("no reason given"));
  }
}
