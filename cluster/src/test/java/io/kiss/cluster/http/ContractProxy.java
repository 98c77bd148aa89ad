package io.kiss.cluster.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands between a client and a node, and holds every exchange of theirs to the contract. An answer
 * without end is passed on, and looked at, line by line.
 */
public final class ContractProxy implements AutoCloseable {
  /** Of one connection alone, or made anew by whoever passes a message on. */
  private static final Set<String> NOT_PASSED_ON =
      Set.of("connection", "upgrade", "http2-settings", "host", "content-length", "date", "server");

  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ConcurrentLinkedQueue<Throwable> broken = new ConcurrentLinkedQueue<>();
  private final Set<String> methods = new ConcurrentSkipListSet<>();
  private final AtomicInteger events = new AtomicInteger();
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

  /** Events of streams that were passed on so far. */
  public int events() {
    return events.get();
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
                  // A page that came through here is of the node's own, and says where it is from.
                  values.forEach(value -> request.header(name, value.replace(url(), node)));
                }
              });
      HttpResponse<InputStream> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      methods.add(method);
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!NOT_PASSED_ON.contains(name) && !name.equals("transfer-encoding")) {
                  exchange.getResponseHeaders().put(name, values);
                }
              });
      Exchange now = new Exchange(method, target, new String(sent, StandardCharsets.UTF_8), answer);
      try (InputStream body = answer.body()) {
        if (type(answer).startsWith("text/event-stream")) {
          stream(exchange, now, body);
        } else {
          byte[] whole = body.readAllBytes();
          check(now, new String(whole, StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(answer.statusCode(), whole.length == 0 ? -1 : whole.length);
          exchange.getResponseBody().write(whole);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      broken.add(e);
    }
  }

  private record Exchange(
      String method, String target, String sent, HttpResponse<InputStream> answer) {}

  private static String type(HttpResponse<?> answer) {
    return answer.headers().firstValue("Content-Type").orElse("");
  }

  /** Until either of them has enough. */
  private void stream(HttpExchange exchange, Exchange now, InputStream body) throws IOException {
    check(now, "");
    exchange.sendResponseHeaders(now.answer().statusCode(), 0);
    OutputStream out = exchange.getResponseBody();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = body.read(); next >= 0; next = body.read()) {
      line.write(next);
      if (next == '\n') {
        check(now, line.toString(StandardCharsets.UTF_8));
        events.addAndGet(line.toString(StandardCharsets.UTF_8).startsWith("data:") ? 1 : 0);
        line.writeTo(out);
        out.flush();
        line.reset();
      }
    }
  }

  private void check(Exchange exchange, String body) {
    try {
      Contract.check(
          exchange.method(),
          exchange.target(),
          exchange.sent(),
          new Contract.Answer(
              exchange.answer().statusCode(),
              exchange.answer().headers()::firstValue,
              type(exchange.answer()),
              body));
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
