package io.kiss.kisim.evaluate;

import io.kiss.kisim.evaluate.result.Replay;

/**
 * Keeps a run over time. Long runs are kept in coarser steps of several control steps, so that no
 * replay has more than {@value #MOST_STEPS}; the p95 of a coarse step is the highest of its control
 * steps'.
 */
final class ReplayRecorder {
  static final int MOST_STEPS = 1440;

  private final int together;
  private final int stepSeconds;
  private final float[] arrivals;
  private final short[] desired;
  private final short[] ready;
  private final float[] p95;
  private int steps;
  private double arrived;
  private int seconds;

  /** Begins with a run of {@code seconds} in control steps of {@code controlSeconds}. */
  ReplayRecorder(int seconds, int controlSeconds) {
    int controlSteps = (seconds + controlSeconds - 1) / controlSeconds;
    together = (controlSteps + MOST_STEPS - 1) / MOST_STEPS;
    stepSeconds = together * controlSeconds;
    int size = (controlSteps + together - 1) / together;
    arrivals = new float[size];
    desired = new short[size];
    ready = new short[size];
    p95 = new float[size];
  }

  void step(double requests, double p95Seconds, int desiredNow, int readyNow, int length) {
    int at = steps / together;
    if (steps % together == 0) {
      arrived = 0;
      seconds = 0;
      p95[at] = Float.NaN;
    }
    arrived += requests;
    seconds += length;
    arrivals[at] = (float) (arrived / seconds);
    desired[at] = (short) desiredNow;
    ready[at] = (short) readyNow;
    if (!(p95[at] >= p95Seconds)) {
      p95[at] = Double.isNaN(p95Seconds) ? p95[at] : (float) p95Seconds;
    }
    steps++;
  }

  Replay replay(String trace, long seed, String autoscaler) {
    return new Replay(trace, seed, autoscaler, stepSeconds, arrivals, desired, ready, p95);
  }
}
