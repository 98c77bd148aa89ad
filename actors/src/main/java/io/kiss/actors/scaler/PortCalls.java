package io.kiss.actors.scaler;

import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Calls ports so that one that throws, or never answers, is a stage that fails. */
final class PortCalls {
  private final ActorSystem<?> system;
  private final Duration timeout;

  PortCalls(ActorSystem<?> system, Duration timeout) {
    this.system = system;
    this.timeout = timeout;
  }

  /** Calls a port; the stage fails with a sentence once the timeout has passed. */
  <T> CompletionStage<T> call(String port, Supplier<CompletionStage<T>> call) {
    CompletionStage<T> answer;
    try {
      answer = call.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    TimeoutException late =
        new TimeoutException(port + " did not answer within " + timeout.toMillis() + " ms");
    Cancellable timer =
        system
            .scheduler()
            .scheduleOnce(
                timeout, () -> result.completeExceptionally(late), system.executionContext());
    answer.whenComplete(
        (value, failure) -> {
          timer.cancel();
          if (failure == null) {
            result.complete(value);
          } else {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }

  /** What went wrong, without the wrapping that futures add. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** What went wrong, as a sentence. */
  static String sentence(Throwable failure) {
    Throwable cause = cause(failure);
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
