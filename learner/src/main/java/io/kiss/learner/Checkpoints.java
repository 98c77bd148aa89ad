package io.kiss.learner;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.learner.LearnerEvents.CheckpointFailed;
import io.kiss.learner.LearnerEvents.CheckpointMade;
import io.kiss.learner.LearnerEvents.Saved;
import io.kiss.learner.TrainingStore.SavedRun;
import io.kiss.learner.TrainingStore.StaleEpoch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings checkpoints to the store, one at a time and in order; of those that have to wait only the
 * newest is kept. The actor is told {@link Saved} after each.
 */
final class Checkpoints {
  private static final Logger log = LoggerFactory.getLogger(Checkpoints.class);

  private final ActorContext<Command> context;
  private final TrainingStore store;
  private final long epoch;
  private boolean saving;
  private Optional<SavedRun> next = Optional.empty();
  private List<ActorRef<StatusReply<Done>>> nextReplies = new ArrayList<>();
  private int coming;
  private boolean everBegun;
  private long begunAt;

  /** The newest made, or found in the store; none before the first run's first. */
  private Optional<SavedRun> latest;

  Checkpoints(
      ActorContext<Command> context, TrainingStore store, long epoch, Optional<SavedRun> found) {
    this.context = context;
    this.store = store;
    this.epoch = epoch;
    latest = found;
  }

  /** The newest checkpoint of the optimiser. */
  byte[] latest() {
    return latest.map(SavedRun::checkpoint).orElseGet(() -> new byte[0]);
  }

  /** Environment steps that the weights in {@link #latest} have learned from. */
  long latestSteps() {
    return latest.map(SavedRun::environmentSteps).orElse(0L);
  }

  /** A new run begins, which must not fall back to the weights of another. */
  void forgetLatest() {
    latest = Optional.empty();
  }

  /**
   * Asks the optimiser for one and saves it with the run as it is now; {@code CheckpointMade} or
   * {@code CheckpointFailed} comes to the actor in between.
   */
  void request(
      TrainingRun run,
      OptimizerThread optimizer,
      long now,
      List<ActorRef<StatusReply<Done>>> replies) {
    begin(now);
    Function<byte[], SavedRun> asOfNow = run.toSave(now);
    context.pipeToSelf(
        optimizer.checkpoint(),
        (bytes, failure) ->
            failure == null
                ? new CheckpointMade(asOfNow.apply(bytes), replies)
                : new CheckpointFailed(failure, replies));
  }

  /** Saves a checkpoint that is there already. */
  void saveNow(SavedRun run, long now, List<ActorRef<StatusReply<Done>>> replies) {
    begin(now);
    made(run, replies);
  }

  /** Whether it is time for the next. */
  boolean isDue(Duration interval, long now) {
    return isIdle() && (!everBegun || now - begunAt >= interval.toNanos());
  }

  private void begin(long now) {
    coming++;
    everBegun = true;
    begunAt = now;
  }

  /** Nothing is on its way. */
  boolean isIdle() {
    return !saving && coming == 0;
  }

  /** Saves the run and answers whoever waits for it. */
  void made(SavedRun run, List<ActorRef<StatusReply<Done>>> replies) {
    coming--;
    latest = Optional.of(run);
    save(run, replies);
  }

  /** The optimiser could not make one. */
  void failed(Throwable cause, List<ActorRef<StatusReply<Done>>> replies) {
    coming--;
    log.warn("A checkpoint could not be made: {}", cause.getMessage());
    answer(Optional.of(cause), replies);
  }

  private void save(SavedRun run, List<ActorRef<StatusReply<Done>>> replies) {
    if (saving) {
      next = Optional.of(run);
      nextReplies.addAll(replies);
      return;
    }
    saving = true;
    context.pipeToSelf(
        store.save(epoch, run),
        (done, failure) -> new Saved(Optional.ofNullable(failure), replies));
  }

  /**
   * To be called with every {@link Saved}.
   *
   * @return why nothing will be saved any more, where that is so
   */
  Optional<StaleEpoch> onSaved(Saved saved) {
    saving = false;
    Optional<Throwable> failure = saved.failure().map(Answers::unwrap);
    failure.ifPresent(cause -> log.warn("A checkpoint was not saved: {}", cause.getMessage()));
    answer(failure, saved.replies());
    if (next.isPresent()) {
      SavedRun run = next.get();
      List<ActorRef<StatusReply<Done>>> waiting = nextReplies;
      next = Optional.empty();
      nextReplies = new ArrayList<>();
      save(run, waiting);
    }
    return failure.filter(StaleEpoch.class::isInstance).map(StaleEpoch.class::cast);
  }

  private static void answer(
      Optional<Throwable> failure, List<ActorRef<StatusReply<Done>>> replies) {
    for (ActorRef<StatusReply<Done>> replyTo : replies) {
      replyTo.tell(
          failure
              .map(
                  cause ->
                      StatusReply.<Done>error(
                          "done, but the checkpoint was not saved: " + cause.getMessage()))
              .orElseGet(StatusReply::ack));
    }
  }
}
