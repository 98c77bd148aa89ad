package io.kiss.cluster.http;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.scaler.LiveMetrics;
import io.kiss.actors.serialization.WireFaults;
import io.kiss.cluster.jobs.JobQueue;
import io.kiss.cluster.live.MeteredPorts;
import io.kiss.kisim.autoscale.Guard;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.ToDoubleFunction;

/** What a node tells Prometheus. Names are Micrometer's; Prometheus shows dots as underscores. */
public final class NodeMeters implements AutoCloseable {
  /** Decisions of this node's scalers, by outcome. */
  public static final String DECISIONS = "kiss.decisions";

  /** Decisions that a guardrail changed or held back, by guard. */
  public static final String VETOES = "kiss.decisions.vetoes";

  /** Records of decisions that the journal has not confirmed, and that are written again. */
  public static final String UNRECORDED = "kiss.decisions.unrecorded";

  /** Records of decisions that were given up, since the journal was away for too long. */
  public static final String LOST = "kiss.decisions.lost";

  /** Ticks of this node's namespaces: done, skipped because the one before still ran, abandoned. */
  public static final String TICKS = "kiss.ticks";

  /** Attached namespaces on this node. */
  public static final String NAMESPACES = "kiss.namespaces";

  /** Scalers on this node. */
  public static final String SCALERS = "kiss.scalers";

  /** Environment steps that reached an update. */
  public static final String ENVIRONMENT_STEPS = "kiss.training.environment.steps";

  /** Updates done. */
  public static final String ITERATION = "kiss.training.iteration";

  /** Environment steps a second. */
  public static final String STEPS_PER_SECOND = "kiss.training.steps.per.second";

  /** Mean return of the latest episodes. */
  public static final String RETURN = "kiss.training.episode.return";

  /** Mean SLO attainment of the latest episodes, 0..1. */
  public static final String SLO_ATTAINMENT = "kiss.training.slo.attainment";

  /** Workers that deliver segments. */
  public static final String WORKERS = "kiss.training.workers";

  /** Messages between nodes that could not be sent, or read, and were dropped. */
  public static final String DROPPED_MESSAGES = "kiss.messages.dropped";

  /** What-if runs that wait or run. */
  public static final String JOBS = "kiss.jobs.unfinished";

  /** Requests to the admin API. */
  public static final String HTTP_REQUESTS = "kiss.http.requests";

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ShadowMeters shadows;
  private final SharedMeters shared;
  private final JvmGcMetrics gc = new JvmGcMetrics();

  /** Registers what every JVM and every node has. */
  public NodeMeters(EventFeeds feeds, LiveMetrics live, WireFaults faults) {
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    gc.bindTo(registry);
    training(
        feeds,
        ENVIRONMENT_STEPS,
        "Environment steps that reached an update",
        TrainingProgress::environmentSteps);
    training(feeds, ITERATION, "Updates done", TrainingProgress::iteration);
    training(
        feeds,
        STEPS_PER_SECOND,
        "Environment steps a second, over the last seconds",
        TrainingProgress::stepsPerSecond);
    training(
        feeds,
        RETURN,
        "Mean undiscounted return of the latest episodes",
        TrainingProgress::episodeReturn);
    training(
        feeds,
        SLO_ATTAINMENT,
        "Mean share of requests inside the SLO in the latest episodes",
        TrainingProgress::sloAttainment);
    training(feeds, WORKERS, "Rollout workers that deliver segments", TrainingProgress::workers);
    scaling(live);
    shadows = new ShadowMeters(live::shadows, registry);
    shared = new SharedMeters(registry);
    MeteredPorts.register(registry);
    dropped(faults, "sent", WireFaults::sent);
    dropped(faults, "received", WireFaults::received);
  }

  private void dropped(WireFaults faults, String direction, ToDoubleFunction<WireFaults> counter) {
    FunctionCounter.builder(DROPPED_MESSAGES, faults, counter)
        .description("Messages between nodes that could not be sent, or read, and were dropped")
        .tag("direction", direction)
        .register(registry);
  }

  private void scaling(LiveMetrics live) {
    for (DecisionRecord.Outcome outcome : DecisionRecord.Outcome.values()) {
      count(
          DECISIONS,
          "Decisions of this node's scalers",
          "outcome",
          outcome.name(),
          live,
          l -> l.outcomes(outcome));
    }
    for (Guard guard : Guard.values()) {
      count(
          VETOES,
          "Decisions a guardrail changed or held back",
          "guard",
          guard.name(),
          live,
          l -> l.vetoes(guard));
    }
    count(TICKS, "Ticks of this node's namespaces", "result", "done", live, LiveMetrics::ticks);
    count(
        TICKS,
        "Ticks of this node's namespaces",
        "result",
        "skipped",
        live,
        LiveMetrics::skippedTicks);
    count(
        TICKS,
        "Ticks of this node's namespaces",
        "result",
        "abandoned",
        live,
        LiveMetrics::abandonedTicks);
    Gauge.builder(UNRECORDED, live, LiveMetrics::owedRecords)
        .description("Records of decisions that wait for the journal")
        .register(registry);
    FunctionCounter.builder(LOST, live, LiveMetrics::lostRecords)
        .description("Records of decisions given up, since the journal was away for too long")
        .register(registry);
    Gauge.builder(NAMESPACES, live, LiveMetrics::namespaces)
        .description("Attached namespaces on this node")
        .register(registry);
    Gauge.builder(SCALERS, live, LiveMetrics::scalers)
        .description("Scalers on this node")
        .register(registry);
  }

  private void count(
      String name,
      String help,
      String label,
      String value,
      LiveMetrics live,
      ToDoubleFunction<LiveMetrics> counter) {
    FunctionCounter.builder(name, live, counter)
        .description(help)
        .tag(label, value.toLowerCase(Locale.ROOT))
        .register(registry);
  }

  /** NaN until there is progress: a series without a value, not a zero. */
  private void training(
      EventFeeds feeds, String name, String help, ToDoubleFunction<TrainingProgress> value) {
    Gauge.builder(name, feeds, f -> f.latestTraining().map(value::applyAsDouble).orElse(Double.NaN))
        .description(help)
        .register(registry);
  }

  /** Watches the jobs of this node. */
  void jobs(JobQueue queue) {
    Gauge.builder(JOBS, queue, JobQueue::unfinished)
        .description("What-if runs that wait or run on this node")
        .register(registry);
  }

  /** Counts a request to the admin API. */
  void request(String method, int status, Duration took) {
    Timer.builder(HTTP_REQUESTS)
        .description("Requests to the admin API, and how long until they were answered")
        // Anybody can make up a method, and each would be a series.
        .tag("method", METHODS.contains(method) ? method : "other")
        .tag("status", Integer.toString(status))
        .register(registry)
        .record(took);
  }

  /**
   * What Prometheus reads.
   *
   * @param learner what waits there
   * @param controller what it owns
   */
  CompletionStage<String> scrape(
      CompletionStage<LearnerProtocol.Workers> learner,
      CompletionStage<ControllerProtocol.ControllerView> controller) {
    return shared
        .refresh(learner, controller)
        .thenApply(
            done -> {
              shadows.refresh();
              return registry.scrape();
            });
  }

  /** The registry, for further meters. */
  public PrometheusMeterRegistry registry() {
    return registry;
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
