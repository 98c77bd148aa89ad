package io.kiss.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.typed.Cluster;
import com.typesafe.config.Config;
import io.kiss.actors.controller.ControllerSingleton;
import io.kiss.actors.live.DecisionJournal;
import io.kiss.actors.live.LiveClusters;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.scaler.NamespaceSharding;
import io.kiss.actors.scaler.PolicyCache;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.http.NodeActors;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.KisimEnvironment;
import io.kiss.learner.LearnerSettings;
import io.kiss.learner.LearnerSingleton;
import io.kiss.learner.ppo.NetworkShape;
import io.kiss.learner.ppo.PpoOptimizerFactory;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.RolloutSettings;
import io.kiss.rollout.RolloutSharding;
import java.util.List;

/**
 * Starts a node's part of everything. Each part looks at the node's roles by itself: the same call
 * makes a node a host of what its roles say and a client of the rest.
 */
public final class AllRoles implements Node.ActorStarter {

  @Override
  public NodeActors start(
      ActorSystem<?> system, NodeStores stores, LiveClusters clusters, DecisionJournal journal) {
    ActorRef<ControllerProtocol.Command> controller =
        ControllerSingleton.init(system, NamespaceSharding.entities(system));
    NamespaceSharding.init(
        system, clusters, journal, new PolicyCache(stores.policies()), controller);
    ActorRef<LearnerProtocol.Command> learner = learner(system, stores);
    RolloutSharding.init(
        system,
        RolloutSettings.from(system.settings().config()),
        (environments, seed) ->
            new KisimEnvironment(environments, seed, EnvironmentSettings.DEFAULT),
        learner);
    return new NodeActors(
        learner,
        controller,
        NamespaceSharding.entities(system)::apply,
        List.of(NamespaceSharding.KEY));
  }

  private static ActorRef<LearnerProtocol.Command> learner(
      ActorSystem<?> system, NodeStores stores) {
    Config config = system.settings().config();
    PpoOptimizerFactory optimizers =
        new PpoOptimizerFactory(PpoSettings.from(config), NetworkShape.ofScaler());
    if (Cluster.get(system).selfMember().hasRole(LearnerSingleton.ROLE)) {
      try {
        optimizers.requireEngine();
      } catch (IllegalStateException e) {
        throw new BootFailure(e.getMessage(), e);
      }
    }
    return LearnerSingleton.init(
        system, LearnerSettings.from(config), stores.training(), optimizers);
  }
}
