package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kiss.cluster.boot.BootFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How commands speak HTTP, against servers that are no well-behaved node. */
class AdminClientTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private AdminClient client;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    client = AdminClient.of("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      asked.add(exchange.getRequestMethod() + " " + path + " " + body);
      byte[] text = "<html>".getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Location", "/elsewhere");
      exchange.sendResponseHeaders(Integer.parseInt(path.substring(1)), text.length);
      exchange.getResponseBody().write(text);
    }
  }

  @Test
  void aRedirectIsNotFollowedSoThatNoTokenGoesElsewhere() {
    assertThat(client.get("/302").status()).isEqualTo(302);
    assertThat(asked).containsExactly("GET /302 ");
  }

  @Test
  void whatSpeaksHttpButIsNoNodeIsSaidToBeNone() {
    assertThatThrownBy(() -> client.require(client.get("/200")))
        .isInstanceOf(BootFailure.class)
        .hasMessageContaining("is no KIS-S node");
    assertThatThrownBy(() -> client.post("/500", "{}")).hasMessageContaining("is no KIS-S node");
    assertThatThrownBy(() -> client.bytes("/404")).hasMessageContaining("is no KIS-S node");
    assertThatThrownBy(() -> client.lines("/503", "text/event-stream"))
        .hasMessageContaining("is no KIS-S node");
    assertThatThrownBy(() -> client.delete("/401")).hasMessageContaining("wants a token");
    assertThatThrownBy(() -> client.put("/401", "{}")).hasMessageContaining("wants a token");
  }

  /** A change may have been made before the connection broke: it must not be made twice. */
  @Test
  void aChangeIsSentOnceWhateverBecomesOfTheConnection() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Integer> accepted =
          CompletableFuture.supplyAsync(
              () -> {
                int connections = 0;
                try {
                  while (true) {
                    try (Socket socket = deaf.accept()) {
                      connections++;
                      assertThat(socket.getInputStream().read()).isPositive();
                    }
                  }
                } catch (IOException closed) {
                  return connections;
                }
              });
      AdminClient asking = AdminClient.of("http://127.0.0.1:" + deaf.getLocalPort());
      assertThatThrownBy(() -> asking.post("/api/v1/policies", "{}"))
          .isInstanceOf(BootFailure.class)
          .hasMessageContaining("no node answers");
      deaf.close();
      assertThat(accepted.get()).isEqualTo(1);
    }
  }
}
