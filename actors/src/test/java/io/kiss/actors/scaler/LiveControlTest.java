package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.AskPattern;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.pattern.StatusReply;
import akka.persistence.testkit.PersistenceTestKitPlugin;
import akka.persistence.testkit.PersistenceTestKitSnapshotPlugin;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.kiss.actors.controller.ControllerSingleton;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.Acknowledge;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.ControllerProtocol.Running;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.NamespaceProtocol.NamespaceStatus;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.actors.scaler.FakeCluster.Deployment;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One node with both roles: singleton, sharding, journal and the pushes between them. */
class LiveControlTest {
  private static final Config CONFIG =
      PersistenceTestKitPlugin.config()
          .withFallback(PersistenceTestKitSnapshotPlugin.config())
          .withFallback(
              ConfigFactory.parseString(
                  """
                  akka {
                    actor.provider = cluster
                    actor.allow-java-serialization = off
                    actor.serialization-bindings {
                      "io.kiss.actors.protocol.ControlMessage" = jackson-cbor
                    }
                    remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                    cluster {
                      roles = [control, scaler]
                      jmx.enabled = off
                      downing-provider-class = "akka.cluster.sbr.SplitBrainResolverProvider"
                    }
                    cluster.sharding.number-of-shards = 10
                  }
                  kiss.controller.push-interval = 200ms
                  """));

  /** A hundred times faster than the wall: a tick of 15 s takes 150 ms. */
  private final FakeCluster cluster = new FakeCluster(100);

  private ActorTestKit kit;
  private ActorRef<ControllerProtocol.Command> controller;

  @BeforeEach
  void start() {
    kit = ActorTestKit.create("live", CONFIG);
    Cluster.get(kit.system())
        .manager()
        .tell(Join.create(Cluster.get(kit.system()).selfMember().address()));
    controller = ControllerSingleton.init(kit.system(), NamespaceSharding.entities(kit.system()));
    NamespaceSharding.init(
        kit.system(),
        name -> Optional.of(cluster.live()),
        cluster,
        new PolicyCache(cluster),
        controller);
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private <T> T ask(Function<ActorRef<T>, ControllerProtocol.Command> command) {
    return AskPattern.ask(
            controller, command::apply, Duration.ofSeconds(20), kit.system().scheduler())
        .toCompletableFuture()
        .join();
  }

  private ControllerView view() {
    return ask(ControllerProtocol.GetView::new);
  }

  private NamespaceStatus status() {
    return AskPattern.<NamespaceProtocol.Command, NamespaceStatus>ask(
            NamespaceSharding.entities(kit.system()).apply(new NamespaceRef("local", "demo")),
            NamespaceProtocol.GetStatus::new,
            Duration.ofSeconds(10),
            kit.system().scheduler())
        .toCompletableFuture()
        .join();
  }

  @Test
  void anAttachedNamespaceIsScaledByThePromotedPolicyUntilItIsDetached() {
    cluster.put("web", Deployment.of(4, 20));
    cluster.put("batch", Deployment.of(4, 20));
    PolicySnapshot plusOne = TestPolicies.always(5);
    cluster.put(plusOne.sha256(), plusOne.toBytes());
    PolicyRef ref = TestPolicies.ref("plus-one", plusOne);
    RegisteredPolicy policy =
        new RegisteredPolicy(
            ref, 0, new RegisteredPolicy.Provenance("r", 1, 1, 1, "MXNet", 1, "abc"), List.of());

    StatusReply<Done> registered =
        ask(replyTo -> new ControllerProtocol.RegisterPolicy(policy, replyTo));
    assertThat(registered.isSuccess()).isTrue();
    StatusReply<Assignment> promoted =
        ask(replyTo -> new ControllerProtocol.Promote("plus-one", true, false, replyTo));
    assertThat(promoted.getValue()).isEqualTo(new Assignment(1, Optional.of(ref)));
    Attachment attachment =
        Attachment.of("local", "demo", "", Attachment.Mode.ACTIVE, 15, GuardSettings.DEFAULT);
    StatusReply<Done> attached =
        ask(replyTo -> new ControllerProtocol.PutNamespace(attachment, replyTo));
    assertThat(attached.isSuccess()).isTrue();

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(view().acknowledged())
                    .containsExactly(
                        new Acknowledge(
                            "local", "demo", 1, 2, List.of(new Running("plus-one", 2)))));
    await().until(() -> cluster.deployment("web").replicas() >= 6);
    NamespaceStatus status = status();
    assertThat(status.leaseHeld()).isTrue();
    assertThat(status.problem()).isEmpty();
    assertThat(status.deployments()).allMatch(d -> d.policy().equals(Optional.of("plus-one")));
    assertThat(cluster.holder).contains("127.0.0.1");

    StatusReply<Done> detached =
        ask(replyTo -> new ControllerProtocol.DeleteNamespace("local", "demo", replyTo));
    assertThat(detached.isSuccess()).isTrue();
    await().until(() -> cluster.holder == null);
    int replicas = cluster.deployment("web").replicas();
    await().until(() -> status().problem().equals(Optional.of("not attached")));
    assertThat(cluster.deployment("web").replicas()).isEqualTo(replicas);
    assertThat(view().acknowledged()).isEmpty();
  }
}
