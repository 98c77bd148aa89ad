package io.kiss.learner;

import akka.Done;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Keeps the training run across restarts, and lets only the newest incarnation write. */
public interface TrainingStore {

  /**
   * Takes the next epoch by compare-and-set: from then on no older one can save.
   *
   * @return larger than every epoch taken before
   */
  CompletionStage<Long> takeEpoch();

  /** The run as last saved; empty where there is none. */
  CompletionStage<Optional<SavedRun>> load();

  /**
   * Saves the run in one transaction; fails with {@link StaleEpoch} if a newer epoch was taken.
   *
   * @param epoch of the caller
   */
  CompletionStage<Done> save(long epoch, SavedRun run);

  /**
   * A run at rest.
   *
   * @param checkpoint of the optimiser
   */
  record SavedRun(
      String run,
      long seed,
      TrainingProgress.State state,
      long iteration,
      long environmentSteps,
      double seconds,
      TrainingBudget budget,
      byte[] checkpoint) {}

  /** A newer learner has taken over; this one must stop. */
  final class StaleEpoch extends RuntimeException {
    private static final long serialVersionUID = 1;

    public StaleEpoch(String message) {
      super(message);
    }
  }
}
