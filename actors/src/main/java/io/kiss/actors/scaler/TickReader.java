package io.kiss.actors.scaler;

import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.MetricsPort;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.live.Workload;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.scaler.Problems.Area;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Reads what a tick decides upon: the workloads, then their metrics in one query. */
final class TickReader {

  /**
   * What a tick read.
   *
   * @param failure why there is nothing to decide upon
   */
  record Seen(
      long tick,
      List<Workload> workloads,
      Map<String, TelemetrySample> samples,
      Optional<Failure> failure) {}

  /** Which port failed, and how; with {@link Area#METRICS}, the workloads were still read. */
  record Failure(Area area, String sentence) {}

  private final NamespaceRef namespace;
  private final PortCalls calls;

  TickReader(NamespaceRef namespace, PortCalls calls) {
    this.namespace = namespace;
    this.calls = calls;
  }

  /** Reads what is attached; never fails. */
  CompletionStage<Seen> read(TickRun tick, Attachment attachment) {
    LiveCluster cluster = tick.cluster;
    return calls
        .call(
            "cluster " + namespace.cluster(),
            () -> cluster.cluster().workloads(namespace.namespace(), attachment.selector()))
        .thenCompose(workloads -> query(tick, attachment, workloads))
        .exceptionally(failure -> failed(tick, List.of(), Area.CLUSTER, failure));
  }

  private CompletionStage<Seen> query(
      TickRun tick, Attachment attachment, List<Workload> workloads) {
    return calls
        .call(
            "the metrics of " + namespace,
            () ->
                tick.cluster
                    .metrics()
                    .query(
                        namespace.namespace(), attachment.source(), targets(attachment, workloads)))
        .handle(
            (samples, failure) ->
                failure == null
                    ? new Seen(tick.number, workloads, samples, Optional.empty())
                    : failed(tick, workloads, Area.METRICS, failure));
  }

  private static List<MetricsPort.Target> targets(Attachment attachment, List<Workload> workloads) {
    return workloads.stream()
        .map(workload -> new MetricsPort.Target(workload, Terms.sloSeconds(attachment, workload)))
        .toList();
  }

  private static Seen failed(TickRun tick, List<Workload> workloads, Area area, Throwable failure) {
    return new Seen(
        tick.number,
        workloads,
        Map.of(),
        Optional.of(new Failure(area, PortCalls.sentence(failure))));
  }
}
