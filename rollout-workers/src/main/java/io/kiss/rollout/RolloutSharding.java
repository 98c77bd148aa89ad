package io.kiss.rollout;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ShardedDaemonProcessCommand;
import akka.cluster.sharding.typed.ShardedDaemonProcessContext;
import akka.cluster.sharding.typed.ShardedDaemonProcessSettings;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.cluster.sharding.typed.javadsl.ShardedDaemonProcess;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.WorkerProtocol;
import java.time.Duration;
import java.util.Optional;

/** Spreads the rollout workers over the nodes that have the role. */
public final class RolloutSharding {

  /** Role of the nodes that run workers. */
  public static final String ROLE = "rollout";

  private static final String NAME = "rollout-worker";

  /** What the workers are, for those who ask where they run: a daemon process names it so. */
  public static final EntityTypeKey<WorkerProtocol.Command> KEY =
      EntityTypeKey.create(WorkerProtocol.Command.class, "sharded-daemon-process-" + NAME);

  private static final Duration FIRST_RESTART = Duration.ofMillis(200);
  private static final Duration LATEST_RESTART = Duration.ofSeconds(30);

  private RolloutSharding() {}

  /**
   * Starts this node's part; to be called on every node.
   *
   * @param learner the learner, or a proxy of it
   * @return understands {@code ChangeNumberOfProcesses}: the number of workers of the whole cluster
   */
  public static ActorRef<ShardedDaemonProcessCommand> init(
      ActorSystem<?> system,
      RolloutSettings settings,
      EnvironmentFactory environments,
      ActorRef<LearnerProtocol.Command> learner) {
    return ShardedDaemonProcess.get(system)
        .initWithContext(
            WorkerProtocol.Command.class,
            NAME,
            settings.workers(),
            process -> worker(process, settings, environments, learner),
            ShardedDaemonProcessSettings.create(system).withRole(ROLE),
            Optional.empty());
  }

  private static Behavior<WorkerProtocol.Command> worker(
      ShardedDaemonProcessContext process,
      RolloutSettings settings,
      EnvironmentFactory environments,
      ActorRef<LearnerProtocol.Command> learner) {
    return Behaviors.supervise(
            RolloutWorker.create(settings, environments, process.processNumber(), learner))
        .onFailure(SupervisorStrategy.restartWithBackoff(FIRST_RESTART, LATEST_RESTART, 0.2));
  }
}
