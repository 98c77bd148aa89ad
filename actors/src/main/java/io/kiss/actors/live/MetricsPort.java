package io.kiss.actors.live;

import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;

/** Where telemetry comes from. */
public interface MetricsPort {

  /**
   * Whose telemetry is asked for.
   *
   * @param workload as {@link ClusterPort#workloads} just showed it
   * @param sloSeconds what counts as violating; empty: not known, so the violating share is not
   *     either
   */
  record Target(Workload workload, OptionalDouble sloSeconds) {}

  /**
   * Asks for a whole namespace at once. Fails where the replicas cannot be read either: with their
   * counts but no series, as when only Prometheus is away, it answers {@code NaN} rates, so that
   * the failsafe can count how long telemetry has been gone.
   *
   * @param source names the templates of the queries, such as {@code triton}; empty: the cluster's
   *     usual ones
   * @return by workload name; one without any series has {@code NaN} rates, never made-up ones
   */
  CompletionStage<Map<String, TelemetrySample>> query(
      String namespace, String source, List<Target> targets);

  /**
   * Why the namespace's newest answer tells nothing to decide upon for any workload, in a sentence;
   * empty where what it lacks is of some workloads only.
   */
  default Optional<String> unread(String namespace) {
    return Optional.empty();
  }
}
