package io.kiss.cluster.scaling;

import java.time.Duration;
import java.util.Arrays;
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

  /**
   * Prints the medians of two that took turns, and by how much the second needs more CPU time.
   *
   * @param name of the second, as wide as {@code "plain loop"} or more
   */
  static void printOverhead(List<Usage> plain, List<Usage> others, String name) {
    int turns = plain.size();
    double[] percent = new double[turns];
    for (int turn = 0; turn < turns; turn++) {
      double ratio =
          others.get(turn).cpuSecondsPerMillion() / plain.get(turn).cpuSecondsPerMillion();
      percent[turn] = 100 * (ratio - 1);
    }
    Arrays.sort(percent);
    System.out.println("median of " + turns + ":");
    System.out.println("plain loop  " + median(plain));
    System.out.println(name + "  " + median(others));
    System.out.printf(
        "overhead by CPU time: %+.1f %% (median of the turns; %+.1f to %+.1f %%)%n",
        percent[turns / 2], percent[0], percent[turns - 1]);
  }

  @Override
  public String toString() {
    return "%8.0f steps/s, %6.2f CPU seconds per million steps, %.2f cores"
        .formatted(stepsPerSecond(), cpuSecondsPerMillion(), cpuSeconds / seconds);
  }
}
