package io.kiss.cluster.prometheus;

import io.kiss.actors.live.MetricsPort.Target;
import io.kiss.actors.live.Workload;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What came back for a namespace's tick, and what it says of each workload. */
final class Round {
  /** The annotation that names a workload's Service where that has another name. */
  static final String SERVICE_ANNOTATION = "kiss.io/service";

  private static final int MOST_NAMED = 3;

  private final MetricsSource source;
  private final List<Target> targets;
  private final NamespaceMemory memory;
  private final double leastReporting;
  private final double begunSeconds;
  private final Map<String, Tally> tallies = new HashMap<>();
  private final Map<Grouping.By, Map<String, String>> owners = new EnumMap<>(Grouping.By.class);
  private final Map<String, List<Figure>> failures = new LinkedHashMap<>();
  private final Map<String, List<String>> complaints = new LinkedHashMap<>();
  private final Set<Figure> unanswered = new HashSet<>();
  private final Map<String, Double> openingAges = new HashMap<>();

  /**
   * Before any answer.
   *
   * @param memory with the targets already in it
   * @param begunSeconds of a clock that never jumps
   */
  Round(
      MetricsSource source,
      List<Target> targets,
      NamespaceMemory memory,
      double leastReporting,
      double begunSeconds) {
    this.source = source;
    this.targets = targets;
    this.memory = memory;
    this.leastReporting = leastReporting;
    this.begunSeconds = begunSeconds;
    targets.forEach(target -> tallies.put(target.workload().name(), new Tally()));
    owners.put(Grouping.By.POD, memory.owners());
    owners.put(Grouping.By.WORKLOAD, unique(Round::bareName, "the name"));
    owners.put(Grouping.By.SERVICE, unique(Round::service, "the Service"));
  }

  /** Without its kind: {@code web} of {@code statefulsets.apps:web}. */
  private static String bareName(Workload workload) {
    return workload.name().substring(workload.name().lastIndexOf(':') + 1);
  }

  private static String service(Workload workload) {
    return workload.annotations().getOrDefault(SERVICE_ANNOTATION, bareName(workload));
  }

  private interface Key {
    String of(Workload workload);
  }

  /** Owners by a key; series of one that two share are nobody's. */
  private Map<String, String> unique(Key key, String what) {
    Map<String, String> owner = new HashMap<>();
    Set<String> shared = new HashSet<>();
    for (Target target : targets) {
      String of = key.of(target.workload());
      if (owner.put(of, target.workload().name()) != null) {
        shared.add(of);
      }
    }
    shared.forEach(owner::remove);
    boolean asked =
        source.figures().values().stream()
            .anyMatch(
                query ->
                    query.grouping().by() != Grouping.By.POD
                        && what.endsWith("Service")
                            == (query.grouping().by() == Grouping.By.SERVICE));
    if (asked) {
      shared.stream().sorted().forEach(of -> complain("several workloads share " + what, of));
    }
    return owner;
  }

  private void complain(String what, String who) {
    complaints.computeIfAbsent(what, key -> new ArrayList<>()).add(who);
  }

  /** Takes in what an answer says of these workloads. */
  void answered(Figure figure, QueryAnswer answer, Set<String> workloads) {
    FigureQuery query = source.figures().get(figure);
    Map<String, String> owner = owners.get(query.grouping().by());
    boolean labelled = false;
    String key = null;
    Tally tally = null;
    for (QueryAnswer.Row row : answer.rows()) {
      labelled |= !row.key().isEmpty();
      // A pod's buckets come one after another, as one and the same string.
      if (row.key() != key) {
        key = row.key();
        String workload = owner.get(key);
        tally = workload == null || !workloads.contains(workload) ? null : tallies.get(workload);
      }
      if (tally != null) {
        tally.add(figure, row, query.divisor());
      }
    }
    if (!labelled && !answer.rows().isEmpty()) {
      complain("no row has a label " + query.grouping().list() + " in answer to", figure.key());
    }
  }

  /** Takes in how old the newest samples are that are as old as a window's opening. */
  void opened(QueryAnswer answer) {
    Map<String, String> owner = owners.get(source.figures().get(Figure.AGE).grouping().by());
    for (QueryAnswer.Row row : answer.rows()) {
      String workload = owner.get(row.key());
      if (workload != null && Double.isFinite(row.value())) {
        openingAges.merge(workload, row.value(), Math::min);
      }
    }
  }

  /** Notes that a figure has no answer. */
  void failed(Figure figure, QueryFailure failure) {
    unanswered.add(figure);
    failures.computeIfAbsent(failure.getMessage(), key -> new ArrayList<>()).add(figure);
  }

  /**
   * Telemetry of every target.
   *
   * @param nowSeconds on the cluster's clock
   * @param elapsedSeconds since the round began, by which samples have grown older
   */
  Map<String, TelemetrySample> samples(double nowSeconds, double elapsedSeconds) {
    Map<String, TelemetrySample> samples = new HashMap<>();
    for (Target target : targets) {
      samples.put(target.workload().name(), sample(target, nowSeconds, elapsedSeconds));
    }
    return samples;
  }

