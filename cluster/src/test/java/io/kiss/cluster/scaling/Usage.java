package io.kiss.cluster.scaling;

import java.time.Duration;
import java.util.List;

/**
 * What some steps took.
 *
 * @param steps of environments
 * @param cpuSeconds of all threads, native ones too
 */
record Usage(long steps, double seconds, double cpuSeconds) {

  /** CPU time of a process so far. */
  static double cpuSeconds(ProcessHandle process) {
    return process.info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  double cpuSecondsPerMillion() {
    return cpuSeconds * 1e6 / steps;
  }

  double stepsPerSecond() {
    return steps / seconds;
  }

  /** The one in the middle by CPU time a step. */
  static Usage median(List<Usage> several) {
    return several.stream()
        .sorted((a, b) -> Double.compare(a.cpuSecondsPerMillion(), b.cpuSecondsPerMillion()))
        .toList()
        .get(several.size() / 2);
  }

  @Override
  public String toString() {
    return "%8.0f steps/s, %6.2f CPU seconds per million steps, %.2f cores"
        .formatted(stepsPerSecond(), cpuSecondsPerMillion(), cpuSeconds / seconds);
  }
}
