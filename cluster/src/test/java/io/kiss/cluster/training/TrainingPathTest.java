package io.kiss.cluster.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.ChangeNumberOfProcesses;
import akka.cluster.sharding.typed.ShardedDaemonProcessCommand;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.pattern.StatusReply;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.GetProgress;
import io.kiss.actors.protocol.LearnerProtocol.Start;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;
import io.kiss.learner.LearnerSettings;
import io.kiss.learner.LearnerSingleton;
import io.kiss.learner.PolicyOptimizer;
import io.kiss.learner.TrainingStore;
import io.kiss.rollout.RolloutSettings;
import io.kiss.rollout.RolloutSharding;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Workers and learner as they run in a node: cluster, sharding, singleton, delivery in chunks; only
 * the environment and the optimiser are trivial.
 */
class TrainingPathTest {
  private static final Config CLUSTER =
      ConfigFactory.parseString(
              """
              akka.actor.provider = cluster
              akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
              akka.cluster { roles = [learner, rollout], jmx.enabled = off }
              akka.cluster.sharded-daemon-process.keep-alive-interval = 1s
              akka.coordinated-shutdown.exit-jvm = off
              kiss.rollout {
                environments-per-worker = 32
                steps-per-segment = 64
                chunk-bytes = 4 KiB
                join-interval = 200 ms
              }
              """)
          .withFallback(ConfigFactory.load());

  private static final int SEGMENT_STEPS = 32 * 64;

  private final MemoryStore store = new MemoryStore();
  private final AtomicInteger unfit = new AtomicInteger();
  private Node node;

  @AfterEach
  void stop() {
    node.kit.shutdownTestKit();
  }

  @Test
  void aNodeTrainsChangesItsWorkersIsShutDownAndGoesOnInTheNextLife() {
    node = new Node();
    // However fast it trains, the first life must not end the run.
    node.start(TrainingBudget.ofSeconds(1e6));
    TrainingProgress early = node.await(p -> p.iteration() >= 20 && p.workers() == 2);
    assertThat(early.environmentSteps() % SEGMENT_STEPS).isZero();
    node.changeWorkers(3);
    node.await(p -> p.workers() == 3);
    node.changeWorkers(1);
    TrainingProgress before = node.await(p -> p.workers() == 1 && p.iteration() > 0);

    assertThat(
            CoordinatedShutdown.get(node.kit.system()).runAll(CoordinatedShutdown.unknownReason()))
        .succeedsWithin(Duration.ofSeconds(30));

    TrainingStore.SavedRun saved = store.saved.orElseThrow();
    assertThat(saved.iteration()).isGreaterThanOrEqualTo(before.iteration());
    assertThat(saved.state()).isEqualTo(State.RUNNING);
    assertThat(ByteBuffer.wrap(saved.checkpoint()).getLong()).isEqualTo(saved.environmentSteps());

    node = new Node();
    long enough = saved.environmentSteps() + 200L * SEGMENT_STEPS;
    node.start(new TrainingBudget(1e6, enough));
    TrainingProgress complete = node.await(p -> p.state() == State.COMPLETE);
    assertThat(complete.run()).isEqualTo(saved.run());
    assertThat(complete.epoch()).isEqualTo(2);
    assertThat(complete.environmentSteps()).isBetween(enough, enough + 3L * SEGMENT_STEPS);
    await().until(() -> store.saved.orElseThrow().state() == State.COMPLETE);
    // Every step the learner counted is one the optimiser got, over both lives.
    assertThat(ByteBuffer.wrap(store.saved.orElseThrow().checkpoint()).getLong())
        .isEqualTo(complete.environmentSteps());
    assertThat(complete.episodeReturn()).isEqualTo(Corridor.LENGTH);
    assertThat(unfit).hasValue(0);
  }

  /** One life of a node with both roles. */
  private final class Node {
    final ActorTestKit kit = ActorTestKit.create("kiss", CLUSTER);
    final ActorRef<Command> learner;
    final ActorRef<ShardedDaemonProcessCommand> workers;

    Node() {
      Cluster cluster = Cluster.get(kit.system());
      cluster.manager().tell(new Join(cluster.selfMember().address()));
      Config config = kit.system().settings().config();
      learner =
          LearnerSingleton.init(
              kit.system(), LearnerSettings.from(config), store, new SummingOptimizers(unfit));
      workers =
          RolloutSharding.init(
              kit.system(),
              RolloutSettings.from(config),
              (size, seed) -> new Corridor(size),
              learner);
    }

