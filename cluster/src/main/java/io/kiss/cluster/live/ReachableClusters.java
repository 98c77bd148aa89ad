package io.kiss.cluster.live;

import akka.Done;
import io.kiss.actors.live.LiveClock;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.LiveClusters;
import io.kiss.actors.live.MetricsPort;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.ClusterDefinition;
import io.kiss.actors.protocol.ClusterDefinition.PrometheusDefinition;
import io.kiss.cluster.kubernetes.KubernetesAccess;
import io.kiss.cluster.kubernetes.KubernetesCluster;
import io.kiss.cluster.kubernetes.KubernetesClusters;
import io.kiss.cluster.prometheus.MetricsSources;
import io.kiss.cluster.prometheus.PrometheusEndpoint;
import io.kiss.cluster.prometheus.PrometheusMetrics;
import io.kiss.kisim.telemetry.TelemetrySample;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clusters of a node. One is connected to when the first of its namespaces is scaled from here,
 * by the definition that came with the attachment, and left when the last has gone.
 */
public final class ReachableClusters implements LiveClusters, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReachableClusters.class);

  private final Optional<LiveClusters> builtIn;
  private final KubernetesClusters kubernetes;
  private final LiveClusterSettings settings;
  private final MetricsSources sources;
  private final MeterRegistry meters;
  private final Executor blocking;
  private final Map<String, Reached> reached = new HashMap<>();

  /** A cluster that somebody here scales. */
  private static final class Reached {
    private final ClusterDefinition definition;
    private final CompletableFuture<Connection> connection;
    private final Set<NamespaceRef> users = new HashSet<>();

    private Reached(ClusterDefinition definition, CompletableFuture<Connection> connection) {
      this.definition = definition;
      this.connection = connection;
    }
  }

  private record Connection(
      KubernetesCluster cluster, PrometheusMetrics metrics, LiveCluster live) {
    void close() {
      cluster.close();
      metrics.close();
    }
  }

  /**
   * Connects to nothing yet.
   *
   * @param builtIn clusters that need no definition, as the demo's
   * @param sources templates of metrics' queries
   * @param meters times every call of a port
   * @param blocking where files are read and connections opened
   */
  public ReachableClusters(
      Optional<LiveClusters> builtIn,
      LiveClusterSettings settings,
      MetricsSources sources,
      MeterRegistry meters,
      Executor blocking) {
    this.builtIn =
        builtIn.map(inner -> name -> inner.find(name).map(live -> MeteredPorts.of(live, meters)));
    this.meters = meters;
    kubernetes = new KubernetesClusters(settings.kubernetes());
    this.settings = settings;
    this.sources = sources;
    this.blocking = blocking;
  }

  /** Templates of metrics' queries. */
  public MetricsSources sources() {
    return sources;
  }

  @Override
  public Optional<LiveCluster> find(String cluster) {
    Optional<LiveCluster> here = builtIn.flatMap(clusters -> clusters.find(cluster));
    if (here.isPresent()) {
      return here;
    }
    CompletableFuture<Connection> connection;
    synchronized (reached) {
      Reached known = reached.get(cluster);
      if (known == null) {
        return Optional.empty();
      }
      connection = known.connection;
    }
    if (!connection.isDone()) {
      throw new IllegalStateException("cluster " + cluster + " is being connected to");
    }
    try {
      return Optional.of(connection.join().live());
    } catch (CompletionException e) {
      throw new IllegalStateException(
          "cluster %s cannot be reached from this node: %s"
              .formatted(cluster, e.getCause().getMessage()),
          e.getCause());
    }
  }

  @Override
  public Optional<CompletionStage<Done>> use(NamespaceRef namespace, ClusterDefinition definition) {
    synchronized (reached) {
      Reached known = reached.get(definition.name());
      boolean failed = known != null && known.connection.isCompletedExceptionally();
      if (known != null && !failed && known.definition.equals(definition)) {
        known.users.add(namespace);
        return Optional.empty();
      }
      Reached anew = new Reached(definition, connect(definition));
      if (known != null) {
        anew.users.addAll(known.users);
        close(known);
      }
      anew.users.add(namespace);
      reached.put(definition.name(), anew);
      return Optional.of(anew.connection.handle((open, failure) -> Done.getInstance()));
    }
  }

  private CompletableFuture<Connection> connect(ClusterDefinition definition) {
    CompletableFuture<Connection> connection =
        CompletableFuture.supplyAsync(() -> open(definition), blocking);
    connection.whenComplete(
        (open, failure) -> {
          if (failure != null) {
            LOG.warn(
                "Cluster {} cannot be reached: {}",
                definition.name(),
                failure instanceof CompletionException
                    ? failure.getCause().getMessage()
                    : failure.getMessage());
          }
        });
    return connection;
  }

  /** Asks by the cluster's usual templates where an attachment names none. */
  private record UsualSource(MetricsPort port, String usual) implements MetricsPort {
    @Override
    public CompletionStage<Map<String, TelemetrySample>> query(
        String namespace, String source, List<Target> targets) {
      return port.query(namespace, source.isBlank() ? usual : source, targets);
    }

    @Override
    public Optional<String> unread(String namespace) {
      return port.unread(namespace);
    }
  }

  private Connection open(ClusterDefinition definition) {
    LiveClock clock = LiveClock.wall();
    PrometheusMetrics metrics =
        PrometheusMetrics.connect(
            endpoint(definition.prometheus()), settings.prometheus(), sources, clock);
    try {
      KubernetesCluster cluster =
          kubernetes.connect(
              definition.name(),
              new KubernetesAccess(definition.kubeconfig().map(Path::of), definition.context()));
      MetricsPort port = new UsualSource(metrics, definition.metricsSource());
      return new Connection(
          cluster, metrics, MeteredPorts.of(new LiveCluster(cluster, port, clock), meters));
    } catch (RuntimeException e) {
      metrics.close();
      throw e;
    }
  }

  private PrometheusEndpoint endpoint(PrometheusDefinition said) {
    boolean ownLogin =
        said.tokenFile().isPresent() || said.user().isPresent() || said.caFile().isPresent();
    if (settings.usualPrometheus().isPresent() && !ownLogin) {
      return settings.usualPrometheus().get().at(said.url());
    }
    PrometheusEndpoint plain = PrometheusEndpoint.of(said.url());
    return new PrometheusEndpoint(
        plain.url(),
        said.tokenFile().map(Path::of),
        said.user(),
        said.passwordFile().map(Path::of),
        said.caFile().map(Path::of),
        plain.tenant(),
        plain.tenantHeader());
  }

  @Override
  public void leave(NamespaceRef namespace) {
    synchronized (reached) {
      Reached known = reached.get(namespace.cluster());
      if (known != null && known.users.remove(namespace) && known.users.isEmpty()) {
        reached.remove(namespace.cluster());
        close(known);
      }
    }
  }

  private void close(Reached known) {
    known.connection.whenCompleteAsync(
        (open, failure) -> {
          if (open != null) {
            open.close();
          }
        },
        blocking);
  }

  /** Leaves all clusters; leases that are held run out. */
  @Override
  public void close() {
    synchronized (reached) {
      reached.values().forEach(this::close);
      reached.clear();
    }
  }
}
