package io.kiss.cluster;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.management.cluster.bootstrap.ClusterBootstrap;
import akka.management.javadsl.AkkaManagement;
import akka.remote.RemoteTransportException;
import com.typesafe.config.Config;
import io.kiss.actors.live.LiveClusters;
import io.kiss.actors.scaler.LiveMetrics;
import io.kiss.actors.serialization.WireFaults;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.demo.DemoCluster;
import io.kiss.cluster.gate.Gate;
import io.kiss.cluster.gate.GateSettings;
import io.kiss.cluster.http.AdminApi;
import io.kiss.cluster.http.AdminStores;
import io.kiss.cluster.http.EventFeeds;
import io.kiss.cluster.http.NodeActors;
import io.kiss.cluster.http.NodeMeters;
import io.kiss.cluster.jobs.GateOrder;
import io.kiss.cluster.jobs.JobDesk;
import io.kiss.cluster.jobs.JobQueue;
import io.kiss.cluster.jobs.Library;
import io.kiss.cluster.journal.Database;
import io.kiss.cluster.live.Catalog;
import io.kiss.cluster.live.ReachableClusters;
import io.kiss.cluster.live.ServiceProfiles;
import io.kiss.cluster.prometheus.MetricsSources;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running node: one JVM of the cluster, from its database to its admin API. */
public final class Node implements AutoCloseable {
  /** Name of the actor system, the same on all nodes of a cluster. */
  public static final String SYSTEM = "kiss";

  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final NodeSettings settings;
  private final Optional<Database> database;
  private final ActorSystem<Void> system;
  private final Optional<NodeStores> stores;
  private final Optional<DemoCluster> demo;
  private final Optional<ReachableClusters> clusters;
  private final EventFeeds feeds;
  private final NodeMeters meters;
  private final NodeActors actors;
  private final JobDesk jobs;
  private final int port;
  private final CompletableFuture<Done> stopped = new CompletableFuture<>();
  private boolean stopping;

  /** Starts the actors of a node, once it is a member of the cluster. */
  @FunctionalInterface
  public interface ActorStarter {

    /**
     * Starts them.
     *
     * @param stores empty on a node whose roles keep nothing
     */
    NodeActors start(ActorSystem<?> system, Optional<NodeStores> stores, LiveClusters clusters);
  }

  private Node(
      NodeSettings settings,
      Optional<Database> database,
      ActorSystem<Void> system,
      ActorStarter starter) {
    this.settings = settings;
    this.database = database;
    this.system = system;
    joinCluster();
    stores = database.map(open -> NodeStores.of(system, open, settings.decisionRetention()));
    demo = settings.demo().map(told -> new DemoCluster(told, System::currentTimeMillis));
    feeds = new EventFeeds(system);
    meters = new NodeMeters(feeds, LiveMetrics.get(system), WireFaults.get(system));
    clusters = stores.map(kept -> reachableClusters());
    actors =
        starter.start(
            system, stores, clusters.<LiveClusters>map(c -> c).orElse(name -> Optional.empty()));
    feeds.follow(system, actors.learner());
    jobs = jobs();
    port = adminApi().bind();
  }

  /**
   * Boots a node. In this order: database and schema, actor system, membership of the cluster,
   * stores, the demo, actors, admin API. Blocks until all of that is there.
   *
   * @throws BootFailure where something keeps it from starting; everything started is stopped then
   */
  public static Node boot(NodeSettings settings, ActorStarter actors) {
    Optional<Database> database = settings.database().map(Database::open);
    ActorSystem<Void> system = null;
    try {
      system = ActorSystem.create(Behaviors.empty(), SYSTEM, settings.config());
      Node node = new Node(settings, database, system, actors);
      node.stopWithJvm();
      LOG.info("Node is up at {} with its data in {}", node.url(), settings.data().path());
      if (!settings.http().hasLogin()) {
        LOG.info(
            "The admin port listens on {} only, because there are no tokens:"
                + " kiss.http.operator-token opens it to others",
            settings.http().host());
      }
      return node;
    } catch (RuntimeException e) {
      // A refusal says what to do; where in the code it came from helps nobody.
      if (e instanceof BootFailure) {
        LOG.error("Node cannot start: {}", e.getMessage());
      } else {
        LOG.error("Node cannot start", e);
      }
      stop(settings, system, database);
      throw e instanceof BootFailure failure ? failure : new BootFailure(why(e, settings), e);
    }
  }

