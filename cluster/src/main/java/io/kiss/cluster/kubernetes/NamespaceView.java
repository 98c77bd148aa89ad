package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kiss.actors.live.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * What is watched of one namespace for one selector: workloads, their ReplicaSets and pods, and the
 * autoscalers that claim them.
 */
final class NamespaceView implements AutoCloseable {
  private static final String ALL = "";

  private final ApiServer server;
  private final KubernetesSettings settings;
  private final String namespace;
  private final String selector;
  private final Map<String, Watched<?>> watched = new LinkedHashMap<>();
  private final CompletableFuture<Void> started;
  private final ScaleReader scales;
  private volatile ServedKinds served = new ServedKinds(List.of(), List.of());
  private volatile long usedNanos = System.nanoTime();
  private boolean closed;

  private record Watched<T extends HasMetadata>(
      String what, String pulseKey, SharedIndexInformer<T> informer) {}

  /** Begins to watch; never blocks. */
  NamespaceView(ApiServer server, KubernetesSettings settings, String namespace, String selector) {
    this.server = server;
    this.settings = settings;
    this.namespace = namespace;
    this.selector = selector;
    scales = new ScaleReader(server, namespace);
    started =
        server
            .ask(
                "finding out which kinds it serves",
                client -> ServedKinds.ask(client, settings.kinds()))
            .thenComposeAsync(this::start, server.callers())
            .toCompletableFuture();
  }

  private CompletionStage<Void> start(ServedKinds kinds) {
    KubernetesClient client = server.client();
    List<CompletableFuture<Void>> starts = new ArrayList<>();
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(new ApiFailure("the watch was ended"));
      }
      served = kinds;
      for (WorkloadKind kind : kinds.workloads()) {
        starts.add(watchWorkloads(client, kind));
      }
      starts.add(
          watch(
              new WorkloadKind("apps", "v1", "replicasets", "ReplicaSet"),
              client.apps().replicaSets(),
              ALL));
      starts.add(watch(new WorkloadKind("", "v1", "pods", "Pod"), client.pods(), ALL));
      for (WorkloadKind kind : kinds.rivals()) {
        starts.add(watch(kind, client.genericKubernetesResources(kind.context()), ALL));
      }
    }
    return CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<Void> watchWorkloads(KubernetesClient client, WorkloadKind kind) {
    if (kind.equals(WorkloadKind.DEPLOYMENT)) {
      return watch(kind, client.apps().deployments(), selector);
    }
    return kind.equals(WorkloadKind.STATEFUL_SET)
        ? watch(kind, client.apps().statefulSets(), selector)
        : watch(kind, client.genericKubernetesResources(kind.context()), selector);
  }

  private <T extends HasMetadata, L extends KubernetesResourceList<T>, R extends Resource<T>>
      CompletableFuture<Void> watch(
          WorkloadKind kind, MixedOperation<T, L, R> operation, String labels) {
    FilterWatchListDeletable<T, L, R> collection = operation.inNamespace(namespace);
    if (!labels.isBlank()) {
      collection = collection.withLabelSelector(labels);
    }
    SharedIndexInformer<T> informer = collection.runnableInformer(0);
    // Once it runs it tries for ever: staleness is judged by the pulse. The first failure ends it,
    // so that it can be told.
    informer.exceptionHandler((running, failure) -> running);
    String what = "watching %s in namespace %s".formatted(kind.resource(), namespace);
    String path = kind.scalePath(namespace, "").replaceFirst("//scale$", "");
    String pulseKey = WatchPulse.key(path, labels.strip());
    watched.put(kind.resource(), new Watched<>(what, pulseKey, informer));
    return informer
        .start()
        .handle(
            (done, failure) -> {
              if (failure != null) {
                throw new CompletionException(server.failure(what, failure));
              }
              server.pulse().began(pulseKey);
              return done;
            })
        .toCompletableFuture();
  }

  /** How long nobody has asked. */
  Duration unusedFor() {
    return Duration.ofNanos(System.nanoTime() - usedNanos);
  }

  boolean failed() {
    return started.isCompletedExceptionally();
  }

  /** The workloads as last heard of; fails where that is too long ago. */
  CompletionStage<List<Workload>> workloads() {
    usedNanos = System.nanoTime();
    return started.thenComposeAsync(done -> read(), server.callers());
  }

  private CompletionStage<List<Workload>> read() {
    List<Pod> pods = objects("pods", Pod.class);
    List<Rival> rivals =
        served.rivals().stream()
            .flatMap(kind -> objects(kind.resource(), GenericKubernetesResource.class).stream())
            .flatMap(object -> Rival.of(object).stream())
            .toList();
    NamespaceObjects objects =
        new NamespaceObjects(
            objects("replicasets.apps", ReplicaSet.class),
            pods,
            rivals,
            server.pulse().skewMillis());
    List<CompletionStage<Optional<Workload>>> workloads = new ArrayList<>();
    for (WorkloadKind kind : served.workloads()) {
      if (kind.equals(WorkloadKind.DEPLOYMENT)) {
        objects(kind.resource(), Deployment.class)
            .forEach(one -> workloads.add(done(objects.deployment(one))));
      } else if (kind.equals(WorkloadKind.STATEFUL_SET)) {
        objects(kind.resource(), StatefulSet.class)
            .forEach(one -> workloads.add(done(objects.statefulSet(one))));
      } else {
        objects(kind.resource(), GenericKubernetesResource.class)
            .forEach(one -> workloads.add(scales.read(kind, one, pods, objects)));
      }
    }
    return allOf(workloads);
  }

  private static CompletionStage<Optional<Workload>> done(Workload workload) {
    return CompletableFuture.completedStage(Optional.of(workload));
  }

  private static CompletionStage<List<Workload>> allOf(
      List<CompletionStage<Optional<Workload>>> stages) {
    List<CompletableFuture<Optional<Workload>>> futures =
        stages.stream().map(CompletionStage::toCompletableFuture).toList();
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new))
        .thenApply(done -> futures.stream().flatMap(future -> future.join().stream()).toList());
  }

  private synchronized <T extends HasMetadata> List<T> objects(String resource, Class<T> type) {
    Watched<?> collection = watched.get(resource);
    Optional<Duration> silence = server.pulse().silence(collection.pulseKey());
    if (silence.isEmpty() || silence.get().compareTo(settings.staleAfter()) > 0) {
      throw new StaleView(
          "%s has not been answered for %d s (at most %d s, kiss.kubernetes.stale-after): what is known of it is too old to decide upon"
              .formatted(
                  collection.what(),
                  silence.map(Duration::toSeconds).orElse(0L),
                  settings.staleAfter().toSeconds()));
    }
    return collection.informer().getStore().list().stream().map(type::cast).toList();
  }

  @Override
  public synchronized void close() {
    closed = true;
    for (Watched<?> collection : watched.values()) {
      collection.informer().stop();
      server.pulse().forget(collection.pulseKey());
    }
  }
}
