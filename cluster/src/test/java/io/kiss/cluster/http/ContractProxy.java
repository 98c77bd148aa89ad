package io.kiss.cluster.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands between a client and a node, and holds every exchange of theirs to the contract. It passes
 * whole answers on: a stream without end is not for it.
 */
public final class ContractProxy implements AutoCloseable {
  /** Of one connection alone, or made anew by whoever passes a message on. */
  private static final Set<String> NOT_PASSED_ON =
      Set.of("connection", "upgrade", "http2-settings", "host", "content-length", "date", "server");

  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ConcurrentLinkedQueue<Throwable> broken = new ConcurrentLinkedQueue<>();
  private final Set<String> methods = new ConcurrentSkipListSet<>();
  private final HttpServer server;
  private final String node;

  private ContractProxy(HttpServer server, String node) {
    this.server = server;
    this.node = node;
  }

  /** Before a node, on a free port of loopback. */
  public static ContractProxy before(String url) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ContractProxy proxy = new ContractProxy(server, url);
    server.setExecutor(proxy.threads);
    server.createContext("/", proxy::pass);
    server.start();
    return proxy;
  }

  /** Where clients find it. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** What was not as the contract says. */
  public List<Throwable> broken() {
    return List.copyOf(broken);
  }

  /** The methods that clients have used. */
  public Set<String> methods() {
    return new TreeSet<>(methods);
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      String target = exchange.getRequestURI().toString();
      byte[] sent = exchange.getRequestBody().readAllBytes();
      HttpRequest.Builder request =
          HttpRequest.newBuilder(URI.create(node + target))
              .version(HttpClient.Version.HTTP_1_1)
              .method(method, HttpRequest.BodyPublishers.ofByteArray(sent));
      exchange
          .getRequestHeaders()
          .forEach(
              (name, values) -> {
                if (!NOT_PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
                  values.forEach(value -> request.header(name, value));
                }
              });
      HttpResponse<byte[]> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
      methods.add(method);
      check(method, target, new String(sent, StandardCharsets.UTF_8), answer);
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!NOT_PASSED_ON.contains(name) && !name.equals("transfer-encoding")) {
                  exchange.getResponseHeaders().put(name, values);
                }
              });
      exchange.sendResponseHeaders(
          answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      broken.add(e);
    }
  }

  private void check(String method, String target, String sent, HttpResponse<byte[]> answer) {
    try {
      Contract.check(
          method,
          target,
          sent,
          new Contract.Answer(
              answer.statusCode(),
              answer.headers()::firstValue,
              answer.headers().firstValue("Content-Type").orElse(""),
              new String(answer.body(), StandardCharsets.UTF_8)));
    } catch (AssertionError e) {
      broken.add(e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
