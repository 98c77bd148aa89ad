package io.kiss.actors.live;

import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Where telemetry comes from. */
public interface MetricsPort {

  /**
   * Asks for a whole namespace at once. Fails where the replicas cannot be read either: with their
   * counts but no series, as when only Prometheus is away, it answers {@code NaN} rates, so that
   * the failsafe can count how long telemetry has been gone.
   *
   * @param workloads as {@link ClusterPort#workloads} just showed them
   * @return by workload name; one without any series has {@code NaN} rates, never made-up ones
   */
  CompletionStage<Map<String, TelemetrySample>> query(String namespace, List<Workload> workloads);
}
