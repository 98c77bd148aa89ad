package io.kiss.learner;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.learner.LearnerEvents.Shutdown;
import java.util.Optional;

/** Runs the one learner of the cluster on the nodes that have the role. */
public final class LearnerSingleton {

  /** Role of the nodes the learner may run on. */
  public static final String ROLE = "learner";

  private LearnerSingleton() {}

  /**
   * Starts this node's part; to be called on every node. On a node without the role neither store
   * nor optimisers are used.
   *
   * @return a proxy that finds the learner wherever it is
   */
  public static ActorRef<Command> init(
      ActorSystem<?> system,
      LearnerSettings settings,
      TrainingStore store,
      PolicyOptimizer.Factory optimizers) {
    return ClusterSingleton.get(system)
        .init(
            SingletonActor.of(LearnerActor.create(settings, store, optimizers), "learner")
                .withSettings(ClusterSingletonSettings.create(system).withRole(ROLE))
                // Moving to another node, the learner first saves what it has.
                .withStopMessage(new Shutdown(Optional.empty())));
  }
}