  private static String why(RuntimeException e, NodeSettings settings) {
    if (e instanceof RemoteTransportException && e.getMessage().contains("BindException")) {
      Config canonical = settings.config().getConfig("akka.remote.artery.canonical");
      return ("port %d on %s, where nodes talk to each other, cannot be had; stop the program that"
              + " uses it or choose another with KISS_AKKA_PORT")
          .formatted(canonical.getInt("port"), canonical.getString("hostname"));
    }
    return "the node cannot start: %s; %s says more"
        .formatted(e.getMessage(), settings.data().logs().resolve("kiss.log"));
  }

  /** Begins to look for the others, or makes up a cluster where there are none. */
  static void join(ActorSystem<?> system, ClusterSettings settings) {
    if (settings.bootstraps()) {
      AkkaManagement.get(system).start();
      ClusterBootstrap.get(system).start();
    } else if (system.settings().config().getStringList("akka.cluster.seed-nodes").isEmpty()) {
      Cluster cluster = Cluster.get(system);
      cluster.manager().tell(Join.create(cluster.selfMember().address()));
    }
  }

  private void joinCluster() {
    CompletableFuture<Done> up = new CompletableFuture<>();
    akka.cluster.Cluster.get(Adapter.toClassic(system))
        .registerOnMemberUp(() -> up.complete(Done.getInstance()));
    join(system, settings.cluster());
    try {
      up.get(settings.joinTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new BootFailure(
          "this node could not join its cluster within %d s; check %s and that the nodes there run"
              .formatted(
                  settings.joinTimeout().toSeconds(),
                  settings.cluster().bootstraps()
                      ? "kiss.cluster.discovery"
                      : "kiss.cluster.seed-nodes"),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BootFailure("interrupted while joining the cluster", e);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private ReachableClusters reachableClusters() {
    return new ReachableClusters(
        demo.map(told -> told),
        settings.live(),
        MetricsSources.ofInstallation(),
        meters.registry(),
        NodeStores.dispatcher(system));
  }

  /** What attachments may name. */
  public Catalog catalog() {
    return new Catalog(
        clusters.orElseThrow().sources(),
        new ServiceProfiles(home().resolve("conf").resolve("profiles")));
  }

  private JobDesk jobs() {
    JobQueue queue =
        new JobQueue(
            settings.jobs(),
            system.dispatchers().lookup(DispatcherSelector.fromConfig("kiss.jobs-dispatcher")),
            Clock.systemUTC());
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind(),
            "cancel-jobs",
            () -> {
              queue.close();
              return CompletableFuture.completedFuture(Done.getInstance());
            });
    return new JobDesk(queue, Library.of(home(), settings.jobs().files()));
  }

  /**
   * What a policy has to pass here.
   *
   * @throws BootFailure where {@code kiss.gate} names what is not there
   */
  public Gate gate() {
    try {
      return GateOrder.AS_CONFIGURED.prepare(
          jobs.library(), GateSettings.from(system.settings().config().getConfig("kiss.gate")));
    } catch (IllegalArgumentException e) {
      throw new BootFailure("kiss.gate: " + e.getMessage(), e);
    }
  }

  private static Path home() {
    return Path.of(System.getProperty("kiss.home", "."));
  }

  private AdminApi adminApi() {
    Executor jdbc = NodeStores.dispatcher(system);
    return new AdminApi(
        system,
        settings.http(),
        actors,
        stores.map(
            kept -> new AdminStores(kept.decisions(), kept.policies(), kept.audit(), catalog())),
        demo.isPresent() ? List.of(DemoCluster.CLUSTER) : List.of(),
        feeds,
        meters,
        jobs,
        database.map(open -> () -> open.ping(jdbc)));
  }

  /** Ctrl-C and SIGTERM. */
  private void stopWithJvm() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "kiss-stop"));
    // Put out by the others, or stopped from within: the database must be closed all the same.
    // Asked
    // for when the shutdown begins, since a system cut off from the others may never end by itself.
    CoordinatedShutdown.get(system)
        .addTask(
            CoordinatedShutdown.PhaseBeforeServiceUnbind(),
            "stop-node",
            () -> {
              new Thread(this::close, "kiss-stop").start();
              return CompletableFuture.completedFuture(Done.getInstance());
            });
  }

