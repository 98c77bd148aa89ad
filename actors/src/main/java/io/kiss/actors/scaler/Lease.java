package io.kiss.actors.scaler;

import akka.Done;
import io.kiss.actors.live.LiveCluster;
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

  private final Site site;

  private double untilSeconds = Double.NEGATIVE_INFINITY;
  private boolean asking;
  private boolean answered;

  Lease(Site site) {
    this.site = site;
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
      site.context()
          .pipeToSelf(
              site.calls()
                  .call(
                      "the lease of " + site.namespace(),
                      () ->
                          cluster
                              .get()
                              .cluster()
                              .holdLease(
                                  site.namespace().namespace(), site.environment().holder())),
              (until, failure) -> new Answered(this, until, failure));
    }
  }

  void answered(Answered answer, Optional<LiveCluster> cluster) {
    asking = false;
    answered = true;
    if (answer.failure() == null) {
      untilSeconds = answer.until().toEpochMilli() / 1000.0;
      site.problems().clear(Area.LEASE);
    } else {
      site.problems().set(Area.LEASE, PortCalls.sentence(answer.failure()));
    }
    // Once it has run out, every tick asks for it.
    cluster.filter(this::held).ifPresent(this::renewInTime);
  }

  private void renewInTime(LiveCluster cluster) {
    Duration wait = cluster.clock().wallTime((untilSeconds - cluster.clock().nowSeconds()) / 3);
    site.timers()
        .startSingleTimer(Due.INSTANCE, wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait);
  }

  /** Gives it back, where it may be held. */
  CompletionStage<Done> release(Optional<LiveCluster> cluster) {
    boolean mayBeHeld = asking || untilSeconds > Double.NEGATIVE_INFINITY;
    untilSeconds = Double.NEGATIVE_INFINITY;
    if (cluster.isEmpty() || !mayBeHeld) {
      return CompletableFuture.completedStage(Done.getInstance());
    }
    return site.calls()
        .call(
            "the lease of " + site.namespace(),
            () ->
                cluster
                    .get()
                    .cluster()
                    .releaseLease(site.namespace().namespace(), site.environment().holder()));
  }
}
