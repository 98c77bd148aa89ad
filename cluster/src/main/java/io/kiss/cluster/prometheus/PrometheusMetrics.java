package io.kiss.cluster.prometheus;

import io.kiss.actors.live.LiveClock;
import io.kiss.actors.live.MetricsPort;
import io.kiss.kisim.telemetry.TelemetrySample;
import io.kiss.kisim.telemetry.TelemetrySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Telemetry of a cluster's workloads from its Prometheus, replica counts from what the Kubernetes
 * API just showed.
 *
 * <p>A tick of a namespace is a round: one query a figure, all at once, the histogram of a large
 * namespace in parts; another one for workloads whose samples have come again only lately ({@link
 * Coverage}). A figure without an answer is {@code NaN}; only an unknown source or a namespace that
 * is none makes {@link #query} fail. Ages are differences on Prometheus' own clock, plus the time
 * the round took here, so that clocks need not agree.
 */
public final class PrometheusMetrics implements MetricsPort, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PrometheusMetrics.class);
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  private final PrometheusEndpoint endpoint;
  private final PrometheusSettings settings;
  private final MetricsSources sources;
  private final LiveClock clock;
  private final PrometheusClient client;
  private final Map<String, NamespaceMemory> memories = new ConcurrentHashMap<>();
  private final Map<String, String> problems = new ConcurrentHashMap<>();
  private final Map<String, String> unread = new ConcurrentHashMap<>();

  private PrometheusMetrics(
      PrometheusEndpoint endpoint,
      PrometheusSettings settings,
      MetricsSources sources,
      LiveClock clock) {
    this.endpoint = endpoint;
    this.settings = settings;
    this.sources = sources;
    this.clock = clock;
    client = new PrometheusClient(endpoint, settings);
  }

  /**
   * Telemetry from a Prometheus, which need not be up yet.
   *
   * @param clock the cluster's, by which samples are dated and pending pods' ages counted
   * @throws IllegalArgumentException with a sentence, where the usual source or the CA file cannot
   *     be used
   */
  public static PrometheusMetrics connect(
      PrometheusEndpoint endpoint,
      PrometheusSettings settings,
      MetricsSources sources,
      LiveClock clock) {
    sources.require(settings.source());
    return new PrometheusMetrics(endpoint, settings, sources, clock);
  }

  @Override
  public CompletionStage<Map<String, TelemetrySample>> query(
      String namespace, String source, List<Target> targets) {
    MetricsSource asked;
    try {
      if (!NAMESPACE.matcher(namespace).matches()) {
        throw new IllegalArgumentException("'" + namespace + "' is no namespace's name");
      }
      asked = sources.find(source.isBlank() ? settings.source() : source);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedFuture(e);
    }
    if (targets.isEmpty()) {
      return CompletableFuture.completedFuture(Map.of());
    }
    long begun = System.nanoTime();
    NamespaceMemory memory = remember(namespace, targets, begun);
    Round round = new Round(asked, targets, memory, settings.leastReporting(), begun * 1e-9);
    List<Asked> queries = ask(asked, namespace, targets, memory, begun);
    CompletableFuture<Optional<QueryAnswer>> opening =
        askOpening(asked, namespace, targets, memory, begun);
    return CompletableFuture.allOf(
            Stream.concat(
                    queries.stream().flatMap(query -> query.answers().stream()), Stream.of(opening))
                .toArray(CompletableFuture[]::new))
        .handle(
            (all, failure) -> {
              queries.forEach(query -> take(round, query));
              opening.join().ifPresent(round::opened);
              double elapsed = (System.nanoTime() - begun) * 1e-9;
              Map<String, TelemetrySample> samples = round.samples(clock.nowSeconds(), elapsed);
              note(namespace, round.problem(endpoint));
              round
                  .unread(endpoint)
                  .ifPresentOrElse(
                      sentence -> unread.put(namespace, sentence), () -> unread.remove(namespace));
              return samples;
            });
  }

  /** A figure on its way, maybe in parts, and the workloads that it is of. */
  private record Asked(
      Figure figure, Set<String> workloads, List<CompletableFuture<QueryAnswer>> answers) {}

  private List<Asked> ask(
      MetricsSource source,
      String namespace,
      List<Target> targets,
      NamespaceMemory memory,
      long begun) {
    Set<String> all =
        targets.stream().map(target -> target.workload().name()).collect(Collectors.toSet());
    Coverage.Resumed resumed = memory.coverage().resumed(targets, begun * 1e-9);
    Set<String> usual = new HashSet<>(all);
    usual.removeAll(resumed.workloads());
    Queries queries = new Queries(namespace, pods(targets) >= settings.splitFrom(), begun);
    List<Asked> asked = new ArrayList<>();
    source
        .figures()
        .forEach(
            (figure, query) -> {
              Set<String> of = query.looksBack() ? usual : all;
              if (!of.isEmpty()) {
                asked.add(new Asked(figure, of, queries.send(query, settings.window())));
              }
              if (query.looksBack() && !resumed.workloads().isEmpty()) {
                asked.add(
                    new Asked(figure, resumed.workloads(), queries.send(query, resumed.window())));
              }
            });
    return asked;
  }

  /**
   * What there was when the window began, where a workload was not seen before; empty where all
   * were, or where there is no answer.
   */
  private CompletableFuture<Optional<QueryAnswer>> askOpening(
      MetricsSource source,
      String namespace,
      List<Target> targets,
      NamespaceMemory memory,
      long begun) {
    if (!memory.coverage().hasUnseen(targets)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    FigureQuery age = source.figures().get(Figure.AGE);
    return client
        .query(
            age.before(namespace, memory.coverage().opening()),
            age.grouping(),
            begun + settings.roundTimeout().toNanos())
        .handle((answer, failure) -> Optional.ofNullable(answer));
  }

  private static int pods(List<Target> targets) {
    return targets.stream().mapToInt(target -> target.workload().pods().names().size()).sum();
  }

  /** A round's queries; one that two figures have in common is sent once. */
  private final class Queries {
    private final String namespace;
    private final boolean split;
    private final long deadlineNanos;
    private final Map<String, CompletableFuture<QueryAnswer>> sent = new HashMap<>();

    Queries(String namespace, boolean split, long begun) {
      this.namespace = namespace;
      this.split = split;
      deadlineNanos = begun + settings.roundTimeout().toNanos();
    }

    List<CompletableFuture<QueryAnswer>> send(FigureQuery query, Duration window) {
      Grouping grouping = query.grouping();
      return query.of(namespace, window, split).stream()
          .map(
              promql ->
                  sent.computeIfAbsent(
                      grouping.by() + grouping.list() + promql,
                      key -> client.query(promql, grouping, deadlineNanos)))
          .toList();
    }
  }

  private NamespaceMemory remember(String namespace, List<Target> targets, long nanos) {
    double now = nanos * 1e-9;
    memories.forEach(
        (name, memory) -> {
          if (memory.isForgotten(now) && memories.remove(name, memory)) {
            problems.remove(name);
            unread.remove(name);
          }
        });
    double window = settings.window().toMillis() / 1000.0;
    NamespaceMemory memory =
        memories.computeIfAbsent(
            namespace, name -> new NamespaceMemory(window, TelemetrySettings.LOOK_BACK_SECONDS));
    memory.see(targets, now);
    return memory;
  }

  private static void take(Round round, Asked asked) {
    List<QueryAnswer> parts = new ArrayList<>();
    for (CompletableFuture<QueryAnswer> answer : asked.answers()) {
      try {
        parts.add(answer.join());
      } catch (CompletionException failure) {
        // Some of a histogram's buckets are none.
        round.failed(asked.figure(), (QueryFailure) failure.getCause());
        return;
      }
    }
    parts.forEach(part -> round.answered(asked.figure(), part, asked.workloads()));
  }

  /** Logs what is new: a Prometheus that stays away is one line, not one a tick. */
  private void note(String namespace, Optional<String> problem) {
    String before =
        problem.isPresent() ? problems.put(namespace, problem.get()) : problems.remove(namespace);
    if (problem.isPresent() && !problem.get().equals(before)) {
      LOG.warn("metrics of namespace {}: {}", namespace, problem.get());
    } else if (problem.isEmpty() && before != null) {
      LOG.info("metrics of namespace {} are whole again", namespace);
    }
  }

  @Override
  public Optional<String> unread(String namespace) {
    return Optional.ofNullable(unread.get(namespace));
  }

  /** What the last round of a namespace fell short of, in a sentence; empty where it was whole. */
  public Optional<String> problem(String namespace) {
    return Optional.ofNullable(problems.get(namespace));
  }

  /** The templates that attachments may name. */
  public MetricsSources sources() {
    return sources;
  }

  /** Bytes received from Prometheus so far, as they came over the wire. */
  public long receivedBytes() {
    return client.receivedBytes();
  }

  @Override
  public void close() {
    client.close();
  }
}