  /** The actor system of this node. */
  public ActorSystem<Void> system() {
    return system;
  }

  /** Whom to talk to. */
  public NodeActors actors() {
    return actors;
  }

  /**
   * What is kept.
   *
   * @throws java.util.NoSuchElementException on a node whose roles keep nothing
   */
  public NodeStores stores() {
    return stores.orElseThrow();
  }

  /**
   * The embedded cluster.
   *
   * @throws java.util.NoSuchElementException on a node without it
   */
  public DemoCluster demo() {
    return demo.orElseThrow();
  }

  /** What happens now. */
  public EventFeeds feeds() {
    return feeds;
  }

  /** What-if runs of this node. */
  public JobDesk jobDesk() {
    return jobs;
  }

  /** What Prometheus is told. */
  public NodeMeters meters() {
    return meters;
  }

  /**
   * The address by which others join the cluster that this node has made up alone, since it was
   * told of nobody; empty where it was to find others.
   */
  public Optional<String> madeUp() {
    boolean told =
        settings.cluster().bootstraps()
            || !system.settings().config().getStringList("akka.cluster.seed-nodes").isEmpty();
    return told
        ? Optional.empty()
        : Optional.of(Cluster.get(system).selfMember().address().hostPort())
            .map(address -> address.replaceFirst("^.*@", ""));
  }

  /** Where it answers, and to whom, for a person at the terminal. */
  public String whereToAsk() {
    return url()
        + (settings.http().hasLogin()
            ? "  (Ctrl-C stops)"
            : "  (no tokens, so local only; Ctrl-C stops)");
  }

  /** Where the admin API and the web page are. */
  public String url() {
    return (settings.http().tlsDirectory().isPresent() ? "https://" : "http://")
        + settings.http().host()
        + ":"
        + port;
  }

  /** Whether this node is going down. */
  public synchronized boolean stopping() {
    return stopping;
  }

  /**
   * Whether it goes down because the cluster has put it out, and not because somebody stopped it.
   */
  public boolean isPutOut() {
    return CoordinatedShutdown.get(system)
        .getShutdownReason()
        .filter(reason -> reason != Stop.INSTANCE)
        .isPresent();
  }

  /** Completes when everything has stopped, the database last. */
  public CompletionStage<Done> whenStopped() {
    return stopped.minimalCompletionStage();
  }

  /** Coordinated shutdown, then the database. Blocks until it is done; calling it again waits. */
  @Override
  public void close() {
    synchronized (this) {
      if (stopping) {
        stopped.join();
        return;
      }
      stopping = true;
    }
    try {
      stop(settings, system, database);
      clusters.ifPresent(ReachableClusters::close);
      meters.close();
    } finally {
      stopped.complete(Done.getInstance());
    }
  }

  private static void stop(
      NodeSettings settings, ActorSystem<?> system, Optional<Database> database) {
    try {
      if (system != null) {
        CoordinatedShutdown.get(system).runAll(Stop.INSTANCE);
        system
            .getWhenTerminated()
            .toCompletableFuture()
            .get(settings.stopTimeout().toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
      LOG.warn("The shutdown did not end in time; the database is closed nevertheless");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      database.ifPresent(Database::close);
    }
  }

  /** Why the coordinated shutdown runs. */
  private enum Stop implements CoordinatedShutdown.Reason {
    INSTANCE
  }
}
