package io.kiss.kisim.autoscale;

import io.kiss.kisim.telemetry.Telemetry;

/**
 * A rule that scales one Deployment. It sees {@link Telemetry} only, at its own period, and keeps
 * its own memory between ticks; one instance serves one Deployment on one thread.
 */
public interface Autoscaler {

  /** Short name for tables, as people know it: {@code hpa}, {@code kiscaler}. */
  String name();

  /** Time between two decisions, seconds. */
  double tickSeconds();

  /** The replicas wanted now; the caller sets them as {@code spec.replicas}. */
  int decide(Telemetry telemetry);
}
