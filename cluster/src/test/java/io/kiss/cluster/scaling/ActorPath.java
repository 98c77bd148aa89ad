package io.kiss.cluster.scaling;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.pattern.StatusReply;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
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
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;

/** Training as a node does it, in this JVM alone: cluster, sharding, singleton, delivery. */
final class ActorPath implements AutoCloseable {
  static final Config CLUSTER =
      ConfigFactory.parseString(
          """
          akka.actor.provider = cluster
          akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
          akka.cluster { roles = [learner, rollout], jmx.enabled = off }
          akka.coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
          akka.loglevel = WARNING
          # As in a node that makes up its cluster alone.
          kiss.rollout.chunk-bytes = 0
          """);

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ActorSystem<Void> system;
  private final ActorRef<LearnerProtocol.Command> learner;
  private boolean started;

  ActorPath(Config config) {
    system = ActorSystem.create(Behaviors.empty(), "kiss", config);
    Cluster cluster = Cluster.get(system);
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    learner =
        LearnerSingleton.init(
            system,
            LearnerSettings.from(config),
            new Unkept(),
            new PpoOptimizerFactory(PpoSettings.from(config), NetworkShape.ofScaler()));
    RolloutSharding.init(
        system,
        RolloutSettings.from(config),
        (environments, seed) ->
            new KisimEnvironment(environments, seed, EnvironmentSettings.DEFAULT),
        learner);
  }

  Usage run(double seconds) {
    command(
        started
            ? LearnerProtocol.Resume::new
            : reply -> new LearnerProtocol.Start(TrainingBudget.ofSeconds(1e9), reply));
    started = true;
    await(progress -> progress.workers() > 0);
    TrainingProgress before = progress();
    double cpu = Usage.cpuSeconds(ProcessHandle.current());
    long begun = System.nanoTime();
    LockSupport.parkNanos((long) (seconds * 1e9));
    command(LearnerProtocol.Pause::new);
    TrainingProgress after = progress();
    return new Usage(
        after.environmentSteps() - before.environmentSteps(),
        (System.nanoTime() - begun) / 1e9,
        Usage.cpuSeconds(ProcessHandle.current()) - cpu);
  }

  TrainingProgress progress() {
    return AskPattern.ask(learner, LearnerProtocol.GetProgress::new, PATIENCE, system.scheduler())
        .toCompletableFuture()
        .join();
  }

  void await(Predicate<TrainingProgress> wanted) {
    while (!wanted.test(progress())) {
      LockSupport.parkNanos(100_000_000);
    }
  }

  void command(Function<ActorRef<StatusReply<Done>>, LearnerProtocol.Command> command) {
    AskPattern.askWithStatus(learner, command::apply, PATIENCE, system.scheduler())
        .toCompletableFuture()
        .join();
  }

  @Override
  public void close() {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().join();
  }

  /** Keeps nothing: what a database costs is not what is measured. */
  private static final class Unkept implements TrainingStore {
    private long epoch;

    @Override
    public synchronized CompletionStage<Long> takeEpoch() {
      return CompletableFuture.completedFuture(++epoch);
    }

    @Override
    public CompletionStage<Optional<SavedRun>> load() {
      return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public CompletionStage<Done> save(long epoch, SavedRun run) {
      return CompletableFuture.completedFuture(Done.getInstance());
    }
  }
}
