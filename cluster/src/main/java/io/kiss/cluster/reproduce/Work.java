package io.kiss.cluster.reproduce;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleConsumer;

/** Threads that do a study's pieces, and how far they are. What they give is in order. */
final class Work implements AutoCloseable {
  private final ExecutorService threads;
  private final DoubleConsumer progress;
  private final double all;
  private double done;

  /**
   * Hires threads.
   *
   * @param all episodes there are to play, or their worth
   * @param progress is told the share that is done
   */
  Work(int jobs, double all, DoubleConsumer progress) {
    threads =
        Executors.newFixedThreadPool(
            jobs,
            task -> {
              Thread thread = new Thread(task, "study");
              thread.setDaemon(true);
              return thread;
            });
    this.all = all;
    this.progress = progress;
  }

  /** So many more episodes, or their worth, are done. */
  synchronized void done(double more) {
    done += more;
    progress.accept(Math.min(1, done / all));
  }

  /**
   * Does all of it.
   *
   * @throws InterruptedException if interrupted; nothing goes on running once this is closed
   */
  <T> List<T> all(List<Callable<T>> tasks) throws InterruptedException {
    List<Future<T>> futures = new ArrayList<>(tasks.size());
    tasks.forEach(task -> futures.add(threads.submit(task)));
    List<T> results = new ArrayList<>(tasks.size());
    try {
      for (Future<T> future : futures) {
        results.add(future.get());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException("a piece of the study failed: " + e.getCause(), e.getCause());
    }
    return results;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
