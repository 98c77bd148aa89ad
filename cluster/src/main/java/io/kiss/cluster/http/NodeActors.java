package io.kiss.cluster.http;

import akka.actor.typed.ActorRef;
import akka.actor.typed.RecipientRef;
import akka.cluster.sharding.typed.ShardedDaemonProcessCommand;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.NamespaceProtocol;
import java.util.List;
import java.util.function.Function;

/**
 * Whom a node talks to, wherever in the cluster they live.
 *
 * @param learner proxy of the learner singleton
 * @param workers understands how many rollout workers there are to be in the whole cluster
 * @param controller proxy of the controller singleton
 * @param namespaces the sharded entity of a namespace
 * @param entityTypes sharded types whose whereabouts the cluster view shows
 */
public record NodeActors(
    ActorRef<LearnerProtocol.Command> learner,
    ActorRef<ShardedDaemonProcessCommand> workers,
    ActorRef<ControllerProtocol.Command> controller,
    Function<NamespaceRef, RecipientRef<NamespaceProtocol.Command>> namespaces,
    List<EntityTypeKey<?>> entityTypes) {}
