package io.kiss.cluster.prometheus;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Answers as a test says, where no real Prometheus could be brought to; a new one for each. */
final class StandInPrometheus implements BeforeEachCallback, AfterEachCallback {
  private final List<Request> requests = Collections.synchronizedList(new ArrayList<>());
  private CountDownLatch ended;
  private ExecutorService threads;
  private HttpServer server;
  private volatile Answer answer;

  /** What was asked. */
  record Request(String method, String path, String form, HttpExchange exchange) {
    String header(String name) {
      return exchange.getRequestHeaders().getFirst(name);
    }
  }

  /** What becomes of a question. */
  interface Answer {
    void to(HttpExchange exchange) throws IOException, InterruptedException;
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    requests.clear();
    answer = exchange -> reply(exchange, 200, vector("3"));
    ended = new CountDownLatch(1);
    threads = Executors.newCachedThreadPool();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String query = exchange.getRequestURI().getRawQuery();
      requests.add(
          new Request(
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              URLDecoder.decode(query == null ? body : query, StandardCharsets.UTF_8),
              exchange));
      answer.to(exchange);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    ended.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  /** From now on; at first it is {@link #vector} of 3 to everything. */
  void answers(Answer now) {
    answer = now;
  }

  /** What it was asked, oldest first. */
  List<Request> requests() {
    return requests;
  }

  /** Waits until the test is over. */
  void untilTheEnd() throws InterruptedException {
    ended.await();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** One series of the pod {@code web-1}. */
  static String vector(String value) {
    return ("{'status':'success','data':{'resultType':'vector','result':["
            + "{'metric':{'pod':'web-1','le':'+Inf'},'value':[1.5,'%s']}]}}")
        .formatted(value)
        .replace('\'', '"');
  }
}
