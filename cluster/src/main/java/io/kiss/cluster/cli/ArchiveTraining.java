package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs commands that talk to a node against a node's recorded answers, for the class list of a CDS
 * archive: {@code ./kiss} does so once after a build. A command that is refused, or that nobody
 * answers, would not load what reading and showing an answer takes.
 */
public final class ArchiveTraining {
  private static final String ANSWERS = "/archive/answers.json";

  /** One of each kind: what the others load besides is little. */
  private static final List<String> COMMANDS =
      List.of(
          "status",
          "status --json",
          "decisions local/demo",
          "policy list",
          "shadows local/demo",
          "jobs list");

  private ArchiveTraining() {}

  /** The exit code is that of the first command that failed. */
  public static void main(String[] args) throws IOException {
    System.exit(run());
  }

  /** What the node of the recording answered, by path. */
  static JsonNode answers() throws IOException {
    try (InputStream in = ArchiveTraining.class.getResourceAsStream(ANSWERS)) {
      return new ObjectMapper().readTree(in);
    }
  }

  static int run() throws IOException {
    JsonNode answers = answers();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", exchange -> answer(exchange, answers));
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      return COMMANDS.stream()
          .map(command -> Stream.concat(Arrays.stream(command.split(" ")), Stream.of("--url", url)))
          .mapToInt(command -> Main.execute(command.toArray(String[]::new)))
          .filter(code -> code != 0)
          .findFirst()
          .orElse(0);
    } finally {
      server.stop(0);
    }
  }

  private static void answer(HttpExchange exchange, JsonNode answers) throws IOException {
    try (exchange) {
      JsonNode answer = answers.path(exchange.getRequestURI().getPath());
      byte[] body = answer.toString().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(
          answer.isMissingNode() ? HttpURLConnection.HTTP_NOT_FOUND : HttpURLConnection.HTTP_OK,
          body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
