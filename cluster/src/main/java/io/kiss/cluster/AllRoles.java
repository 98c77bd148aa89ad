package io.kiss.cluster;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.sharding.typed.ShardedDaemonProcessCommand;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.typed.Cluster;
import com.typesafe.config.Config;
import io.kiss.actors.controller.ControllerSingleton;
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
import io.kiss.learner.TrainingStore;
import io.kiss.learner.ppo.NetworkShape;
import io.kiss.learner.ppo.PpoOptimizerFactory;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.RolloutSettings;
import io.kiss.rollout.RolloutSharding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Starts a node's part of everything. Each part looks at the node's roles by itself: the same call
 * makes a node a host of what its roles say and a client of the rest.
 */
public final class AllRoles implements Node.ActorStarter {

  @Override
  public NodeActors start(
      ActorSystem<?> system, Optional<NodeStores> stores, LiveClusters clusters) {
    ActorRef<ControllerProtocol.Command> controller =
        ControllerSingleton.init(system, NamespaceSharding.entities(system));
    List<EntityTypeKey<?>> entityTypes = new ArrayList<>(List.of(RolloutSharding.KEY));
    stores.ifPresent(
        kept -> {
          NamespaceSharding.init(
              system, clusters, kept.decisions(), new PolicyCache(kept.policies()), controller);
          entityTypes.add(NamespaceSharding.KEY);
        });
    ActorRef<LearnerProtocol.Command> learner = learner(system, stores);
    ActorRef<ShardedDaemonProcessCommand> workers =
        RolloutSharding.init(
            system,
            RolloutSettings.from(system.settings().config()),
            (environments, seed) ->
                new KisimEnvironment(environments, seed, EnvironmentSettings.DEFAULT),
            learner);
    return new NodeActors(
        learner, workers, controller, NamespaceSharding.entities(system)::apply, entityTypes);
  }

  private static ActorRef<LearnerProtocol.Command> learner(
      ActorSystem<?> system, Optional<NodeStores> stores) {
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
        system,
        LearnerSettings.from(config),
        stores.<TrainingStore>map(NodeStores::training).orElse(NoTrainingStore.INSTANCE),
        optimizers);
  }

  /** Of a node that the learner never runs on. */
  private enum NoTrainingStore implements TrainingStore {
    INSTANCE;

    @Override
    public CompletionStage<Long> takeEpoch() {
      return refused();
    }

    @Override
    public CompletionStage<Done> save(long epoch, SavedRun run) {
      return refused();
    }

    @Override
    public CompletionStage<Optional<SavedRun>> load() {
      return refused();
    }

    private static <T> CompletionStage<T> refused() {
      return CompletableFuture.failedFuture(
          new IllegalStateException("this node has not the role learner, and no database"));
    }
  }
}
