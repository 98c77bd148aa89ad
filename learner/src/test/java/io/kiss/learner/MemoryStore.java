package io.kiss.learner;

import akka.Done;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Keeps the run in memory by the rules of the real store. */
final class MemoryStore implements TrainingStore {
  private long epoch;
  private final List<SavedRun> saved = new ArrayList<>();

  @Override
  public synchronized CompletionStage<Long> takeEpoch() {
    return CompletableFuture.completedFuture(++epoch);
  }

  @Override
  public synchronized CompletionStage<Optional<SavedRun>> load() {
    return CompletableFuture.completedFuture(latest());
  }

  @Override
  public synchronized CompletionStage<Done> save(long writer, SavedRun run) {
    if (writer < epoch) {
      return CompletableFuture.failedFuture(
          new StaleEpoch("epoch " + writer + " is over, " + epoch + " is in force"));
    }
    saved.add(run);
    return CompletableFuture.completedFuture(Done.getInstance());
  }

  synchronized Optional<SavedRun> latest() {
    return saved.isEmpty() ? Optional.empty() : Optional.of(saved.get(saved.size() - 1));
  }
}
