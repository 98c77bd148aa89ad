package io.kiss.kisim.engine;

import io.kiss.kisim.telemetry.TelemetryBuffer;

/**
 * Simulates one Deployment. Time runs in whole seconds from 0; the same scenario, seed and calls
 * give the same bits. One instance serves one thread and may be reset again and again.
 */
public interface Engine {

  /** Starts a scenario, its initial replicas ready and in a steady state with the first rate. */
  void reset(Scenario scenario, long seed);

  /** Seconds since the start. */
  int timeSeconds();

  /** Lets time pass, to the scenario's end at most. */
  void advance(int seconds);

  /**
   * Sets {@code spec.replicas}. New pods become ready after their start-up time. On the way down
   * the newest pending pods go first, then ready ones, which finish what they have in hand.
   *
   * @param replicas put inside 1 and the scenario's maximum
   */
  void setDesiredReplicas(int replicas);

  /** Writes what Prometheus and the Kubernetes API show now. */
  void readTelemetry(TelemetryBuffer out);

  /** What truly happened since the start; the same object at every call. */
  Truth truth();
}
