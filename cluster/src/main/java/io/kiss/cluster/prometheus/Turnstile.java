package io.kiss.cluster.prometheus;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** Lets so many through at once; others wait in line, and no thread does. */
final class Turnstile {
  private final Executor executor;
  private final Queue<Runnable> line = new ArrayDeque<>();
  private int free;

  /**
   * An empty one.
   *
   * @param executor where what it lets through begins
   */
  Turnstile(int places, Executor executor) {
    free = places;
    this.executor = executor;
  }

  /** Begins once there is a place, and keeps it until the stage has ended. */
  <T> CompletableFuture<T> enter(Supplier<CompletionStage<T>> begin) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Runnable turn =
        () ->
            CompletableFuture.completedFuture(begin)
                .thenComposeAsync(Supplier::get, executor)
                .whenComplete(
                    (value, failure) -> {
                      leave();
                      if (failure == null) {
                        result.complete(value);
                      } else {
                        result.completeExceptionally(failure);
                      }
                    });
    synchronized (this) {
      if (free == 0) {
        line.add(turn);
        return result;
      }
      free--;
    }
    turn.run();
    return result;
  }

  private void leave() {
    Runnable next;
    synchronized (this) {
      next = line.poll();
      if (next == null) {
        free++;
      }
    }
    if (next != null) {
      next.run();
    }
  }
}
