package io.kiss.cluster.kubernetes;

import akka.Done;
import io.kiss.actors.live.ClusterPort;
import io.kiss.actors.live.Workload;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * One Kubernetes cluster. Namespaces are watched from the first time somebody asks for their
 * workloads until nobody has for a while.
 */
public final class KubernetesCluster implements ClusterPort, AutoCloseable {
  private final ApiServer server;
  private final KubernetesSettings settings;
  private final Leases leases;
  private final ScaleWriter writer;
  private final Map<Watching, NamespaceView> views = new ConcurrentHashMap<>();

  private record Watching(String namespace, String selector) {}

  KubernetesCluster(ApiServer server, KubernetesSettings settings) {
    this.server = server;
    this.settings = settings;
    leases = new Leases(server, settings, System::nanoTime);
    writer = new ScaleWriter(server, settings, leases);
    long often = Math.max(1, settings.idleAfter().toMillis() / 4);
    server.timer().scheduleWithFixedDelay(this::endUnused, often, often, TimeUnit.MILLISECONDS);
  }

  @Override
  public CompletionStage<Instant> holdLease(String namespace, String holder) {
    return leases.hold(namespace, holder);
  }

  @Override
  public CompletionStage<Done> releaseLease(String namespace, String holder) {
    return leases.release(namespace, holder);
  }

  @Override
  public CompletionStage<List<Workload>> workloads(String namespace, String selector) {
    Watching key = new Watching(namespace, selector.strip());
    NamespaceView view =
        views.computeIfAbsent(
            key, wanted -> new NamespaceView(server, settings, namespace, wanted.selector()));
    return view.workloads()
        .whenComplete(
            (workloads, failure) -> {
              // One that could not start, or went silent, begins anew with the next question.
              if (failure != null && (view.failed() || isStale(failure))) {
                end(key, view);
              }
            });
  }

  private static boolean isStale(Throwable failure) {
    return failure instanceof StaleView
        || failure instanceof CompletionException && failure.getCause() instanceof StaleView;
  }

  @Override
  public CompletionStage<String> scale(
      String namespace, String workload, int replicas, String resourceVersion, String reason) {
    return writer.write(namespace, workload, replicas, resourceVersion, reason);
  }

  /** Namespaces watched now. */
  int watchedNamespaces() {
    return views.size();
  }

  private void endUnused() {
    views.forEach(
        (key, view) -> {
          if (view.unusedFor().compareTo(settings.idleAfter()) > 0) {
            end(key, view);
          }
        });
  }

  private void end(Watching key, NamespaceView view) {
    views.remove(key, view);
    view.close();
  }

  /** Ends all watches and connections; leases run out by themselves. */
  @Override
  public void close() {
    views.forEach(this::end);
    server.close();
  }
}
