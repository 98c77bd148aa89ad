package io.kiss.kisim.evaluate;

import io.kiss.kisim.scenario.EngineChoice;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that run things, each with engines of its own. What they give is in order. */
final class Crew implements AutoCloseable {
  private final ExecutorService pool;
  private final ThreadLocal<Map<EngineChoice, Runner>> runners =
      ThreadLocal.withInitial(() -> new EnumMap<>(EngineChoice.class));

  /** A piece of work. */
  @FunctionalInterface
  interface Task<T> {
    T on(Runner runner) throws InterruptedException;
  }

  Crew(int threads) {
    pool = Executors.newFixedThreadPool(threads, Crew::daemon);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "evaluation");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Does all of it.
   *
   * @return one a task, in their order
   * @throws InterruptedException if interrupted; nothing goes on running once this is closed
   */
  <T> List<T> all(EngineChoice engine, List<Task<T>> tasks) throws InterruptedException {
    List<Future<T>> futures = new ArrayList<>(tasks.size());
    for (Task<T> task : tasks) {
      futures.add(pool.submit(() -> task.on(runner(engine))));
    }
    List<T> results = new ArrayList<>(tasks.size());
    try {
      for (Future<T> future : futures) {
        results.add(future.get());
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      throw new IllegalStateException("an evaluation's run failed: " + e.getCause(), e.getCause());
    }
    return results;
  }

  private Runner runner(EngineChoice engine) {
    return runners.get().computeIfAbsent(engine, Runner::new);
  }

  /** Has what still runs stop at its next step. */
  @Override
  public void close() {
    pool.shutdownNow();
  }
}