  private TelemetrySample sample(Target target, double now, double elapsed) {
    Workload workload = target.workload();
    Tally tally = tallies.get(workload.name());
    requireMostPods(workload, tally);
    Tally.Latency latency = tally.latency(target.sloSeconds().orElse(Double.NaN));
    boolean doubtful =
        memory
            .coverage()
            .see(
                workload.name(),
                begunSeconds,
                tally.value(Figure.AGE),
                !unanswered.contains(Figure.AGE),
                openingAges.getOrDefault(workload.name(), Double.NaN));
    if (doubtful) {
      complain("samples come again only now, so that rates are not known yet, of", workload.name());
    }
    double arrivals = doubtful ? Double.NaN : arrivals(tally);
    complainOf(workload, tally);
    Workload.Pods pods = workload.pods();
    return new TelemetrySample(
        now,
        tally.value(Figure.AGE) + elapsed,
        arrivals,
        doubtful ? Double.NaN : completions(tally, latency),
        latency.p50Seconds(),
        latency.p95Seconds(),
        latency.violatingShare(),
        tally.value(Figure.QUEUED),
        tally.value(Figure.RUNNING),
        tally.value(Figure.GPU),
        workload.desiredReplicas(),
        pods.ready(),
        pods.unschedulable(),
        pods.rolloutInProgress(),
        pods.pendingSinceSeconds().stream()
            .mapToDouble(since -> Math.max(0, now - since))
            .toArray());
  }

  /** The load of pods without series would look like none, and scale down. */
  private void requireMostPods(Workload workload, Tally tally) {
    if (source.figures().get(Figure.ARRIVALS).grouping().by() != Grouping.By.POD
        || tally.arriving().isEmpty()) {
      return;
    }
    long telling = workload.pods().names().stream().filter(tally.arriving()::contains).count();
    int expected = memory.leastReady(workload.name());
    if (telling < leastReporting * expected) {
      tally.spoil(Figure.ARRIVALS);
      complain(
          "too few ready pods tell their arrivals, which are unknown therefore, of",
          "%s (%d of %d)".formatted(workload.name(), telling, expected));
    }
  }

  private double completions(Tally tally, Tally.Latency latency) {
    return source.figures().containsKey(Figure.COMPLETIONS)
        ? tally.value(Figure.COMPLETIONS)
        : latency.rate();
  }

  private double arrivals(Tally tally) {
    double counted = tally.value(Figure.ARRIVALS);
    if (!source.figures().get(Figure.ARRIVALS).whenAnswered()
        || !source.figures().containsKey(Figure.GROWTH)) {
      return counted;
    }
    if (unanswered.contains(Figure.GROWTH) || tally.spoiled().contains(Figure.GROWTH)) {
      return Double.NaN;
    }
    double growth = tally.value(Figure.GROWTH);
    return Double.isNaN(growth) ? counted : Math.max(0, counted + growth);
  }

  private void complainOf(Workload workload, Tally tally) {
    if (workload.pods().ready() > 0
        && tally.arriving().isEmpty()
        && !tally.spoiled().contains(Figure.ARRIVALS)
        && !unanswered.contains(Figure.ARRIVALS)) {
      complain("there are no arrivals (source " + source.name() + ") of", workload.name());
    }
    for (Figure figure : tally.spoiled()) {
      boolean told = figure == Figure.ARRIVALS && !tally.arriving().isEmpty();
      if (!told) {
        complain("values that cannot be came as " + figure.key() + " of", workload.name());
      }
    }
  }

  /** Why there is nothing to decide upon for anybody, in a sentence. */
  Optional<String> unread(PrometheusEndpoint endpoint) {
    boolean needed =
        unanswered.contains(Figure.ARRIVALS)
            || unanswered.contains(Figure.AGE)
            || unanswered.contains(Figure.GROWTH)
                && source.figures().get(Figure.ARRIVALS).whenAnswered();
    return needed ? Optional.of(String.join("; ", failures(endpoint))) : Optional.empty();
  }

  /** What fell short, in a sentence. */
  Optional<String> problem(PrometheusEndpoint endpoint) {
    List<String> clauses = failures(endpoint);
    new TreeMap<>(complaints).forEach((what, who) -> clauses.add(what + " " + named(who)));
    return clauses.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", clauses));
  }

  private List<String> failures(PrometheusEndpoint endpoint) {
    List<String> clauses = new ArrayList<>();
    failures.forEach(
        (clause, figures) ->
            clauses.add(
                "Prometheus at %s %s (%s)"
                    .formatted(
                        endpoint,
                        clause,
                        figures.stream()
                            .distinct()
                            .sorted()
                            .map(Figure::key)
                            .collect(Collectors.joining(", ")))));
    return clauses;
  }

  private static String named(List<String> who) {
    List<String> sorted = who.stream().sorted().toList();
    return sorted.size() <= MOST_NAMED
        ? String.join(", ", sorted)
        : String.join(", ", sorted.subList(0, MOST_NAMED))
            + " and "
            + (sorted.size() - MOST_NAMED)
            + " more";
  }
}
