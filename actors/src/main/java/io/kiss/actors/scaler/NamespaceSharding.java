package io.kiss.actors.scaler;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.ClusterShardingSettings;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.typed.Cluster;
import io.kiss.actors.live.DecisionJournal;
import io.kiss.actors.live.LiveClusters;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.NamespaceProtocol;
import java.util.function.Function;

/** Spreads the namespaces' entities over the nodes of role {@code scaler}. */
public final class NamespaceSharding {

  /** Role of the nodes that run namespaces. */
  public static final String ROLE = "scaler";

  /** What the entities are, for those who ask where they run. */
  public static final EntityTypeKey<NamespaceProtocol.Command> KEY =
      EntityTypeKey.create(NamespaceProtocol.Command.class, "namespace");

  private NamespaceSharding() {}

  /**
   * Lets this node run namespaces where it has the role, and reach them where it has not. An entity
   * stays until it is detached; one that died comes back with the controller's next push.
   *
   * @param controller is told what scalers run
   */
  public static void init(
      ActorSystem<?> system,
      LiveClusters clusters,
      DecisionJournal journal,
      PolicyCache policies,
      ActorRef<ControllerProtocol.Command> controller) {
    LiveEnvironment environment =
        new LiveEnvironment(
            LiveSettings.from(system.settings().config()),
            clusters,
            journal,
            policies,
            controller,
            holder(system),
            ScalerActor.Maker.real());
    ClusterSharding.get(system)
        .init(
            Entity.of(
                    KEY,
                    entity ->
                        NamespaceActor.create(
                            NamespaceRef.parse(entity.getEntityId()),
                            environment,
                            entity.getShard()))
                .withRole(ROLE)
                .withSettings(ClusterShardingSettings.create(system).withNoPassivationStrategy()));
  }

  /**
   * Finds the entity of a namespace, wherever it runs; fails with {@link IllegalArgumentException}
   * until {@link #init} was called on this node.
   */
  public static Function<NamespaceRef, EntityRef<NamespaceProtocol.Command>> entities(
      ActorSystem<?> system) {
    ClusterSharding sharding = ClusterSharding.get(system);
    return namespace -> sharding.entityRefFor(KEY, namespace.toString());
  }

  private static String holder(ActorSystem<?> system) {
    var node = Cluster.get(system).selfMember().uniqueAddress();
    return node.address().hostPort() + "#" + node.longUid();
  }
}
