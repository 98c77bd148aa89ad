package io.kiss.cluster.scaling;

import akka.Done;
import io.kiss.actors.live.ClusterPort;
import io.kiss.actors.live.LiveClock;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.MetricsPort;
import io.kiss.actors.live.ScaleConflict;
import io.kiss.actors.live.Workload;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A Kubernetes cluster and its Prometheus without either: namespaces full of Deployments whose load
 * goes up and down, answered from memory after some milliseconds. It notes when each tick began.
 */
final class StandInCluster implements ClusterPort, MetricsPort, LiveClock {
  private static final double CAPACITY = 10;
  private static final long LEASE_SECONDS = 45;
  private static final double STALE_SECONDS = 600;
  private static final int FASTEST_MS = 5;
  private static final int SLOWEST_MS = 50;

  private final int deployments;
  private final double acceleration;
  private final double startedSeconds = System.currentTimeMillis() / 1000.0;
  private final long startedNanos = System.nanoTime();
  private final ScheduledExecutorService answers = Executors.newScheduledThreadPool(1);
  private final Map<String, Namespace> namespaces = new ConcurrentHashMap<>();

  /** Guarded by itself. */
  private static final class Namespace {
    private final int[] replicas;
    private final long[] versions;
    private final List<Long> ticks = new ArrayList<>();

    private Namespace(int deployments) {
      replicas = new int[deployments];
      java.util.Arrays.fill(replicas, 5);
      versions = new long[deployments];
    }
  }

  /** What goes wrong. */
  enum Fault {
    NONE,
    METRICS_DOWN,
    METRICS_STALE,
    METRICS_NONSENSE,
    CLUSTER_DOWN,
    LEASE_LOST,
    /** Somebody else writes between reading and scaling. */
    CONFLICTS
  }

  private volatile Fault fault = Fault.NONE;

  /**
   * Without namespaces yet.
   *
   * @param deployments in each
   * @param acceleration seconds of its clock in one of the wall's
   */
  StandInCluster(int deployments, double acceleration) {
    this.deployments = deployments;
    this.acceleration = acceleration;
  }

  int deployments() {
    return deployments;
  }

  /** From now on, until the next. */
  void breaks(Fault how) {
    fault = how;
  }

  private void unless(Fault... faults) {
    for (Fault each : faults) {
      if (fault == each) {
        throw new IllegalStateException("broken on purpose: " + each);
      }
    }
  }

  LiveCluster live() {
    return new LiveCluster(this, this, this);
  }

  /** When each tick of a namespace began, {@link System#nanoTime}. */
  List<Long> ticks(String namespace) {
    Namespace n = namespace(namespace);
    synchronized (n) {
      return List.copyOf(n.ticks);
    }
  }

  void forgetTicks() {
    for (Namespace n : namespaces.values()) {
      synchronized (n) {
        n.ticks.clear();
      }
    }
  }

  void stop() {
    answers.shutdownNow();
  }

  private Namespace namespace(String name) {
    return namespaces.computeIfAbsent(name, n -> new Namespace(deployments));
  }

  private <T> CompletionStage<T> later(Supplier<T> answer) {
    CompletableFuture<T> later = new CompletableFuture<>();
    int delay = ThreadLocalRandom.current().nextInt(FASTEST_MS, SLOWEST_MS);
    answers.schedule(
        () -> {
          try {
            later.complete(answer.get());
          } catch (RuntimeException e) {
            later.completeExceptionally(e);
          }
        },
        delay,
        TimeUnit.MILLISECONDS);
    return later;
  }

  @Override
  public CompletionStage<Instant> holdLease(String namespace, String holder) {
    return later(
        () -> {
          unless(Fault.LEASE_LOST, Fault.CLUSTER_DOWN);
          return Instant.ofEpochMilli((long) (1000 * (nowSeconds() + LEASE_SECONDS)));
        });
  }

  @Override
  public CompletionStage<Done> releaseLease(String namespace, String holder) {
    return CompletableFuture.completedStage(Done.getInstance());
  }

  @Override
  public CompletionStage<List<Workload>> workloads(String namespace, String selector) {
    Namespace n = namespace(namespace);
    synchronized (n) {
      n.ticks.add(System.nanoTime());
    }
    return later(
        () -> {
          unless(Fault.CLUSTER_DOWN);
          return workloads(n);
        });
  }

  private List<Workload> workloads(Namespace n) {
    List<Workload> workloads = new ArrayList<>(deployments);
    synchronized (n) {
      for (int i = 0; i < deployments; i++) {
        String name = "d" + i;
        workloads.add(
            new Workload(
                name,
                n.replicas[i],
                Long.toString(n.versions[i]),
                new Workload.Pods(n.replicas[i], 0, false, List.of(), List.of()),
                1,
                Map.of(),
                Optional.empty(),
                Optional.of(new WorkloadSpec(name, 1, 50, 0.3, 0.1, CAPACITY, 60, 10, 15))));
      }
    }
    return workloads;
  }

  @Override
  public CompletionStage<String> scale(
      String namespace, String workload, int replicas, String resourceVersion, String reason) {
    return later(
        () -> {
          unless(Fault.CLUSTER_DOWN);
          return scaled(namespace(namespace), workload, replicas, resourceVersion);
        });
  }

  private String scaled(Namespace n, String workload, int replicas, String version) {
    int index = Integer.parseInt(workload.substring(1));
    synchronized (n) {
      if (fault == Fault.CONFLICTS) {
        n.versions[index]++;
      }
      if (!version.equals(Long.toString(n.versions[index]))) {
        throw new ScaleConflict(workload + " has changed");
      }
      n.replicas[index] = replicas;
      n.versions[index]++;
      return Long.toString(n.versions[index]);
    }
  }

  @Override
  public CompletionStage<Map<String, TelemetrySample>> query(
      String namespace, String source, List<Target> targets) {
    return later(
        () -> {
          unless(Fault.METRICS_DOWN);
          Map<String, TelemetrySample> samples = new HashMap<>();
          targets.forEach(t -> samples.put(t.workload().name(), sample(t.workload())));
          return samples;
        });
  }

  private TelemetrySample sample(Workload workload) {
    double now = nowSeconds();
    int index = Integer.parseInt(workload.name().substring(1));
    // Ten minutes a period, each Deployment in a phase of its own; noise as of counted requests.
    double wave = 1 + 0.6 * Math.sin(2 * Math.PI * (now / 600 + index / 97.0));
    double rate = 40 * wave * (0.95 + 0.1 * ThreadLocalRandom.current().nextDouble());
    double load = Math.min(1, rate / (CAPACITY * workload.desiredReplicas()));
    int replicas = workload.desiredReplicas();
    return new TelemetrySample(
        now,
        fault == Fault.METRICS_STALE ? STALE_SECONDS : 5,
        fault == Fault.METRICS_NONSENSE ? Double.NaN : rate,
        rate,
        0.1,
        0.1 + 0.2 * load,
        load > 0.95 ? 0.2 : 0,
        0,
        rate * 0.1,
        load,
        replicas,
        replicas,
        0,
        false,
        new double[0]);
  }

  @Override
  public double nowSeconds() {
    return startedSeconds + acceleration * (System.nanoTime() - startedNanos) * 1e-9;
  }

  @Override
  public java.time.Duration wallTime(double seconds) {
    return LiveClock.wall().wallTime(seconds / acceleration);
  }
}
