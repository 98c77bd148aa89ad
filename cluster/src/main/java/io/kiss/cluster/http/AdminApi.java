package io.kiss.cluster.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.Http;
import akka.http.javadsl.ServerBinding;
import akka.http.javadsl.ServerBuilder;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.jobs.JobDesk;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The admin API of a node: DESIGN's table of paths, as far as there is something behind them. */
public final class AdminApi {
  /** Streams that never end are cut off after this when the node stops. */
  private static final Duration LAST_CALLS = Duration.ofSeconds(2);

  private final ActorSystem<?> system;
  private final HttpSettings settings;
  private final List<Endpoint> endpoints;
  private final Router router;
  private final NodeMeters meters;

  /**
   * Puts the API together.
   *
   * @param stores empty on a node without a database, which answers for the cluster and its
   *     training only
   * @param clusters names of the clusters that need no definition
   * @param database answers when the database does; empty where there is none
   */
  public AdminApi(
      ActorSystem<?> system,
      HttpSettings settings,
      NodeActors actors,
      Optional<AdminStores> stores,
      List<String> clusters,
      EventFeeds feeds,
      NodeMeters meters,
      JobDesk jobs,
      Optional<Supplier<CompletionStage<?>>> database) {
    this.system = system;
    this.settings = settings;
    this.meters = meters;
    meters.jobs(jobs.queue());
    Duration timeout = settings.askTimeout();
    ControllerClient controller = new ControllerClient(system, actors.controller(), timeout);
    TrainingEndpoints training =
        new TrainingEndpoints(system, actors.learner(), actors.workers(), feeds, timeout);
    endpoints = new ArrayList<>();
    endpoints.addAll(new ClusterEndpoints(system, actors.entityTypes(), timeout).endpoints());
    endpoints.addAll(training.endpoints());
    stores.ifPresent(
        kept -> {
          endpoints.addAll(new PolicyFileEndpoints(controller, kept.policies()).endpoints());
          LiveClusterEndpoints live =
              new LiveClusterEndpoints(controller, clusters, kept.catalog().sources());
          NamespaceEndpoints namespaces =
              new NamespaceEndpoints(
                  controller, actors.namespaces(), live, kept.catalog().profiles());
          endpoints.addAll(new PolicyEndpoints(controller, namespaces).endpoints());
          endpoints.addAll(live.endpoints());
          endpoints.addAll(namespaces.endpoints());
          endpoints.addAll(new ShadowEndpoints(controller, namespaces).endpoints());
          endpoints.addAll(new DecisionEndpoints(kept.decisions(), namespaces, feeds).endpoints());
          endpoints.addAll(
              new ReplayEndpoints(system, kept.decisions(), kept.policies(), controller)
                  .endpoints());
          endpoints.addAll(new AuditEndpoints(kept.audit()).endpoints());
        });
    JobEndpoints work =
        new JobEndpoints(
            system, jobs.queue(), jobs.library(), controller, stores.map(AdminStores::policies));
    endpoints.addAll(work.endpoints());
    if (stores.isPresent()) {
      endpoints.addAll(new GateEndpoints(system, work, jobs.library(), controller).endpoints());
    }
    endpoints.addAll(
        new ProbeEndpoints(
                system,
                new ProbeEndpoints.Readiness(database, training::ask, controller::view),
                () -> meters.scrape(training.workers(), controller.view()))
            .endpoints());
    router =
        new Router(
            system,
            endpoints,
            new Doorkeeper(settings),
            new RateLimit(settings.rate(), settings.burst(), System::nanoTime),
            new Changes(endpoints, stores.map(AdminStores::audit), settings.requireIfMatch()));
  }

  /** Everything there is. */
  List<Endpoint> endpoints() {
    return List.copyOf(endpoints);
  }

  /** Answers one request. */
  public CompletionStage<HttpResponse> answer(HttpRequest request) {
    long from = System.nanoTime();
    return router
        .answer(request)
        .thenApply(
            response -> {
              meters.request(
                  request.method().value(),
                  response.status().intValue(),
                  Duration.ofNanos(System.nanoTime() - from));
              return response;
            });
  }

  /**
   * Listens; stops with the coordinated shutdown. Blocks: to be called at boot.
   *
   * @return the port
   * @throws BootFailure if it is taken, or the address is not this machine's
   */
  public int bind() {
    try {
      ServerBuilder server = Http.get(system).newServerAt(settings.host(), settings.port());
      ServerBinding binding =
          settings
              .tlsDirectory()
              .map(folder -> server.enableHttps(AdminTls.read(folder)))
              .orElse(server)
              .bind(this::answer)
              .toCompletableFuture()
              .join();
      binding.addToCoordinatedShutdown(LAST_CALLS, system);
      return binding.localAddress().getPort();
    } catch (CompletionException e) {
      throw failure(e);
    }
  }

  private BootFailure failure(CompletionException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException bind
          && String.valueOf(bind.getMessage()).contains("in use")) {
        return new BootFailure(
            "port %d on %s is taken; stop the program that uses it or choose another with --port"
                .formatted(settings.port(), settings.host()),
            e);
      }
    }
    return new BootFailure(
        "cannot listen on port %d of %s; choose another with --port or correct kiss.http.host"
            .formatted(settings.port(), settings.host()),
        e);
  }
}
