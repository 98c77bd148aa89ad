package io.kiss.actors.controller;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.NamespaceProtocol;
import java.time.Duration;
import java.util.function.Function;

/** Runs one controller in the cluster, on a node of role {@code control}. */
public final class ControllerSingleton {

  /** Role of the nodes that may run the controller. */
  public static final String ROLE = "control";

  private ControllerSingleton() {}

  /**
   * Makes this node a candidate where it has the role, and gives every node a way to reach the
   * controller wherever it runs.
   *
   * @param entities finds the entity of a namespace; may fail with {@link IllegalStateException}
   *     until sharding has started
   */
  public static ActorRef<ControllerProtocol.Command> init(
      ActorSystem<?> system,
      Function<NamespaceRef, ? extends RecipientRef<NamespaceProtocol.Command>> entities) {
    ControllerSettings settings = ControllerSettings.from(system.settings().config());
    Behavior<ControllerProtocol.Command> controller =
        Behaviors.supervise(ControllerActor.create(settings, entities))
            .onFailure(
                SupervisorStrategy.restartWithBackoff(
                    Duration.ofMillis(200), Duration.ofSeconds(10), 0.2));
    return ClusterSingleton.get(system)
        .init(
            SingletonActor.of(controller, "controller")
                .withSettings(ClusterSingletonSettings.create(system).withRole(ROLE)));
  }
}
