package io.kiss.learner.ppo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;

/** Wall clock and CPU time of this process since it was made. */
final class BenchmarkClock {
  private final long wall = System.nanoTime();
  private final long cpu = cpuNanos();

  double wallSeconds() {
    return (System.nanoTime() - wall) / 1e9;
  }

  /**
   * Of all threads, native ones too, but those of the JIT; other programs on the machine disturb it
   * less. On Linux to the nanosecond, else to the hundredth.
   */
  double cpuSeconds() {
    return (cpuNanos() - cpu) / 1e9;
  }

  private static long cpuNanos() {
    long nanos = 0;
    File[] threads = new File("/proc/self/task").listFiles();
    for (File thread : threads == null ? new File[0] : threads) {
      try {
        String name = Files.readString(thread.toPath().resolve("comm"));
        if (!name.startsWith("C1 ") && !name.startsWith("C2 ")) {
          String times = Files.readString(thread.toPath().resolve("schedstat"));
          nanos += Long.parseLong(times.substring(0, times.indexOf(' ')));
        }
      } catch (IOException e) {
        continue; // the thread has ended, or the kernel keeps no such figures
      }
    }
    return nanos > 0
        ? nanos
        : ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }
}
