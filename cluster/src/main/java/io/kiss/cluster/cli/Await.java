package io.kiss.cluster.cli;

import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Waiting, on the one thread of a command that may: the terminal's. */
final class Await {
  private Await() {}

  /** The value of a stage; a failure comes out as the runtime exception that caused it. */
  static <T> T reply(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /**
   * Lets time pass before a node is asked once more.
   *
   * @throws IllegalStateException if interrupted
   */
  static void pause(Duration time) {
    try {
      new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a node", e);
    }
  }

  /** Tries until it works or {@code atMost} has passed; then the last failure comes out. */
  static <T> T repeatedly(Duration atMost, Supplier<T> attempt) {
    long until = System.nanoTime() + atMost.toNanos();
    while (true) {
      try {
        return attempt.get();
      } catch (RuntimeException e) {
        if (System.nanoTime() >= until) {
          throw e;
        }
      }
    }
  }
}
