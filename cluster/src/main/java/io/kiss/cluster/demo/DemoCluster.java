package io.kiss.cluster.demo;

import akka.Done;
import io.kiss.actors.live.ClusterPort;
import io.kiss.actors.live.LiveClock;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.LiveClusters;
import io.kiss.actors.live.MetricsPort;
import io.kiss.actors.live.ScaleConflict;
import io.kiss.actors.live.Workload;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.telemetry.TelemetrySample;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The cluster {@code local} with its namespace {@code demo}. Time passes whenever somebody asks;
 * between two ticks of a scaler that is a few microseconds of work, so a lock is all it takes.
 */
public final class DemoCluster implements ClusterPort, MetricsPort, LiveClock, LiveClusters {
  /** Name of the cluster. */
  public static final String CLUSTER = "local";

  /** Its only namespace. */
  public static final String NAMESPACE = "demo";

  /** Where the wall's clock and the demo's agree. A fixed point, so that restarts go on in time. */
  private static final double EPOCH_SECONDS =
      Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();

  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final int WEEK_SECONDS = 7 * 86_400;

  private final double acceleration;
  private final LongSupplier wallMillis;
  private final Map<String, DemoDeployment> deployments = new LinkedHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private String leaseHolder = "";
  private double leaseUntilSeconds = Double.NEGATIVE_INFINITY;

  /**
   * How a Deployment truly fared since the demo started, whatever telemetry shows.
   *
   * @param sloAttainment share of its requests inside the SLO; {@code NaN} before the first
   * @param p95Seconds of the latency this week
   * @param ageSeconds time the Deployment has lived, in the demo's seconds
   */
  public record Truth(
      String name,
      int desiredReplicas,
      int readyReplicas,
      double requests,
      double sloAttainment,
      double p95Seconds,
      double gpuHours,
      long ageSeconds) {}

  /**
   * Makes the demo, which starts when somebody first looks at it.
   *
   * @param wallMillis Unix time
   */
  public DemoCluster(DemoSettings settings, LongSupplier wallMillis) {
    acceleration = settings.acceleration();
    this.wallMillis = wallMillis;
    List<DemoService> services = DemoService.ALL;
    for (int i = 0; i < services.size(); i++) {
      DemoService service = services.get(i);
      float[] rates =
          DemoTraffic.rates(
              service, settings.trace(), i, services.size(), WEEK_SECONDS, settings.seed());
      deployments.put(
          service.name(), new DemoDeployment(service, rates, settings.seed() + 1000L * (i + 1)));
    }
  }

  /** The demo's Deployments under a trace, as cases to evaluate autoscalers on. */
  public static List<TournamentCase> replays(ArrivalTrace trace, long seed) {
    return DemoService.ALL.stream().map(service -> service.replay(trace, seed)).toList();
  }

  /** This cluster as scalers reach it. */
  @Override
  public Optional<LiveCluster> find(String cluster) {
    return cluster.equals(CLUSTER)
        ? Optional.of(new LiveCluster(this, this, this))
        : Optional.empty();
  }

  @Override
  public double nowSeconds() {
    return EPOCH_SECONDS + (wallMillis.getAsLong() / 1000.0 - EPOCH_SECONDS) * acceleration;
  }

  @Override
  public Duration wallTime(double seconds) {
    return Duration.ofNanos((long) (seconds / acceleration * 1e9));
  }

  @Override
  public CompletionStage<Instant> holdLease(String namespace, String holder) {
    return inNamespace(
        namespace,
        () -> {
          double now = nowSeconds();
          if (!leaseHolder.equals(holder) && now < leaseUntilSeconds) {
            throw new IllegalStateException(
                "the lease kiss-scaler of namespace %s is held by %s"
                    .formatted(namespace, leaseHolder));
          }
          leaseHolder = holder;
          // Fifteen seconds of the wall's: a pause of the JVM must not cost the lease.
          leaseUntilSeconds = now + LEASE.toSeconds() * acceleration;
          return Instant.ofEpochMilli((long) (leaseUntilSeconds * 1000));
        });
  }

  @Override
  public CompletionStage<Done> releaseLease(String namespace, String holder) {
    return inNamespace(
        namespace,
        () -> {
          if (leaseHolder.equals(holder)) {
            leaseHolder = "";
            leaseUntilSeconds = Double.NEGATIVE_INFINITY;
          }
          return Done.getInstance();
        });
  }

  @Override
  public CompletionStage<List<Workload>> workloads(String namespace, String selector) {
    return inNamespace(
        namespace,
        () ->
            deployments.values().stream()
                .filter(deployment -> matches(selector, deployment.name()))
                .map(DemoDeployment::workload)
                .toList());
  }

  /** The demo's objects carry one label, {@code app}, with their name. */
  private static boolean matches(String selector, String name) {
    if (selector.isBlank()) {
      return true;
    }
    String[] terms = selector.split(",");
    for (String term : terms) {
      String[] sides = term.strip().split("==?", 2);
      if (sides.length < 2 || sides[0].contains("!") || sides[0].contains(" ")) {
        throw new IllegalArgumentException(
            "the demo understands selectors like app=resnet50, not '" + selector + "'");
      }
      if (!sides[0].equals("app") || !sides[1].equals(name)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public CompletionStage<String> scale(
      String namespace, String workload, int replicas, String resourceVersion, String reason) {
    return inNamespace(
        namespace,
        () -> {
          DemoDeployment deployment = deployments.get(workload);
          if (deployment == null) {
            throw new IllegalArgumentException(
                "namespace %s has no Deployment '%s'".formatted(namespace, workload));
          }
          if (!deployment.allows(replicas)) {
            throw new IllegalArgumentException(
                "%s can have 1..%d replicas, not %d"
                    .formatted(workload, deployment.maxReplicas(), replicas));
          }
          if (!deployment.resourceVersion().equals(resourceVersion)) {
            throw new ScaleConflict(
                "%s is at version %s, not %s"
                    .formatted(workload, deployment.resourceVersion(), resourceVersion));
          }
          deployment.scale(replicas);
          return deployment.resourceVersion();
        });
  }

  @Override
  public CompletionStage<Map<String, TelemetrySample>> query(
      String namespace, String source, List<Target> targets) {
    return inNamespace(
        namespace,
        () -> {
          Map<String, TelemetrySample> samples = new HashMap<>();
          for (Target target : targets) {
            DemoDeployment deployment = deployments.get(target.workload().name());
            if (deployment != null) {
              samples.put(deployment.name(), deployment.telemetry());
            }
          }
          return samples;
        });
  }

  /** How every Deployment truly fared so far. */
  public List<Truth> truth() {
    lock.lock();
    try {
      advance();
      return List.copyOf(deployments.values().stream().map(DemoDeployment::truth).toList());
    } finally {
      lock.unlock();
    }
  }

  /** A question to the cluster. */
  @FunctionalInterface
  private interface Question<T> {
    T ask();
  }

  private <T> CompletionStage<T> inNamespace(String namespace, Question<T> question) {
    if (!namespace.equals(NAMESPACE)) {
      return CompletableFuture.failedFuture(
          new IllegalArgumentException(
              "cluster %s has no namespace '%s', only %s"
                  .formatted(CLUSTER, namespace, NAMESPACE)));
    }
    lock.lock();
    try {
      advance();
      return CompletableFuture.completedFuture(question.ask());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    } finally {
      lock.unlock();
    }
  }

  private void advance() {
    double now = nowSeconds();
    deployments.values().forEach(deployment -> deployment.advanceTo(now));
  }
}
