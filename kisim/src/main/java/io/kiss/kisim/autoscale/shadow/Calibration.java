package io.kiss.kisim.autoscale.shadow;

import io.kiss.kisim.autoscale.QueueSketch;
import io.kiss.kisim.autoscale.WorkloadSpec;

/**
 * Which of a family of sketches would have said of what ran what was measured of it.
 *
 * <p>A sketch knows of a service its capacity, a mean service time and an SLO. Batches that fill,
 * service times that scatter, unequal pods and bursts inside a tick all make requests late that it
 * calls punctual; what is steadier than it takes for granted does the opposite. Each member of the
 * family stands for one size of that: its pods are slower by a factor, and its SLO leaves a share
 * of the slack. All of them are carried along; the one is believed whose violating shares of what
 * ran came closest to the measured ones, in squares weighed by load and smoothed, since a measured
 * share is one of a window that ended a while ago.
 */
final class Calibration {
  private static final double[] SLOWER = {1, 0.8, 0.9, 1.1, 1.2, 1.35, 1.5};
  private static final double[] SLACK = {1, 0.15, 0.3, 0.55, 2, 4};

  /** The sketch as it is. */
  static final int PLAIN = 0;

  static final int SIZE = SLOWER.length * SLACK.length;

  /** Fading time of the shares that are compared, seconds. */
  private static final double SMOOTHING_SECONDS = 120;

  /** Less of measured time than this says nothing. */
  private static final double LEAST_SECONDS = 900;

  /** Mean square that counts as none: one percent of violations. */
  private static final double NOTHING = 1e-4;

  private final QueueSketch[] sketches = new QueueSketch[SIZE];
  private final double[] smoothed = new double[SIZE];
  private final double[] squares = new double[SIZE];
  private final double[] modelled = new double[SIZE];
  private double smoothedObserved;
  private double smoothedFor;
  private double seconds;
  private double weight;

  Calibration(WorkloadSpec workload) {
    follow(workload);
  }

  /** The service is known otherwise from now on; what was found out stays. */
  void follow(WorkloadSpec workload) {
    for (int i = 0; i < SIZE; i++) {
      double slack = Math.max(0, workload.sloSeconds() - workload.serviceTimeSeconds());
      sketches[i] =
          new QueueSketch(
              new WorkloadSpec(
                  workload.name(),
                  workload.minReplicas(),
                  workload.maxReplicas(),
                  workload.serviceTimeSeconds() + slack * SLACK[i / SLOWER.length],
                  workload.serviceTimeSeconds(),
                  workload.replicaCapacity() / slower(i),
                  workload.startupSeconds(),
                  workload.violationPrice(),
                  workload.tickSeconds()));
    }
  }

  QueueSketch sketch(int member) {
    return sketches[member];
  }

  /** Replicas that a member takes to be busy for each that are. */
  double slower(int member) {
    return SLOWER[member % SLOWER.length];
  }

  /** Nothing is known of the time that passed. */
  void unknown() {
    smoothedFor = 0;
  }

  /** Compares with what was measured. */
  void measured(Course running, double observed, double load, double passed) {
    double share = Math.min(1, passed / Math.min(SMOOTHING_SECONDS, smoothedFor + passed));
    smoothedFor += passed;
    smoothedObserved += share * (observed - smoothedObserved);
    for (int i = 0; i < SIZE; i++) {
      smoothed[i] += share * (running.violating(i) - smoothed[i]);
      double error = smoothed[i] - smoothedObserved;
      squares[i] += error * error * load * passed;
      modelled[i] += running.violating(i) * load * passed;
    }
    seconds += passed;
    weight += load * passed;
  }

  /** Load that violated the SLO while it was measured, by the member that is believed now. */
  double modelled() {
    return modelled[believed()];
  }

  /** The member that is believed now. */
  int believed() {
    if (seconds < LEAST_SECONDS || !(weight > 0)) {
      return PLAIN;
    }
    int best = PLAIN;
    for (int i = 1; i < SIZE; i++) {
      if (squares[i] < squares[best]) {
        best = i;
      }
    }
    return squares[PLAIN] - squares[best] > NOTHING * weight ? best : PLAIN;
  }
}
