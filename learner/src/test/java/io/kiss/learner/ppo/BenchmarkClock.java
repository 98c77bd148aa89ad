package io.kiss.learner.ppo;

import java.time.Duration;

/** Wall clock and CPU time of this process since it was made. */
final class BenchmarkClock {
  private final long wall = System.nanoTime();
  private final long cpu = cpuNanos();

  double wallSeconds() {
    return (System.nanoTime() - wall) / 1e9;
  }

  /** Of all threads, native ones too; other programs on the machine disturb it less. */
  double cpuSeconds() {
    return (cpuNanos() - cpu) / 1e9;
  }

  private static long cpuNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }
}
