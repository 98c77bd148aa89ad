package io.kiss.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
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
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.LearnerProtocol.JoinWorker;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RolloutShardingTest {
  private static final Config CLUSTER =
      ConfigFactory.parseString(
          """
          akka.actor.provider = cluster
          akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
          akka.cluster { roles = [rollout], jmx.enabled = off }
          akka.cluster.sharded-daemon-process.keep-alive-interval = 1s
          """);

  private final ActorTestKit kit =
      ActorTestKit.create("rollout", CLUSTER.withFallback(ConfigFactory.load()));
  private final TestProbe<LearnerProtocol.Command> learner = kit.createTestProbe();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void theNumberOfWorkersCanBeChangedWhileTheyRun() {
    Cluster cluster = Cluster.get(kit.system());
    cluster.manager().tell(new Join(cluster.selfMember().address()));
    RolloutSettings settings =
        new RolloutSettings(2, 2, 4, 1, 1024, Duration.ofMillis(100), Duration.ofMillis(100));
    ActorRef<ShardedDaemonProcessCommand> workers =
        RolloutSharding.init(
            kit.system(), settings, (size, seed) -> new ScriptedEnvironment(size), learner.ref());

    awaitJoining(Set.of(0, 1));
    change(workers, 4);
    awaitJoining(Set.of(0, 1, 2, 3));
    change(workers, 1);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(joiningNow()).containsExactly(0));
  }

  private void change(ActorRef<ShardedDaemonProcessCommand> workers, int number) {
    TestProbe<StatusReply<Done>> reply = kit.createTestProbe();
    workers.tell(ChangeNumberOfProcesses.apply(number, reply.ref()));
    assertThat(reply.receiveMessage(Duration.ofSeconds(20)).isSuccess()).isTrue();
  }

  private void awaitJoining(Set<Integer> expected) {
    Set<Integer> seen = new TreeSet<>();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              seen.addAll(joiningNow());
              return seen.equals(expected);
            });
  }

  /** Nobody answers, so that every worker there is says so within its interval. */
  private Set<Integer> joiningNow() {
    while (true) {
      try {
        learner.expectNoMessage(Duration.ZERO);
        break;
      } catch (AssertionError said) {
        // Drained one that was said before.
      }
    }
    Set<Integer> joining = new TreeSet<>();
    long end = System.nanoTime() + Duration.ofMillis(400).toNanos();
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      try {
        LearnerProtocol.Command command = learner.receiveMessage(Duration.ofNanos(left));
        joining.add(((JoinWorker) command).worker());
      } catch (AssertionError silence) {
        break;
      }
    }
    return joining;
  }
}
