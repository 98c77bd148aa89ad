package io.kiss.actors.scaler;

import akka.Done;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.TimerScheduler;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.scaler.Problems.Area;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The right to write to a namespace: held until the time the cluster last answered, renewed when a
 * third of it is over, so that two renewals may fail before it runs out.
 */
final class Lease {
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(50);

  /** Time to renew. */
  enum Due {
    INSTANCE
  }

  /** The cluster's answer, and whose question it was. */
  record Answered(Lease asker, Instant until, Throwable failure) {}

  private final ActorContext<Object> context;
  private final TimerScheduler<Object> timers;
  private final NamespaceRef namespace;
  private final String holder;
  private final PortCalls calls;
  private final Problems problems;

  private double untilSeconds = Double.NEGATIVE_INFINITY;
  private boolean asking;
  private boolean answered;

  Lease(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      NamespaceRef namespace,
      String holder,
      PortCalls calls,
      Problems problems) {
    this.context = context;
    this.timers = timers;
    this.namespace = namespace;
    this.holder = holder;
    this.calls = calls;
    this.problems = problems;
  }

  boolean held(LiveCluster cluster) {
    return cluster.clock().nowSeconds() < untilSeconds;
  }

  /** Whether there was an answer since the start, good or bad. */
  boolean answered() {
    return answered;
  }

  /** Takes or renews it, unless that is already under way; {@link Answered} follows. */
  void ask(Optional<LiveCluster> cluster) {
    if (cluster.isEmpty()) {
      answered = true;
    } else if (!asking) {
      asking = true;
      context.pipeToSelf(
          calls.call(
              "the lease of " + namespace,
              () -> cluster.get().cluster().holdLease(namespace.namespace(), holder)),
          (until, failure) -> new Answered(this, until, failure));
    }
  }

  void answered(Answered answer, Optional<LiveCluster> cluster) {
    asking = false;
    answered = true;
    if (answer.failure() == null) {
      untilSeconds = answer.until().getEpochSecond() + 1e-9 * answer.until().getNano();
      problems.clear(Area.LEASE);
    } else {
      problems.set(Area.LEASE, PortCalls.sentence(answer.failure()));
    }
    // Once it has run out, every tick asks for it.
    cluster.filter(this::held).ifPresent(this::renewInTime);
  }

  private void renewInTime(LiveCluster cluster) {
    Duration wait = cluster.clock().wallTime((untilSeconds - cluster.clock().nowSeconds()) / 3);
    timers.startSingleTimer(Due.INSTANCE, wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait);
  }

  /** Gives it back, where it may be held. */
  CompletionStage<Done> release(Optional<LiveCluster> cluster) {
    boolean mayBeHeld = asking || untilSeconds > Double.NEGATIVE_INFINITY;
    untilSeconds = Double.NEGATIVE_INFINITY;
    if (cluster.isEmpty() || !mayBeHeld) {
      return CompletableFuture.completedStage(Done.getInstance());
    }
    return calls.call(
        "the lease of " + namespace,
        () -> cluster.get().cluster().releaseLease(namespace.namespace(), holder));
  }
}
