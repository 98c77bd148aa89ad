package io.kiss.kisim.fluid;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.serving.ReadinessProbe;
import io.kiss.kisim.time.DelaySampler;
import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;

/** The pods of one Deployment: pending, ready, draining. Times are seconds. */
final class PodFleet {
  private DelaySampler containerStart;
  private DelaySampler modelLoad;
  private ReadinessProbe readiness;
  private double drainSeconds;

  private int ready;
  private int pending;

  /** Of the pending pods, in the order they were asked for. */
  private double[] requestedAt = new double[0];

  private double[] readyAt = new double[0];
  private double nextReady;

  private int draining;
  private double[] drainedAt = new double[0];
  private double nextDrained;

  /** Starts with the scenario's initial replicas ready. */
  void reset(Scenario scenario, UniformRandomProvider random) {
    containerStart = new DelaySampler(scenario.service().startUp().containerStart(), random);
    modelLoad = new DelaySampler(scenario.service().startUp().modelLoad(), random);
    readiness = scenario.service().startUp().readiness();
    drainSeconds = scenario.service().loneLatencySeconds();
    if (requestedAt.length < scenario.maxReplicas()) {
      requestedAt = new double[scenario.maxReplicas()];
      readyAt = new double[scenario.maxReplicas()];
    }
    ready = scenario.initialReplicas();
    pending = 0;
    nextReady = Double.POSITIVE_INFINITY;
    draining = 0;
    nextDrained = Double.POSITIVE_INFINITY;
  }

  void setDesired(int replicas, double now) {
    while (ready + pending < replicas) {
      requestedAt[pending] = now;
      readyAt[pending] = now + containerStart.seconds() + readiness.readyAfter(modelLoad.seconds());
      nextReady = Math.min(nextReady, readyAt[pending]);
      pending++;
    }
    while (ready + pending > replicas) {
      if (pending > 0) {
        pending--;
      } else {
        ready--;
        drain(now + drainSeconds);
      }
    }
  }

  private void drain(double until) {
    if (draining == drainedAt.length) {
      drainedAt = Arrays.copyOf(drainedAt, Math.max(16, 2 * draining));
    }
    drainedAt[draining++] = until;
    nextDrained = Math.min(nextDrained, until);
  }

  /** Lets pods become ready or go. */
  void passTo(double now) {
    if (now >= nextReady) {
      becomeReady(now);
    }
    if (now >= nextDrained) {
      leave(now);
    }
  }

  private void becomeReady(double now) {
    int kept = 0;
    nextReady = Double.POSITIVE_INFINITY;
    for (int p = 0; p < pending; p++) {
      if (readyAt[p] > now) {
        requestedAt[kept] = requestedAt[p];
        readyAt[kept] = readyAt[p];
        nextReady = Math.min(nextReady, readyAt[p]);
        kept++;
      }
    }
    ready += pending - kept;
    pending = kept;
  }

  private void leave(double now) {
    int kept = 0;
    nextDrained = Double.POSITIVE_INFINITY;
    for (int p = 0; p < draining; p++) {
      if (drainedAt[p] > now) {
        drainedAt[kept] = drainedAt[p];
        nextDrained = Math.min(nextDrained, drainedAt[p]);
        kept++;
      }
    }
    draining = kept;
  }

  int ready() {
    return ready;
  }

  int pending() {
    return pending;
  }

  double requestedAt(int index) {
    return requestedAt[index];
  }

  /** Pods that hold GPUs. */
  int allocated() {
    return ready + pending + draining;
  }
}
