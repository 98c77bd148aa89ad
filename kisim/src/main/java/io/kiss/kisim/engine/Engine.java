package io.kiss.kisim.engine;

import io.kiss.kisim.telemetry.TelemetryBuffer;

/**
 * Simulates one Deployment. Time runs in whole seconds from 0; the same scenario, seed and calls
 * give the same bits. One instance serves one thread and may be reset again and again.
 *
 * <p>There are two: the request-level engine, where every request is exact, and the fluid one,
 * whose cost does not depend on their number. Both run the same {@code cluster}, so that pods live
 * and die in the same way; what is drawn for the cluster depends on the seed alone.
 */
public interface Engine {

  /**
   * Starts a scenario, its initial replicas ready and warmed up with the rate of its first minute,
   * telemetry included.
   */
  void reset(Scenario scenario, long seed);

  /** Seconds since the start. */
  int timeSeconds();

  /** Lets time pass, to the scenario's end at most. */
  void advance(int seconds);

  /**
   * Sets {@code spec.replicas}. The cluster follows after its API latency. On the way down pods
   * without a node go first, then pending ones, then ready ones, each the youngest first; ready
   * ones may finish what they have in hand.
   *
   * @param replicas put inside 1 and the scenario's maximum
   */
  void setDesiredReplicas(int replicas);

  /** Writes what Prometheus and the Kubernetes API show now. */
  void readTelemetry(TelemetryBuffer out);

  /** What truly happened since the start; the same object at every call. */
  Truth truth();
}
