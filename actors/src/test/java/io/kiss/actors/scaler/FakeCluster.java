package io.kiss.actors.scaler;

import akka.Done;
import io.kiss.actors.live.ClusterPort;
import io.kiss.actors.live.DecisionJournal;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.LiveClock;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.MetricsPort;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.live.PolicyStore;
import io.kiss.actors.live.ScaleConflict;
import io.kiss.actors.live.Workload;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A cluster in memory behind all the ports, with a switch for everything that can fail. Fields
 * without lock are volatile or set before the actor starts.
 */
final class FakeCluster
    implements ClusterPort, MetricsPort, LiveClock, DecisionJournal, PolicyStore {
  static final double LEASE_SECONDS = 45;

  /** One Deployment. */
  record Deployment(
      int replicas, int version, double rate, Optional<String> refusal, boolean profiled) {
    static Deployment of(int replicas, double rate) {
      return new Deployment(replicas, 1, rate, Optional.empty(), true);
    }
  }

  /** One accepted or refused write. */
  record Write(String workload, int replicas, String resourceVersion) {}

  private final Map<String, Deployment> deployments = new TreeMap<>();
  private final List<Write> attempts = new ArrayList<>();
  private final List<List<DecisionRecord>> journal = new ArrayList<>();
  private final Map<String, byte[]> policies = new HashMap<>();
  private final double timeScale;

  volatile double now = 1_000;
  volatile String holder;
  volatile boolean leaseRefused;
  volatile RuntimeException workloadsFail;
  volatile RuntimeException metricsFail;
  volatile String unread;
  volatile RuntimeException journalFails;

  /** The journal keeps what it is given and never says so. */
  volatile boolean journalSilent;

  volatile boolean metricsHang;
  volatile boolean somebodyElseWrites;
  volatile int queries;
  volatile int fetches;
  private CompletableFuture<Map<String, TelemetrySample>> hanging = new CompletableFuture<>();

  /** Runs {@code timeScale} times as fast as the wall. */
  FakeCluster(double timeScale) {
    this.timeScale = timeScale;
  }

  static WorkloadSpec spec(String name) {
    return new WorkloadSpec(name, 1, 50, 0.5, 0.1, 10, 60, 10, 15);
  }

  LiveCluster live() {
    return new LiveCluster(this, this, this);
  }

  synchronized void put(String name, Deployment deployment) {
    deployments.put(name, deployment);
  }

  synchronized void remove(String name) {
    deployments.remove(name);
  }

  synchronized Deployment deployment(String name) {
    return deployments.get(name);
  }

  synchronized List<Write> attempts() {
    return List.copyOf(attempts);
  }

  synchronized int batches() {
    return journal.size();
  }

  synchronized List<DecisionRecord> batch(int index) {
    return journal.get(index);
  }

  /** The newest decision about a Deployment. */
  synchronized DecisionRecord last(String name) {
    return journal.get(journal.size() - 1).stream()
        .filter(r -> r.deployment().equals(name))
        .reduce((earlier, later) -> later)
        .orElseThrow(() -> new AssertionError("no decision about " + name));
  }

  @Override
  public Optional<String> unread(String namespace) {
    return Optional.ofNullable(unread);
  }

  @Override
  public CompletionStage<Instant> holdLease(String namespace, String who) {
    if (leaseRefused) {
      return CompletableFuture.failedStage(new IllegalStateException("held by somebody else"));
    }
    holder = who;
    return CompletableFuture.completedStage(Instant.ofEpochSecond((long) (now + LEASE_SECONDS)));
  }

  @Override
  public CompletionStage<Done> releaseLease(String namespace, String who) {
    if (who.equals(holder)) {
      holder = null;
    }
    return CompletableFuture.completedStage(Done.getInstance());
  }

  @Override
  public synchronized CompletionStage<List<Workload>> workloads(String namespace, String selector) {
    if (workloadsFail != null) {
      return CompletableFuture.failedStage(workloadsFail);
    }
    List<Workload> workloads = new ArrayList<>();
    deployments.forEach(
        (name, d) ->
            workloads.add(
                new Workload(
                    name,
                    d.replicas(),
                    String.valueOf(d.version()),
                    new Workload.Pods(d.replicas(), 0, false, List.of(), List.of()),
                    1,
                    Map.of(),
                    d.refusal(),
                    d.profiled() ? Optional.of(spec(name)) : Optional.empty())));
    if (somebodyElseWrites) {
      deployments.replaceAll(
          (name, d) ->
              new Deployment(d.replicas(), d.version() + 1, d.rate(), d.refusal(), d.profiled()));
    }
    return CompletableFuture.completedStage(workloads);
  }

  @Override
  public synchronized CompletionStage<String> scale(
      String namespace, String workload, int replicas, String resourceVersion, String reason) {
    attempts.add(new Write(workload, replicas, resourceVersion));
    Deployment d = deployments.get(workload);
    if (!resourceVersion.equals(String.valueOf(d.version()))) {
      return CompletableFuture.failedStage(
          new ScaleConflict("version is " + d.version() + ", not " + resourceVersion));
    }
    deployments.put(
        workload, new Deployment(replicas, d.version() + 1, d.rate(), d.refusal(), d.profiled()));
    return CompletableFuture.completedStage(String.valueOf(d.version() + 1));
  }

  @Override
  public synchronized CompletionStage<Map<String, TelemetrySample>> query(
      String namespace, String source, List<Target> targets) {
    queries++;
    if (metricsFail != null) {
      return CompletableFuture.failedStage(metricsFail);
    }
    if (metricsHang) {
      return hanging;
    }
    Map<String, TelemetrySample> samples = new HashMap<>();
    for (Target target : targets) {
      samples.put(target.workload().name(), sample(target.workload().name()));
    }
    return CompletableFuture.completedStage(samples);
  }

  /** Lets the queries that hang answer now. */
  synchronized void answerHangingQueries() {
    metricsHang = false;
    Map<String, TelemetrySample> samples = new HashMap<>();
    deployments.keySet().forEach(name -> samples.put(name, sample(name)));
    hanging.complete(samples);
    hanging = new CompletableFuture<>();
  }

  private TelemetrySample sample(String name) {
    Deployment d = deployments.get(name);
    double known = Double.isNaN(d.rate()) ? Double.NaN : 1;
    return new TelemetrySample(
        now,
        5 * known,
        d.rate(),
        d.rate(),
        0.1 * known,
        0.2 * known,
        0 * known,
        0 * known,
        d.rate() * 0.1,
        0.5 * known,
        d.replicas(),
        d.replicas(),
        0,
        false,
        new double[0]);
  }

  @Override
  public double nowSeconds() {
    return now;
  }

  @Override
  public Duration wallTime(double seconds) {
    return Duration.ofNanos((long) (seconds * 1e9 / timeScale));
  }

  @Override
  public synchronized CompletionStage<Done> append(List<DecisionRecord> records) {
    if (journalSilent) {
      // Too late for whoever asked, and kept all the same.
      journal.add(records);
      return new CompletableFuture<>();
    }
    if (journalFails != null) {
      return CompletableFuture.failedStage(journalFails);
    }
    journal.add(records);
    return CompletableFuture.completedStage(Done.getInstance());
  }

  @Override
  public synchronized CompletionStage<List<DecisionRecord>> newest(
      NamespaceRef namespace, Set<String> names) {
    if (journalFails != null) {
      return CompletableFuture.failedStage(journalFails);
    }
    Map<String, DecisionRecord> newest = new TreeMap<>();
    journal.stream()
        .flatMap(List::stream)
        .filter(record -> names.contains(record.deployment()))
        .forEach(record -> newest.put(record.deployment(), record));
    return CompletableFuture.completedStage(List.copyOf(newest.values()));
  }

  @Override
  public synchronized CompletionStage<Done> put(String sha256, byte[] policy) {
    policies.put(sha256, policy);
    return CompletableFuture.completedStage(Done.getInstance());
  }

  @Override
  public synchronized CompletionStage<Optional<byte[]>> get(String sha256) {
    fetches++;
    return CompletableFuture.completedStage(Optional.ofNullable(policies.get(sha256)));
  }
}