    void start(TrainingBudget budget) {
      TestProbe<StatusReply<Done>> reply = kit.createTestProbe();
      learner.tell(new Start(budget, reply.ref()));
      assertThat(reply.receiveMessage(Duration.ofSeconds(20)).isSuccess()).isTrue();
    }

    void changeWorkers(int number) {
      TestProbe<StatusReply<Done>> reply = kit.createTestProbe();
      workers.tell(ChangeNumberOfProcesses.apply(number, reply.ref()));
      assertThat(reply.receiveMessage(Duration.ofSeconds(20)).isSuccess()).isTrue();
    }

    TrainingProgress await(java.util.function.Predicate<TrainingProgress> wanted) {
      TestProbe<TrainingProgress> probe = kit.createTestProbe();
      return org.awaitility.Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .pollInterval(Duration.ofMillis(5))
          .until(
              () -> {
                learner.tell(new GetProgress(probe.ref()));
                return probe.receiveMessage(Duration.ofSeconds(20));
              },
              wanted);
    }
  }

  /** Episodes of fixed length, one reward a step. */
  private static final class Corridor implements VectorEnvironment {
    static final int LENGTH = 10;
    private final VectorStep buffer;
    private final int size;
    private int steps;

    Corridor(int size) {
      this.size = size;
      buffer = new VectorStep(size, 2, 2);
      Arrays.fill(buffer.masks, 1);
      Arrays.fill(buffer.policyDecides, true);
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public int observationSize() {
      return 2;
    }

    @Override
    public int actionCount() {
      return 2;
    }

    @Override
    public VectorStep reset() {
      return buffer;
    }

    @Override
    public VectorStep step(int[] actions) {
      steps++;
      Arrays.fill(buffer.rewards, 1);
      Arrays.fill(buffer.truncated, steps % LENGTH == 0);
      Arrays.fill(buffer.episodeReturns, LENGTH);
      return buffer;
    }

    @Override
    public byte[] saveState() {
      throw new UnsupportedOperationException("no test saves it");
    }

    @Override
    public VectorStep restoreState(byte[] state) {
      throw new UnsupportedOperationException("no test restores it");
    }
  }

  /** Optimisers that only sum up the steps they were given; that is their checkpoint, too. */
  private record SummingOptimizers(AtomicInteger unfit) implements PolicyOptimizer.Factory {
    @Override
    public PolicyOptimizer create(long seed) {
      return new Summing(0);
    }

    @Override
    public PolicyOptimizer restore(byte[] checkpoint) {
      return new Summing(ByteBuffer.wrap(checkpoint).getLong());
    }

    private final class Summing implements PolicyOptimizer {
      private final float[] two = new float[2];
      private long steps;

      Summing(long steps) {
        this.steps = steps;
      }

      @Override
      public PolicySnapshot snapshot() {
        return new PolicySnapshot("t", "t", new int[] {2, 2}, new float[6], two, two, two, two);
      }

      @Override
      public UpdateStatistics update(List<TrajectorySegment> segments) {
        for (TrajectorySegment segment : segments) {
          steps += segment.environmentSteps();
          if (segment.rewards()[0] != 1 || segment.environmentSteps() != SEGMENT_STEPS) {
            unfit.incrementAndGet();
          }
        }
        return UpdateStatistics.NONE;
      }

      @Override
      public byte[] checkpoint() {
        return ByteBuffer.allocate(Long.BYTES).putLong(steps).array();
      }

      @Override
      public void close() {}
    }
  }

  private static final class MemoryStore implements TrainingStore {
    private long epoch;
    volatile Optional<SavedRun> saved = Optional.empty();

    @Override
    public synchronized CompletionStage<Long> takeEpoch() {
      return CompletableFuture.completedFuture(++epoch);
    }

    @Override
    public CompletionStage<Optional<SavedRun>> load() {
      return CompletableFuture.completedFuture(saved);
    }

    @Override
    public synchronized CompletionStage<Done> save(long writer, SavedRun run) {
      if (writer < epoch) {
        return CompletableFuture.failedFuture(new StaleEpoch("epoch " + writer + " is over"));
      }
      saved = Optional.of(run);
      return CompletableFuture.completedFuture(Done.getInstance());
    }
  }
}
