package io.kiss.cluster.live;

import akka.Done;
import io.kiss.actors.live.ClusterPort;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.MetricsPort;
import io.kiss.actors.live.ScaleConflict;
import io.kiss.actors.live.Workload;
import io.kiss.kisim.telemetry.TelemetrySample;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Times what a cluster is asked: each call until its answer, or its failure, has come. */
public final class MeteredPorts {
  /** Calls to a cluster, by operation and how they ended. */
  public static final String CLUSTER_CALLS = "kiss.cluster.calls";

  /** Queries of telemetry, by how they ended. */
  public static final String METRICS_QUERIES = "kiss.metrics.queries";

  private static final String HOLD_LEASE = "hold_lease";
  private static final String RELEASE_LEASE = "release_lease";
  private static final String WORKLOADS = "workloads";
  private static final String SCALE = "scale";
  private static final String RESULT = "result";
  private static final String OK = "ok";
  private static final String CONFLICT = "conflict";
  private static final String FAILED = "failed";

  private MeteredPorts() {}

  /** The same cluster, its calls timed in {@code registry}. */
  public static LiveCluster of(LiveCluster live, MeterRegistry registry) {
    return new LiveCluster(
        new MeteredCluster(live.cluster(), registry),
        new MeteredMetrics(live.metrics(), registry),
        live.clock());
  }

  /** Begins every series at zero, so that a rate is known from the first call on. */
  public static void register(MeterRegistry registry) {
    for (String result : List.of(OK, CONFLICT, FAILED)) {
      for (String operation : List.of(HOLD_LEASE, RELEASE_LEASE, WORKLOADS, SCALE)) {
        if (!result.equals(CONFLICT) || operation.equals(SCALE)) {
          clusterCalls(operation).tag(RESULT, result).register(registry);
        }
      }
    }
    metricsQueries().tag(RESULT, OK).register(registry);
    metricsQueries().tag(RESULT, FAILED).register(registry);
  }

  private static Timer.Builder clusterCalls(String operation) {
    return Timer.builder(CLUSTER_CALLS)
        .description("Calls to the clusters that are scaled, and how long they took")
        .tag("operation", operation);
  }

  private static Timer.Builder metricsQueries() {
    return Timer.builder(METRICS_QUERIES)
        .description("Queries of a namespace's telemetry, and how long they took");
  }

  private record MeteredCluster(ClusterPort port, MeterRegistry registry) implements ClusterPort {
    @Override
    public CompletionStage<Instant> holdLease(String namespace, String holder) {
      return timed(HOLD_LEASE, () -> port.holdLease(namespace, holder));
    }

    @Override
    public CompletionStage<Done> releaseLease(String namespace, String holder) {
      return timed(RELEASE_LEASE, () -> port.releaseLease(namespace, holder));
    }

    @Override
    public CompletionStage<List<Workload>> workloads(String namespace, String selector) {
      return timed(WORKLOADS, () -> port.workloads(namespace, selector));
    }

    @Override
    public CompletionStage<String> scale(
        String namespace, String workload, int replicas, String resourceVersion, String reason) {
      return timed(SCALE, () -> port.scale(namespace, workload, replicas, resourceVersion, reason));
    }

    private <T> CompletionStage<T> timed(String operation, Supplier<CompletionStage<T>> call) {
      return MeteredPorts.timed(registry, clusterCalls(operation), call);
    }
  }

  private record MeteredMetrics(MetricsPort port, MeterRegistry registry) implements MetricsPort {
    @Override
    public CompletionStage<Map<String, TelemetrySample>> query(
        String namespace, String source, List<Target> targets) {
      return timed(registry, metricsQueries(), () -> port.query(namespace, source, targets));
    }

    @Override
    public Optional<String> unread(String namespace) {
      return port.unread(namespace);
    }
  }

  private static <T> CompletionStage<T> timed(
      MeterRegistry registry, Timer.Builder timer, Supplier<CompletionStage<T>> call) {
    Timer.Sample sample = Timer.start(registry);
    CompletionStage<T> answer;
    try {
      answer = call.get();
    } catch (RuntimeException e) {
      sample.stop(timer.tag(RESULT, result(e)).register(registry));
      throw e;
    }
    return answer.whenComplete(
        (value, failure) -> sample.stop(timer.tag(RESULT, result(failure)).register(registry)));
  }

  /** A conflict is somebody else's change, not a cluster in trouble. */
  private static String result(Throwable failure) {
    if (failure == null) {
      return OK;
    }
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof ScaleConflict ? CONFLICT : FAILED;
  }
}
