package io.kiss.cluster.http;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A headless Chromium with one page open, asked over the DevTools protocol what it shows. */
public final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final String page;

  private Browser(Process process, String page) {
    this.process = process;
    this.page = page;
  }

  public static Browser open(Path profile, String url) throws IOException {
    Process process =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                url)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path port = profile.resolve("DevToolsActivePort");
    String page =
        await()
            .atMost(Duration.ofSeconds(60))
            .ignoreExceptions()
            .until(() -> debuggerOf(Files.readAllLines(port).get(0)), found -> !found.isEmpty());
    return new Browser(process, page);
  }

  private static String debuggerOf(String port) throws Exception {
    HttpRequest list =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json")).build();
    for (JsonNode target :
        JSON.readTree(HTTP.send(list, HttpResponse.BodyHandlers.ofString()).body())) {
      if (target.path("type").asText().equals("page")) {
        return target.path("webSocketDebuggerUrl").asText();
      }
    }
    return "";
  }

  /** The text a person would see now. */
  String text() throws Exception {
    return value("document.body.innerText");
  }

  /** What an expression is worth on the page now. */
  public String value(String expression) throws Exception {
    String command =
        JSON.writeValueAsString(
            Map.of(
                "id", 1, "method", "Runtime.evaluate", "params", Map.of("expression", expression)));
    CompletableFuture<String> answer = new CompletableFuture<>();
    WebSocket socket =
        HTTP.newWebSocketBuilder()
            .buildAsync(URI.create(page), new Answer(answer::complete))
            .get(10, TimeUnit.SECONDS);
    socket.sendText(command, true);
    try {
      return JSON.readTree(answer.get(10, TimeUnit.SECONDS)).at("/result/result/value").asText();
    } finally {
      socket.abort();
    }
  }

  /** What the page complained of so far: exceptions, console errors, requests that failed. */
  List<String> errors() throws Exception {
    List<String> errors = new CopyOnWriteArrayList<>();
    CompletableFuture<String> told = new CompletableFuture<>();
    WebSocket socket =
        HTTP.newWebSocketBuilder()
            .buildAsync(URI.create(page), new Answer(message -> sort(message, errors, told)))
            .get(10, TimeUnit.SECONDS);
    // What was before is told again to whoever asks anew.
    socket.sendText("{\"id\": 1, \"method\": \"Runtime.enable\"}", true).join();
    socket.sendText("{\"id\": 2, \"method\": \"Log.enable\"}", true).join();
    try {
      told.get(10, TimeUnit.SECONDS);
      return errors;
    } finally {
      socket.abort();
    }
  }

  private static void sort(String text, List<String> errors, CompletableFuture<String> told) {
    try {
      JsonNode message = JSON.readTree(text);
      boolean wrong =
          switch (message.path("method").asText()) {
            case "Runtime.exceptionThrown" -> true;
            case "Runtime.consoleAPICalled" -> message.at("/params/type").asText().equals("error");
            case "Log.entryAdded" -> message.at("/params/entry/level").asText().equals("error");
            default -> false;
          };
      if (wrong) {
        errors.add(text);
      }
      if (message.path("id").asInt() == 2) {
        told.complete(text);
      }
    } catch (IOException e) {
      told.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Puts messages together. */
  private static final class Answer implements WebSocket.Listener {
    private final Consumer<String> whole;
    private final StringBuilder parts = new StringBuilder();

    Answer(Consumer<String> whole) {
      this.whole = whole;
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      parts.append(part);
      if (last) {
        whole.accept(parts.toString());
        parts.setLength(0);
      }
      socket.request(1);
      return null;
    }
  }
}
