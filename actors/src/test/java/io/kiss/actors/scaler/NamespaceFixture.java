package io.kiss.actors.scaler;

import static org.awaitility.Awaitility.await;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.Attachment.Mode;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.NamespaceProtocol.Attach;
import io.kiss.actors.protocol.NamespaceProtocol.DeploymentStatus;
import io.kiss.actors.protocol.NamespaceProtocol.GetStatus;
import io.kiss.actors.protocol.NamespaceProtocol.NamespaceStatus;
import io.kiss.actors.scaler.FakeCluster.Deployment;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A namespace in a cluster in memory, on time that passes by hand. */
abstract class NamespaceFixture {
  static final double TICK = 15;
  static final Duration TICK_TIME = Duration.ofSeconds(15);
  static final LiveSettings SETTINGS =
      new LiveSettings(Duration.ofSeconds(5), Duration.ofMinutes(10), 5);
  static final int PLUS_ONE = 5;

  final FakeCluster cluster = new FakeCluster(1);
  final AtomicBoolean batchFails = new AtomicBoolean();

  ActorTestKit kit;
  ManualTime time;
  TestProbe<ControllerProtocol.Command> controller;
  TestProbe<ClusterSharding.ShardCommand> shard;
  ActorRef<NamespaceProtocol.Command> namespace;
  LiveMetrics metrics;

  @BeforeEach
  void start() {
    kit = ActorTestKit.create(ManualTime.config());
    time = ManualTime.get(kit.system());
    controller = kit.createTestProbe();
    shard = kit.createTestProbe();
    metrics = LiveMetrics.get(kit.system());
    namespace = spawn("node-1");
    cluster.put("web", Deployment.of(2, 100));
  }

  /** The namespace's entity on a node of that name. */
  ActorRef<NamespaceProtocol.Command> spawn(String node) {
    ScalerActor.Maker maker =
        (workload, guards) -> {
          if (batchFails.get() && workload.name().equals("batch")) {
            throw new IllegalStateException("a bug");
          }
          return ScalerActor.Maker.real().make(workload, guards);
        };
    return kit.spawn(
        NamespaceActor.create(
            new NamespaceRef("local", "demo"),
            new LiveEnvironment(
                SETTINGS,
                name -> name.equals("local") ? Optional.of(cluster.live()) : Optional.empty(),
                cluster,
                new PolicyCache(cluster),
                controller.ref(),
                node,
                maker),
            shard.ref()));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  static Attachment attachment(Mode mode) {
    return Attachment.of("local", "demo", "", mode, TICK, GuardSettings.DEFAULT);
  }

  void attach(Mode mode, Assignment assignment) {
    namespace.tell(new Attach(attachment(mode), assignment, Optional.empty()));
  }

  /** Attaches and lets the first tick happen. */
  void attachAndTick(Mode mode) {
    attach(mode, Assignment.NONE);
    awaitTick(1);
  }

  /** Lets one tick's time pass and waits until that tick is over. */
  void tick() {
    long before = metrics.ticks();
    pass();
    awaitTick(before + 1);
  }

  void pass() {
    cluster.now += TICK;
    time.timePasses(TICK_TIME);
  }

  void awaitTick(long number) {
    soon()
        .until(
            () -> {
              long decided = metrics.decisions() / Math.max(1, metrics.scalers());
              return metrics.ticks() >= number
                  && metrics.abandonedTicks() + decided == metrics.ticks();
            });
    // Answered once the message that ended the tick has been handled.
    status();
  }

  static ConditionFactory soon() {
    return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
  }

  NamespaceStatus status() {
    TestProbe<NamespaceStatus> probe = kit.createTestProbe();
    namespace.tell(new GetStatus(probe.ref()));
    return probe.receiveMessage();
  }

  DeploymentStatus status(String name) {
    return status().deployments().stream()
        .filter(d -> d.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  Assignment assignment(long term, PolicySnapshot policy) {
    cluster.put(policy.sha256(), policy.toBytes());
    return new Assignment(term, Optional.of(TestPolicies.ref("p" + term, policy)));
  }
}
