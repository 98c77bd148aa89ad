package io.kiss.actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.pattern.StatusReply;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ClusterDefinition;
import io.kiss.actors.protocol.ClusterGpus;
import io.kiss.actors.protocol.ControllerProtocol.Acknowledge;
import io.kiss.actors.protocol.ControllerProtocol.Command;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.ControllerProtocol.DeleteNamespace;
import io.kiss.actors.protocol.ControllerProtocol.GetView;
import io.kiss.actors.protocol.ControllerProtocol.PutCluster;
import io.kiss.actors.protocol.ControllerProtocol.PutNamespace;
import io.kiss.actors.protocol.ControllerProtocol.ReportDemand;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.NamespaceProtocol.UseShare;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.budget.Demand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cluster of 10 GPUs; each namespace cannot do without one. */
class ClusterSharesTest {
  private static final UseShare END = new UseShare(-1);

  private ActorTestKit kit;
  private EventSourcedBehaviorTestKit<Command, ControllerEvent, ControllerState> controller;
  private final Map<String, TestProbe<NamespaceProtocol.Command>> entities =
      new ConcurrentHashMap<>();

  @BeforeEach
  void start() {
    kit =
        ActorTestKit.create(ManualTime.config().withFallback(EventSourcedBehaviorTestKit.config()));
    controller =
        EventSourcedBehaviorTestKit.create(
            kit.system(),
            ControllerActor.create(
                new ControllerSettings(Duration.ofSeconds(5), 4, 2, ControllerActorTest.CANARY),
                namespace -> entity(namespace).getRef()),
            EventSourcedBehaviorTestKit.disabledSerializationSettings());
    define(Optional.of(10));
    attach("a");
    attach("b");
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private TestProbe<NamespaceProtocol.Command> entity(NamespaceRef ref) {
    return entities.computeIfAbsent(
        ref.namespace(), n -> kit.createTestProbe(NamespaceProtocol.Command.class));
  }

  private void define(Optional<Integer> gpus) {
    ClusterDefinition definition =
        new ClusterDefinition(
            "prod",
            Optional.empty(),
            Optional.empty(),
            new ClusterDefinition.PrometheusDefinition(
                "http://p", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
            "",
            gpus);
    controller.<StatusReply<Done>>runCommand(reply -> new PutCluster(definition, reply));
  }

  private void attach(String namespace) {
    Attachment attachment =
        Attachment.of("prod", namespace, "", Attachment.Mode.ACTIVE, 15, GuardSettings.DEFAULT);
    controller.<StatusReply<Done>>runCommand(reply -> new PutNamespace(attachment, reply));
  }

  private void report(String namespace, long used, long wished, double value, Long share) {
    Demand demand = new Demand(used, 1, List.of(new Demand.Step(0, value, wished - 1)));
    controller.runCommand(new ReportDemand("prod", namespace, demand, Optional.ofNullable(share)));
  }

  /** The newest share a namespace was told of; empty: none since it was asked for last. */
  private Optional<Long> told(String namespace) {
    // What was told before the controller answers this stands in the mailbox by then, and before
    // what this test says itself.
    controller.getState();
    Optional<Long> newest = Optional.empty();
    TestProbe<NamespaceProtocol.Command> entity = entity(new NamespaceRef("prod", namespace));
    entity.getRef().tell(END);
    NamespaceProtocol.Command next = entity.receiveMessage();
    while (next != END) {
      if (next instanceof UseShare share) {
        newest = Optional.of(share.gpus());
      }
      next = entity.receiveMessage();
    }
    return newest;
  }

  @Test
  void nothingIsSharedOutBeforeAllNamespacesHaveSaidWhatTheyHave() {
    report("a", 2, 9, 5, null);
    assertThat(told("a")).isEmpty();

    report("b", 6, 6, 1, null);
    // Six are in use elsewhere: of the four left, two are a's already.
    assertThat(told("a")).contains(4L);
  }

  private ClusterGpus shown() {
    return controller.<ControllerView>runCommand(GetView::new).reply().gpus().get(0);
  }

  @Test
  void whatIsUsedAndWishedAndGivenIsShownAndWhoIsWaitedFor() {
    assertThat(shown()).isEqualTo(new ClusterGpus("prod", 10, 0, 0, 0, List.of("a", "b")));

    report("a", 2, 9, 5, null);
    assertThat(shown()).isEqualTo(new ClusterGpus("prod", 10, 2, 9, 0, List.of("b")));

    report("b", 6, 6, 1, null);
    assertThat(shown()).isEqualTo(new ClusterGpus("prod", 10, 8, 15, 5, List.of()));

    controller.<StatusReply<Done>>runCommand(reply -> new DeleteNamespace("prod", "b", reply));
    assertThat(shown()).isEqualTo(new ClusterGpus("prod", 10, 2, 9, 4, List.of()));
    define(Optional.empty());
    assertThat(controller.<ControllerView>runCommand(GetView::new).reply().gpus()).isEmpty();
  }

  @Test
  void whatOneHasToGiveBackTheOtherGetsWhenItIsHeldNoMore() {
    report("a", 2, 9, 5, null);
    report("b", 8, 8, 1, 8L);
    // Nine are worth more in a; one is b's minimum.
    assertThat(told("a")).contains(2L);
    assertThat(told("b")).contains(1L);

    // It has come down, and goes by its new share.
    report("b", 1, 8, 1, 1L);
    assertThat(told("a")).contains(9L);
    assertThat(told("b")).contains(1L);
  }

  @Test
  void whatOneGoesByIsNotGivenToOthersThoughItIsNotUsed() {
    report("a", 2, 9, 5, null);
    // As after the controller has moved: it was promised eight, and may take them at any time.
    report("b", 1, 8, 1, 8L);

    assertThat(told("a")).contains(2L);
    assertThat(told("b")).contains(1L);
  }

  @Test
  void aNamespaceThatIsDetachedLeavesItsShareToTheOthers() {
    report("a", 2, 9, 5, null);
    report("b", 8, 8, 9, null);
    assertThat(told("a")).contains(2L);
    controller.<StatusReply<Done>>runCommand(reply -> new DeleteNamespace("prod", "b", reply));
    report("a", 2, 9, 5, 2L);

    assertThat(told("a")).contains(9L);
  }

  private void acknowledge(String namespace, int scalers) {
    controller.runCommand(new Acknowledge("prod", namespace, 1, scalers, List.of()));
  }

  @Test
  void oneWhoseDeploymentsCannotBeReadDoesNotKeepTheOthersFromTheirsForEver() {
    report("a", 2, 9, 5, null);
    // Every five seconds, for a minute, which is longer than three ticks.
    for (int i = 0; i < 12; i++) {
      acknowledge("b", 0);
    }
    report("a", 2, 9, 5, null);
    assertThat(told("a")).as("it may be about to tick").isEmpty();

    acknowledge("b", 0);
    report("a", 2, 9, 5, null);
    assertThat(told("a")).contains(9L);

    // It can be read at last, runs seven, and they are worth more there.
    report("b", 7, 7, 9, null);
    assertThat(told("a")).contains(3L);
    assertThat(told("b")).contains(7L);
  }

  @Test
  void oneThatHasScalersIsWaitedForHoweverLongItTakes() {
    report("a", 2, 9, 5, null);
    for (int i = 0; i < 100; i++) {
      acknowledge("b", 1);
    }
    report("a", 2, 9, 5, null);
    assertThat(told("a")).isEmpty();
  }

  @Test
  void withoutABudgetNobodyIsToldOfAShare() {
    define(Optional.empty());
    report("a", 2, 9, 5, null);
    report("b", 8, 8, 9, null);

    assertThat(told("a")).isEmpty();
    assertThat(told("b")).isEmpty();
  }
}
