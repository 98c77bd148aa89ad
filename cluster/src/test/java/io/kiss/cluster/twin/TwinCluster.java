package io.kiss.cluster.twin;

import akka.Done;
import io.kiss.actors.live.ClusterPort;
import io.kiss.actors.live.LiveClock;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.MetricsPort;
import io.kiss.actors.live.Workload;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One namespace of {@link TwinDeployment}s behind a node's ports. Its time passes by one tick each
 * time the namespace is looked at, so that a machine that is slow makes nothing late in it.
 */
final class TwinCluster implements ClusterPort, MetricsPort, LiveClock {
  static final double TICK_SECONDS = 15;
  private static final double START = 1_800_000_000;
  private static final long A_DAY = 86_400;

  private final Duration wallTick;
  private final Map<String, TwinDeployment> deployments = new LinkedHashMap<>();
  private double now = START;

  /**
   * Deployments {@code web-0} and so on, whose waves of load are out of step.
   *
   * @param wallTick how long a tick of its time takes at least
   */
  TwinCluster(int size, int replicas, Duration wallTick, long seed) {
    this.wallTick = wallTick;
    for (int i = 0; i < size; i++) {
      String name = "web-" + i;
      double meanRate = 18 + 6.0 * i / size;
      deployments.put(
          name, new TwinDeployment(name, meanRate, (double) i / size, replicas, START, seed + i));
    }
  }

  LiveCluster live() {
    return new LiveCluster(this, this, this);
  }

  /** Since the start, seconds. */
  synchronized double elapsedSeconds() {
    return now - START;
  }

  synchronized int replicas() {
    return deployments.values().stream().mapToInt(TwinDeployment::replicas).sum();
  }

  /** How requests of all of them fared since this was last asked. */
  synchronized TwinService.Fared takeFared() {
    long done = 0;
    long violating = 0;
    for (TwinDeployment deployment : deployments.values()) {
      TwinService.Fared fared = deployment.takeFared();
      done += fared.done();
      violating += fared.violating();
    }
    return new TwinService.Fared(done, violating);
  }

  @Override
  public synchronized double nowSeconds() {
    return now;
  }

  @Override
  public Duration wallTime(double seconds) {
    return Duration.ofNanos((long) (wallTick.toNanos() * (seconds / TICK_SECONDS)));
  }

  @Override
  public CompletionStage<Instant> holdLease(String namespace, String holder) {
    return CompletableFuture.completedStage(Instant.ofEpochSecond((long) nowSeconds() + A_DAY));
  }

  @Override
  public CompletionStage<Done> releaseLease(String namespace, String holder) {
    return CompletableFuture.completedStage(Done.getInstance());
  }

  @Override
  public synchronized CompletionStage<List<Workload>> workloads(String namespace, String selector) {
    now += TICK_SECONDS;
    deployments.values().forEach(deployment -> deployment.advance(now));
    return CompletableFuture.completedStage(
        deployments.values().stream().map(TwinDeployment::workload).toList());
  }

  @Override
  public synchronized CompletionStage<String> scale(
      String namespace, String workload, int replicas, String resourceVersion, String reason) {
    try {
      return CompletableFuture.completedStage(
          deployments.get(workload).scale(replicas, resourceVersion));
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  @Override
  public synchronized CompletionStage<Map<String, TelemetrySample>> query(
      String namespace, String source, List<Target> targets) {
    Map<String, TelemetrySample> samples = new HashMap<>();
    for (Target target : targets) {
      String name = target.workload().name();
      samples.put(name, deployments.get(name).sample());
    }
    return CompletableFuture.completedStage(samples);
  }
}
