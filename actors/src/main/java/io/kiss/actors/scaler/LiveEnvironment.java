package io.kiss.actors.scaler;

import akka.actor.typed.ActorRef;
import io.kiss.actors.live.DecisionJournal;
import io.kiss.actors.live.LiveClusters;
import io.kiss.actors.protocol.ControllerProtocol;

/**
 * What the namespaces of a node have in common.
 *
 * @param controller is told what scalers run
 * @param holder names this node, and this start of it, in leases
 */
record LiveEnvironment(
    LiveSettings settings,
    LiveClusters clusters,
    DecisionJournal journal,
    PolicyCache policies,
    ActorRef<ControllerProtocol.Command> controller,
    String holder,
    ScalerActor.Maker scalers) {}
