package io.kiss.cluster.cli;

import akka.Done;
import akka.NotUsed;
import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.LearnerProtocol.Candidate;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.cluster.Node;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Brings the training run to its budget, showing how it goes, and fetches what it learned. */
final class TrainingStep {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration TO_START = Duration.ofSeconds(60);

  /** A policy that wins takes hundreds. */
  private static final int FEW_ITERATIONS = 50;

  private final Node node;
  private final Terminal terminal;
  private final double budgetSeconds;
  private final Ask ask;

  TrainingStep(Node node, Terminal terminal, double budgetSeconds) {
    this.node = node;
    this.terminal = terminal;
    this.budgetSeconds = budgetSeconds;
    ask = new Ask(node.system());
  }

  /** Trains; empty where there is nothing to judge: nothing learned yet, or a run on its way. */
  Optional<Candidate> run() {
    TrainingProgress before = Await.repeatedly(TO_START, this::progress);
    boolean trains = start(before);
    TrainingProgress after = trains ? watch() : before;
    if (after.state() == State.PAUSED) {
      terminal.line(
          "Training is paused; POST /api/v1/training/resume goes on with it, and what it learns is"
              + " judged when it is done.");
    } else if (after.state() == State.STOPPED && trains) {
      terminal.line("Training was stopped before its budget was used; what it learned counts.");
    }
    if (after.iteration() == 0 && after.state() != State.PAUSED) {
      terminal.line(
          String.format(
              Locale.ROOT,
              "Nothing was learned: %s s ended before the first iteration did; a larger"
                  + " --train-seconds trains on from here.",
              seconds(budgetSeconds)));
    } else if (trains && after.iteration() < FEW_ITERATIONS) {
      terminal.line(
          String.format(
              Locale.ROOT,
              "That was %d iterations only, too few to learn much; a larger --train-seconds trains"
                  + " on from here.",
              after.iteration()));
    }
    return after.iteration() == 0 || after.state() == State.PAUSED
        ? Optional.empty()
        : Optional.of(candidate());
  }

  /** Says what there is to do and has it done; whether the learner trains then. */
  private boolean start(TrainingProgress before) {
    boolean wantsMore = budgetSeconds > before.budget().seconds();
    String sofar = describe(before);
    switch (before.state()) {
      case RUNNING -> terminal.line("Resuming training of " + sofar);
      case PAUSED -> {
        return false;
      }
      case IDLE ->
          terminal.line(
              String.format(
                  Locale.ROOT, "Training a policy from nothing for %s s", seconds(budgetSeconds)));
      case COMPLETE, STOPPED -> {
        if (!wantsMore) {
          terminal.line(
              "Training is done: " + sofar + "; a larger --train-seconds trains on from here");
          return false;
        }
        terminal.line("Training on from " + sofar);
      }
    }
    if (before.state() == State.IDLE || wantsMore) {
      TrainingBudget budget = TrainingBudget.ofSeconds(budgetSeconds);
      ask.request(
          node.actors().learner(),
          (ActorRef<StatusReply<Done>> replyTo) -> new LearnerProtocol.Start(budget, replyTo));
    }
    return true;
  }

  private static String seconds(double seconds) {
    return seconds == Math.rint(seconds)
        ? String.format(Locale.ROOT, "%.0f", seconds)
        : Double.toString(seconds);
  }

  private static String describe(TrainingProgress progress) {
    return String.format(
        Locale.ROOT,
        "%s, %,d env steps and %.0f s in",
        progress.run(),
        progress.environmentSteps(),
        progress.seconds());
  }

  private TrainingProgress watch() {
    ProgressBar bar = new ProgressBar(terminal, System::nanoTime);
    Source<TrainingProgress, Cancellable> looks =
        Source.tick(Duration.ZERO, LOOK, NotUsed.getInstance())
            .mapAsync(
                1, tick -> ask().exceptionally(noAnswer -> null).thenApply(Optional::ofNullable))
            .filter(Optional::isPresent)
            .map(Optional::get);
    TrainingProgress last =
        Await.reply(
            looks
                .takeWhile(progress -> progress.state() == State.RUNNING, true)
                .map(
                    progress -> {
                      bar.update(progress);
                      return progress;
                    })
                .runWith(Sink.last(), node.system()));
    bar.finish(last);
    return last;
  }

  private TrainingProgress progress() {
    return Await.reply(ask());
  }

  private CompletionStage<TrainingProgress> ask() {
    return ask.later(node.actors().learner(), LearnerProtocol.GetProgress::new);
  }

  /** The newest weights. */
  Candidate candidate() {
    return ask.request(node.actors().learner(), LearnerProtocol.GetCandidate::new);
  }
}
