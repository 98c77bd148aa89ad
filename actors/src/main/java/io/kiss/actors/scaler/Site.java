package io.kiss.actors.scaler;

import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.TimerScheduler;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.scaler.Problems.Area;
import java.util.Optional;

/** What the parts of one namespace's actor have in common; used on the actor's thread only. */
record Site(
    ActorContext<Object> context,
    TimerScheduler<Object> timers,
    NamespaceRef namespace,
    LiveEnvironment environment,
    PortCalls calls,
    Problems problems,
    LiveMetrics metrics) {

  static Site of(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      NamespaceRef namespace,
      LiveEnvironment environment) {
    return new Site(
        context,
        timers,
        namespace,
        environment,
        new PortCalls(context.getSystem(), environment.settings().portTimeout()),
        new Problems(namespace, context.getLog()),
        LiveMetrics.get(context.getSystem()));
  }

  /** The cluster, where this node knows it; that it does not is a problem. */
  Optional<LiveCluster> cluster() {
    Optional<LiveCluster> cluster;
    try {
      cluster = environment.clusters().find(namespace.cluster());
    } catch (IllegalStateException e) {
      problems.set(Area.NODE, e.getMessage());
      return Optional.empty();
    }
    if (cluster.isPresent()) {
      problems.clear(Area.NODE);
    } else {
      problems.set(Area.NODE, "this node does not know the cluster '" + namespace.cluster() + "'");
    }
    return cluster;
  }
}
