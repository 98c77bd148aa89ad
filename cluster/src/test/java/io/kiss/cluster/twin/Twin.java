package io.kiss.cluster.twin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A vLLM-like exporter for the pods of one app: {@code GET /metrics} for Prometheus, {@code GET
 * /load?rate=12.5} to change the offered load.
 *
 * <p>By itself: {@code Twin KUBECONFIG NAMESPACE APP PORT}.
 */
public final class Twin implements AutoCloseable {
  /** Requests a pod serves at once. */
  static final int SLOTS = 4;

  /** Mean time a request takes once it is served. */
  static final double SERVICE_SECONDS = 0.4;

  /** What counts as violating. */
  public static final double SLO_SECONDS = 1.0;

  private static final long STEP_MILLIS = 100;

  private final String namespace;
  private final String app;
  private final TwinService service;
  private final KubernetesClient client;
  private final SharedIndexInformer<Pod> pods;
  private final HttpServer http;
  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();

  private Twin(KubernetesClient client, String namespace, String app, int port, long seed)
      throws IOException {
    this.client = client;
    this.namespace = namespace;
    this.app = app;
    service = new TwinService(SLOTS, SERVICE_SECONDS, SLO_SECONDS, now(), seed);
    pods = client.pods().inNamespace(namespace).withLabel("app", app).inform();
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    http.createContext("/metrics", this::metrics);
    http.createContext("/load", this::load);
    http.start();
    clock.scheduleAtFixedRate(this::advance, 0, STEP_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Starts one; port 0 takes a free one. */
  public static Twin start(File kubeconfig, String namespace, String app, int port, long seed)
      throws IOException {
    KubernetesClient client =
        new KubernetesClientBuilder().withConfig(Config.fromKubeconfig(kubeconfig)).build();
    return new Twin(client, namespace, app, port, seed);
  }

  private static double now() {
    return System.currentTimeMillis() / 1000.0;
  }

  /** Where {@code /metrics} is. */
  public int port() {
    return http.getAddress().getPort();
  }

  /** From now on so many requests arrive a second. */
  public synchronized void offer(double requestsPerSecond) {
    advance();
    service.offer(requestsPerSecond);
  }

  /** How requests fared since this was last asked. */
  public synchronized TwinService.Fared takeFared() {
    advance();
    return service.takeFared();
  }

  private synchronized void advance() {
    Set<String> ready =
        pods.getStore().list().stream()
            .filter(Twin::isReady)
            .map(pod -> pod.getMetadata().getName())
            .collect(Collectors.toSet());
    service.advance(now(), ready);
  }

  private static boolean isReady(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() == null
        && pod.getStatus() != null
        && pod.getStatus().getConditions().stream()
            .anyMatch(c -> c.getType().equals("Ready") && c.getStatus().equals("True"));
  }

  private void metrics(HttpExchange exchange) throws IOException {
    String text;
    synchronized (this) {
      advance();
      text = service.exposition(namespace, app);
    }
    answer(exchange, 200, text);
  }

  private void load(HttpExchange exchange) throws IOException {
    String query = String.valueOf(exchange.getRequestURI().getQuery());
    if (!query.matches("rate=[0-9]+(\\.[0-9]+)?")) {
      answer(exchange, 400, "say /load?rate=12.5\n");
      return;
    }
    offer(Double.parseDouble(query.substring("rate=".length())));
    answer(exchange, 200, "%s requests/s\n".formatted(service.rate()));
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4");
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Override
  public void close() {
    clock.shutdownNow();
    http.stop(0);
    pods.stop();
    client.close();
  }

  /** Runs until it is killed. */
  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("usage: Twin KUBECONFIG NAMESPACE APP PORT");
      System.exit(2);
    }
    Twin twin = start(new File(args[0]), args[1], args[2], Integer.parseInt(args[3]), 1);
    System.out.println("http://127.0.0.1:" + twin.port() + "/metrics");
  }
}
