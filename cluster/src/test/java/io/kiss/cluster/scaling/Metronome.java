package io.kiss.cluster.scaling;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread of this JVM that does nothing but wake up, and notes how late: what machine, scheduler
 * and garbage collector take from everybody.
 */
final class Metronome implements AutoCloseable {
  private static final long PERIOD_NANOS = 20_000_000;

  private final List<Double> lateMillis = new ArrayList<>();
  private final Thread thread = new Thread(this::beat, "metronome");
  private volatile boolean stopped;

  Metronome() {
    thread.setDaemon(true);
    thread.start();
  }

  private void beat() {
    long due = System.nanoTime();
    while (!stopped) {
      due += PERIOD_NANOS;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      lateMillis.add((System.nanoTime() - due) / 1e6);
    }
  }

  /** Stops it; answers how late each beat was. */
  List<Double> stop() {
    close();
    return lateMillis;
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
