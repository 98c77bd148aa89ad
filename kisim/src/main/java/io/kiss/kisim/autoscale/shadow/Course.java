package io.kiss.kisim.autoscale.shadow;

import io.kiss.kisim.autoscale.QueueSketch;
import io.kiss.kisim.telemetry.Telemetry;
import java.util.Arrays;

/**
 * How one scaler's replicas fare in thought under the load that came, and what that cost so far.
 */
final class Course {
  private static final double MEDIAN = 0.5;
  private static final double SLOWEST = 0.05;

  private final ImaginedPods pods = new ImaginedPods();
  private double backlog;

  private double violating;
  private double p50WaitSeconds;
  private double p95WaitSeconds;
  private double busy;
  private double busyShare;

  private double heldSeconds;

  /** By the members of a {@link Calibration}. */
  private final double[] backlogs = new double[Calibration.SIZE];

  private final double[] violatingBy = new double[Calibration.SIZE];
  private final double[] violatingSeconds = new double[Calibration.SIZE];

  void begin(Telemetry seen) {
    pods.begin(seen);
    unknown();
  }

  ImaginedPods pods() {
    return pods;
  }

  /**
   * Takes in some time at a load.
   *
   * @param load replicas that the arrivals keep busy
   * @param startupSeconds from asking for a pod until it serves; one that does so in the middle of
   *     this time counts for all of it
   */
  void pass(Calibration calibration, double from, double to, double load, double startupSeconds) {
    double seconds = to - from;
    double ready = pods.ready((from + to) / 2, startupSeconds);
    QueueSketch queue = calibration.sketch(Calibration.PLAIN);
    double left = queue.left(backlog, load, ready, seconds);
    violating = queue.violatingShare(left, load, ready);
    p50WaitSeconds = queue.waitSeconds(left, load, ready, MEDIAN);
    p95WaitSeconds = queue.waitSeconds(left, load, ready, SLOWEST);
    busy = Math.min(ready, load + backlog / seconds);
    busyShare = ready > 0 ? busy / ready : Double.NaN;
    backlog = queue.kept(left, ready);
    heldSeconds += pods.desired() * seconds;
    for (int i = 0; i < Calibration.SIZE; i++) {
      QueueSketch sketch = calibration.sketch(i);
      double taken = load * calibration.slower(i);
      double leftOf = sketch.left(backlogs[i], taken, ready, seconds);
      violatingBy[i] = sketch.violatingShare(leftOf, taken, ready);
      backlogs[i] = sketch.kept(leftOf, ready);
      violatingSeconds[i] += violatingBy[i] * load * seconds;
    }
  }

  /** Time went by of which nothing is known: it costs nothing, and no queue is left of before. */
  void unknown() {
    backlog = 0;
    Arrays.fill(backlogs, 0);
    Arrays.fill(violatingBy, 0);
    violating = 0;
    p50WaitSeconds = 0;
    p95WaitSeconds = 0;
    busy = 0;
    busyShare = 0;
  }

  /** Work that waits, in replica-seconds. */
  double backlog() {
    return backlog;
  }

  /** Share of the newest time's requests that violated the SLO. */
  double violating() {
    return violating;
  }

  /** The same by a member of the calibration. */
  double violating(int member) {
    return violatingBy[member];
  }

  double p50WaitSeconds() {
    return p50WaitSeconds;
  }

  double p95WaitSeconds() {
    return p95WaitSeconds;
  }

  /** Replicas that were kept busy. */
  double busy() {
    return busy;
  }

  /** The same of those that were ready; {@code NaN} where none was. */
  double busyShare() {
    return busyShare;
  }

  /** Replica-seconds that were held so far. */
  double heldSeconds() {
    return heldSeconds;
  }

  /** Replica-seconds of load that violated the SLO so far, by a member of the calibration. */
  double violatingSeconds(int member) {
    return violatingSeconds[member];
  }

  /** Replica-seconds held, and those of violating load at their price. */
  double cost(double violationPrice, int member) {
    return heldSeconds + violationPrice * violatingSeconds[member];
  }
}
