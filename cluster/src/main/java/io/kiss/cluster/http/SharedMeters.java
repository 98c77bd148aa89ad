package io.kiss.cluster.http;

import akka.Done;
import io.kiss.actors.protocol.Canary;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.LearnerProtocol.Workers;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What the cluster's learner and controller say of themselves, asked at each scrape. Where nobody
 * answers in time a series has no value: it is never that of an earlier scrape.
 */
final class SharedMeters {
  /** Segments at the learner: those of the next update, and those behind it. */
  static final String QUEUE = "kiss.training.queue.segments";

  /** Age of the oldest of them. */
  static final String OLDEST = "kiss.training.queue.oldest.seconds";

  /** Policies that are registered. */
  static final String POLICIES = "kiss.policies";

  /** Grows with each decision on which policy runs. */
  static final String TERM = "kiss.policies.term";

  /** Share that tries the candidate. */
  static final String CANARY = "kiss.policies.canary.share";

  private static final long PATIENCE_MILLIS = 1000;

  private final MeterRegistry registry;
  private volatile Optional<Workers> learner = Optional.empty();
  private volatile Optional<ControllerView> controller = Optional.empty();

  SharedMeters(MeterRegistry registry) {
    this.registry = registry;
    queue("batch", Workers::batchSegments);
    queue("waiting", Workers::waitingSegments);
    Gauge.builder(OLDEST, this, meters -> value(meters.learner, Workers::oldestSeconds))
        .description("Age of the oldest segment that waits at the learner")
        .register(registry);
    policies(POLICIES, "Policies that are registered", view -> view.policies().size());
    policies(TERM, "Term of the assignment in force", view -> view.assignment().term());
    policies(
        CANARY,
        "Share of scalers, or of their time, that tries the candidate; 0 without one",
        view -> view.assignment().canary().map(Canary::share).orElse(0.0));
  }

  private void queue(String state, ToDoubleFunction<Workers> value) {
    Gauge.builder(QUEUE, this, meters -> value(meters.learner, value))
        .description("Segments at the learner: counted into the next update, and behind it")
        .tag("state", state)
        .register(registry);
  }

  private void policies(String name, String help, ToDoubleFunction<ControllerView> value) {
    Gauge.builder(name, this, meters -> value(meters.controller, value))
        .description(help)
        .register(registry);
  }

  private static <T> double value(Optional<T> told, ToDoubleFunction<T> value) {
    return told.map(value::applyAsDouble).orElse(Double.NaN);
  }

  /** Takes what is answered in time; never fails. */
  CompletionStage<Done> refresh(
      CompletionStage<Workers> fromLearner, CompletionStage<ControllerView> fromController) {
    return inTime(fromLearner)
        .thenCombine(
            inTime(fromController),
            (workers, view) -> {
              learner = workers;
              controller = view;
              return Done.getInstance();
            });
  }

  private static <T> CompletionStage<Optional<T>> inTime(CompletionStage<T> answer) {
    return answer
        .thenApply(Optional::of)
        .exceptionally(failure -> Optional.empty())
        .toCompletableFuture()
        .completeOnTimeout(Optional.empty(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }
}
