package io.kiss.cluster.http;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.sharding.typed.ChangeNumberOfProcesses;
import akka.cluster.sharding.typed.ShardedDaemonProcessCommand;
import akka.http.javadsl.model.HttpResponse;
import akka.pattern.StatusReply;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Progress of the training run, and control over it. */
final class TrainingEndpoints {
  private static final double MOST_SECONDS = Duration.ofDays(30).toSeconds();

  private static final int MOST_WORKERS = 100_000;

  /** All workers are stopped and started anew, which takes longer than an answer. */
  private static final Duration RESCALING = Duration.ofSeconds(40);

  private final ActorSystem<?> system;
  private final ActorRef<LearnerProtocol.Command> learner;
  private final ActorRef<ShardedDaemonProcessCommand> workers;
  private final EventFeeds feeds;
  private final Duration timeout;

  TrainingEndpoints(
      ActorSystem<?> system,
      ActorRef<LearnerProtocol.Command> learner,
      ActorRef<ShardedDaemonProcessCommand> workers,
      EventFeeds feeds,
      Duration timeout) {
    this.system = system;
    this.learner = learner;
    this.workers = workers;
    this.feeds = feeds;
    this.timeout = timeout;
  }

  /**
   * A training budget.
   *
   * @param seconds of training
   * @param environmentSteps empty: as many as there is time for
   */
  record StartTraining(Double seconds, Long environmentSteps) {
    TrainingBudget budget() {
      if (seconds == null || !(seconds > 0 && seconds <= MOST_SECONDS)) {
        throw ApiProblem.badRequest(
            "seconds: must be a number above 0 and at most 30 days (2592000)");
      }
      if (environmentSteps != null && environmentSteps <= 0) {
        throw ApiProblem.badRequest("environmentSteps: must be above 0");
      }
      return new TrainingBudget(
          seconds, environmentSteps == null ? Long.MAX_VALUE : environmentSteps);
    }
  }

  /** How many workers there are to be in the whole cluster. */
  record ChangeWorkers(Integer workers) {
    int number() {
      if (workers == null || workers < 1 || workers > MOST_WORKERS) {
        throw ApiProblem.badRequest(
            "workers: must be a whole number in 1..%d".formatted(MOST_WORKERS));
      }
      return workers;
    }
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/api/v1/training", call -> progress()),
        Endpoint.get(
            "/api/v1/training/events",
            call ->
                CompletableFuture.completedFuture(
                    EventStreams.of("progress", feeds.trainingFeed(), call, true))),
        Endpoint.post(
            "/api/v1/training/start",
            call ->
                call.body(StartTraining.class)
                    .thenCompose(
                        start -> {
                          TrainingBudget budget = start.budget();
                          return control(reply -> new LearnerProtocol.Start(budget, reply));
                        })),
        Endpoint.post(
            "/api/v1/training/workers",
            call -> call.body(ChangeWorkers.class).thenCompose(asked -> change(asked.number()))),
        Endpoint.post("/api/v1/training/pause", call -> control(LearnerProtocol.Pause::new)),
        Endpoint.post("/api/v1/training/resume", call -> control(LearnerProtocol.Resume::new)),
        Endpoint.post("/api/v1/training/stop", call -> control(LearnerProtocol.Stop::new)));
  }

  /** Where training stands, and where its segments come from. */
  record TrainingView(
      @JsonUnwrapped TrainingProgress progress, Optional<LearnerProtocol.Workers> rollout) {}

  private CompletionStage<HttpResponse> progress() {
    // A learner of an older version, during a rolling restart, does not know the second question.
    CompletionStage<Optional<LearnerProtocol.Workers>> rollout =
        workers().thenApply(Optional::of).exceptionally(silent -> Optional.empty());
    return ask().thenCombine(rollout, (now, from) -> Json.ok(new TrainingView(now, from)));
  }

  /** Who delivers segments, and what waits at the learner. */
  CompletionStage<LearnerProtocol.Workers> workers() {
    return AskPattern.ask(learner, LearnerProtocol.GetWorkers::new, timeout, system.scheduler());
  }

  CompletionStage<TrainingProgress> ask() {
    return AskPattern.ask(learner, LearnerProtocol.GetProgress::new, timeout, system.scheduler());
  }

  private CompletionStage<HttpResponse> change(int number) {
    return AskPattern.<ShardedDaemonProcessCommand, Done>askWithStatus(
            workers,
            reply -> ChangeNumberOfProcesses.apply(number, reply),
            RESCALING,
            system.scheduler())
        .thenCompose(done -> progress());
  }

  private CompletionStage<HttpResponse> control(
      Function<ActorRef<StatusReply<Done>>, LearnerProtocol.Command> command) {
    return AskPattern.askWithStatus(learner, command::apply, timeout, system.scheduler())
        .thenCompose(done -> progress());
  }
}
