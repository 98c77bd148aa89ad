package io.kiss.actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResultWithReply;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.kiss.actors.controller.ControllerEvent.Assigned.Cause;
import io.kiss.actors.lifecycle.CanarySettings;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControllerProtocol.Acknowledge;
import io.kiss.actors.protocol.ControllerProtocol.Command;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.ControllerProtocol.DeleteNamespace;
import io.kiss.actors.protocol.ControllerProtocol.GetView;
import io.kiss.actors.protocol.ControllerProtocol.Promote;
import io.kiss.actors.protocol.ControllerProtocol.PutNamespace;
import io.kiss.actors.protocol.ControllerProtocol.RegisterPolicy;
import io.kiss.actors.protocol.ControllerProtocol.Rollback;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.NamespaceProtocol.Attach;
import io.kiss.actors.protocol.NamespaceProtocol.Detach;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.kisim.autoscale.GuardSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ControllerActorTest {
  private static final Duration PUSH = Duration.ofSeconds(5);

  private static final Config CONFIG =
      ManualTime.config()
          .withFallback(EventSourcedBehaviorTestKit.config())
          .withFallback(
              ConfigFactory.parseString(
                  """
                  akka.actor.allow-java-serialization = off
                  akka.actor.serialization-bindings {
                    "io.kiss.actors.protocol.ControlMessage" = jackson-cbor
                  }
                  """));

  /** Looks after 600 and 1200 s of a stage; counts from the beginning on. */
  static final CanarySettings CANARY =
      new CanarySettings(List.of(0.3, 0.6), 1200, 2, 1, 100, 2, 0.05, 0.01, 4, 300, 0);

  private ActorTestKit kit;
  private ManualTime time;
  private EventSourcedBehaviorTestKit<Command, ControllerEvent, ControllerState> controller;
  private final Map<NamespaceRef, TestProbe<NamespaceProtocol.Command>> entities =
      new ConcurrentHashMap<>();

  @BeforeEach
  void start() {
    kit = ActorTestKit.create(CONFIG);
    time = ManualTime.get(kit.system());
    // Few events between snapshots, so that recovery starts from them, too.
    controller =
        EventSourcedBehaviorTestKit.create(
            kit.system(),
            ControllerActor.create(
                new ControllerSettings(PUSH, 4, 2, CANARY),
                namespace -> entity(namespace).getRef()));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private TestProbe<NamespaceProtocol.Command> entity(NamespaceRef namespace) {
    return entities.computeIfAbsent(
        namespace, n -> kit.createTestProbe(NamespaceProtocol.Command.class));
  }

  private TestProbe<NamespaceProtocol.Command> entity(String namespace) {
    return entity(new NamespaceRef("local", namespace));
  }

  private static RegisteredPolicy policy(String id, char digit) {
    return new RegisteredPolicy(
        new PolicyRef(id, String.valueOf(digit).repeat(64)),
        1_700_000_000_000L,
        new RegisteredPolicy.Provenance("run-1", 10, 20_000, 3.5, "MXNet", 7, "abc"),
        List.of(new RegisteredPolicy.EvaluationRow("hpa", 1.2, 0.99, 0.3, 4, 12, 1)));
  }

  private static Attachment attachment(String namespace, Attachment.Mode mode) {
    return Attachment.of("local", namespace, "", mode, 15, GuardSettings.DEFAULT);
  }

  private CommandResultWithReply<Command, ControllerEvent, ControllerState, StatusReply<Done>>
      register(String id, char digit) {
    return controller.runCommand(
        (ActorRef<StatusReply<Done>> replyTo) -> new RegisterPolicy(policy(id, digit), replyTo));
  }

  private CommandResultWithReply<Command, ControllerEvent, ControllerState, StatusReply<Assignment>>
      promote(String id) {
    return controller.runCommand(
        (ActorRef<StatusReply<Assignment>> replyTo) -> new Promote(id, true, false, replyTo));
  }

  private CommandResultWithReply<Command, ControllerEvent, ControllerState, StatusReply<Assignment>>
      rollback() {
    return controller.runCommand(
        (ActorRef<StatusReply<Assignment>> replyTo) -> new Rollback(replyTo));
  }

  private CommandResultWithReply<Command, ControllerEvent, ControllerState, StatusReply<Done>> put(
      String namespace, Attachment.Mode mode) {
    return controller.runCommand(
        (ActorRef<StatusReply<Done>> replyTo) ->
            new PutNamespace(attachment(namespace, mode), replyTo));
  }

  private CommandResultWithReply<Command, ControllerEvent, ControllerState, StatusReply<Done>>
      delete(String namespace) {
    return controller.runCommand(
        (ActorRef<StatusReply<Done>> replyTo) -> new DeleteNamespace("local", namespace, replyTo));
  }

  private ControllerView view() {
    return controller
        .<ControllerView>runCommand((ActorRef<ControllerView> replyTo) -> new GetView(replyTo))
        .reply();
  }

  @Test
  void registeringTheSamePolicyAgainChangesNothing() {
    assertThat(register("a", '1').reply().isSuccess()).isTrue();

    var again = register("a", '1');

    assertThat(again.reply().isSuccess()).isTrue();
    assertThat(again.hasNoEvents()).isTrue();
    assertThat(view().policies()).containsExactly(policy("a", '1'));
  }

  @Test
  void anIdIsNeverGivenToOtherBytes() {
    register("a", '1');

    var other = register("a", '2');

    assertThat(other.reply().isError()).isTrue();
    assertThat(other.reply().getError())
        .hasMessageContaining("'a'")
        .hasMessageContaining("another id");
    assertThat(other.hasNoEvents()).isTrue();
    assertThat(view().policies()).containsExactly(policy("a", '1'));
  }

  @Test
  void aPolicyWithoutAProperHashIsRefused() {
    var reply =
        controller.runCommand(
            (ActorRef<StatusReply<Done>> replyTo) ->
                new RegisterPolicy(
                    new RegisteredPolicy(
                        new PolicyRef("a", "abc"), 0, policy("a", '1').provenance(), List.of()),
                    replyTo));

    assertThat(reply.reply().getError()).hasMessageContaining("64 hexadecimal digits");
  }

  @Test
  void anUnknownPolicyIsNotPromoted() {
    var reply = promote("ghost");

    assertThat(reply.reply().getError()).hasMessageContaining("no policy 'ghost' is registered");
    assertThat(reply.hasNoEvents()).isTrue();
    assertThat(view().assignment()).isEqualTo(Assignment.NONE);
  }

  @Test
  void promotingTheChampionAgainKeepsItsTerm() {
    register("a", '1');
    Assignment first = promote("a").reply().getValue();

    var again = promote("a");

    assertThat(first.term()).isEqualTo(1);
    assertThat(again.reply().getValue()).isEqualTo(first);
    assertThat(again.hasNoEvents()).isTrue();
  }

  @Test
  void aRollbackIsANewerTermThatNamesThePolicyBefore() {
    register("a", '1');
    register("b", '2');
    promote("a");
    promote("b");
    assertThat(view().previousPolicy()).contains("a");

    var back = rollback();

    assertThat(back.reply().getValue())
        .isEqualTo(new Assignment(3, Optional.of(policy("a", '1').ref())));
    ControllerEvent.Assigned event = (ControllerEvent.Assigned) back.event();
    assertThat(event.cause()).isEqualTo(Cause.ROLLBACK);
    assertThat(event.policy()).isEqualTo(policy("a", '1').ref());
    assertThat(view().previousPolicy()).isEmpty();
  }

  @Test
  void aRollbackWithNothingToGoBackToIsRefused() {
    assertThat(rollback().reply().getError()).hasMessageContaining("no champion before");
    register("a", '1');
    promote("a");
    assertThat(rollback().reply().getError()).hasMessageContaining("no champion before");
    assertThat(view().assignment().term()).isEqualTo(1);
  }

  @Test
  void anAttachedNamespaceIsToldAtOnceOnEachChangeAndAgainOnATimer() {
    put("web", Attachment.Mode.SHADOW);
    Attach asAttached =
        new Attach(attachment("web", Attachment.Mode.SHADOW), Assignment.NONE, Optional.empty());
    entity("web").expectMessage(asAttached);

    time.timePasses(PUSH);
    entity("web").expectMessage(asAttached);

    register("a", '1');
    Assignment promoted = promote("a").reply().getValue();
    entity("web").expectMessage(new Attach(asAttached.attachment(), promoted, Optional.empty()));

    put("web", Attachment.Mode.ACTIVE);
    entity("web")
        .expectMessage(
            new Attach(attachment("web", Attachment.Mode.ACTIVE), promoted, Optional.empty()));
  }

  @Test
  void attachingInTheSameWayAgainIsNoEventButIsToldAgain() {
    put("web", Attachment.Mode.SHADOW);
    entity("web").receiveMessage();

    var again = put("web", Attachment.Mode.SHADOW);

    assertThat(again.hasNoEvents()).isTrue();
    entity("web").expectMessageClass(Attach.class);
  }

  @Test
  void anAttachmentThatMakesNoSenseIsRefused() {
    Attachment never =
        Attachment.of("local", "web", "", Attachment.Mode.SHADOW, 0, GuardSettings.DEFAULT);
    Attachment nowhere =
        Attachment.of("a/b", "web", "", Attachment.Mode.SHADOW, 15, GuardSettings.DEFAULT);
    for (Attachment wrong : List.of(never, nowhere)) {
      var reply =
          controller.runCommand(
              (ActorRef<StatusReply<Done>> replyTo) -> new PutNamespace(wrong, replyTo));
      assertThat(reply.reply().getError()).hasMessageContaining("cannot attach");
      assertThat(reply.hasNoEvents()).isTrue();
    }
  }

  @Test
  void aDetachIsRepeatedUntilTheEntityConfirmsIt() {
    put("web", Attachment.Mode.SHADOW);
    entity("web").receiveMessage();

    assertThat(delete("web").reply().isSuccess()).isTrue();
    entity("web").expectMessageClass(Detach.class);
    time.timePasses(PUSH);
    Detach second = entity("web").expectMessageClass(Detach.class);
    second.replyTo().tell(StatusReply.ack());
    // A command in between, so that the confirmation has been handled.
    view();
    time.timePasses(PUSH);

    entity("web").expectNoMessage(Duration.ZERO);
    assertThat(view().attachments()).isEmpty();
    assertThat(delete("web").reply().getError()).hasMessageContaining("not attached");
  }

  @Test
  void whoeverScalesANamespaceThatIsNotAttachedIsToldToStop() {
    controller.runCommand(new Acknowledge("local", "lost", 0, 3, List.of()));

    entity("lost").expectMessageClass(Detach.class);
    assertThat(view().acknowledged()).isEmpty();
  }

  @Test
  void theViewShowsWhatScalersRun() {
    put("web", Attachment.Mode.SHADOW);
    controller.runCommand(new Acknowledge("local", "web", 0, 3, List.of()));

    assertThat(view().acknowledged())
        .containsExactly(new Acknowledge("local", "web", 0, 3, List.of()));

    delete("web");
    assertThat(view().acknowledged()).isEmpty();
  }

  @Test
  void afterARestartNothingIsForgottenAndEveryNamespaceIsToldAgain() {
    register("a", '1');
    register("b", '2');
    promote("a");
    promote("b");
    put("web", Attachment.Mode.ACTIVE);
    put("batch", Attachment.Mode.SHADOW);
    ControllerState before = controller.getState();
    entity("web").receiveMessage();

    ControllerState after = controller.restart().state();

    assertThat(after).isEqualTo(before);
    entity("web")
        .expectMessage(
            new Attach(
                attachment("web", Attachment.Mode.ACTIVE), before.assignment(), Optional.empty()));
  }

  /** Against a model that keeps no events: a list of champions and a counter. */
  @Test
  void whateverHappensTermsOnlyGrowAndReplayGivesTheSameState() {
    long seed = 20_250_719;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<String> ids = List.of("a", "b", "c");
    java.util.ArrayDeque<String> champions = new java.util.ArrayDeque<>();
    java.util.Set<String> registered = new java.util.HashSet<>();
    long term = 0;
    for (int step = 0; step < 150; step++) {
      String id = ids.get(random.nextInt(ids.size()));
      switch (random.nextInt(5)) {
        case 0 -> {
          register(id, id.charAt(0));
          registered.add(id);
        }
        case 1, 2 -> {
          boolean accepted = promote(id).reply().isSuccess();
          assertThat(accepted).isEqualTo(registered.contains(id));
          if (accepted && !id.equals(champions.peekLast())) {
            champions.addLast(id);
            term++;
          }
        }
        case 3 -> {
          boolean accepted = rollback().reply().isSuccess();
          assertThat(accepted).isEqualTo(champions.size() > 1);
          if (accepted) {
            champions.removeLast();
            term++;
          }
        }
        default -> {
          ControllerState before = controller.getState();
          assertThat(controller.restart().state()).isEqualTo(before);
        }
      }
      Assignment assignment = controller.getState().assignment();
      assertThat(assignment.term()).isEqualTo(term);
      assertThat(assignment.policy().map(PolicyRef::id))
          .isEqualTo(Optional.ofNullable(champions.peekLast()));
    }
    assertThat(term).isGreaterThan(20);
  }

  @Test
  void theLineOfChampionsStaysBounded() {
    ControllerState state = ControllerState.EMPTY;
    for (int i = 1; i <= 3 * ControllerState.MAX_CHAMPIONS; i++) {
      state =
          state.apply(
              new ControllerEvent.Assigned(
                  i, new PolicyRef("p" + i, "0".repeat(64)), Cause.PROMOTION, 0, false, ""));
    }
    assertThat(state.champions()).hasSize(ControllerState.MAX_CHAMPIONS);
    assertThat(state.champions().get(state.champions().size() - 1).id()).isEqualTo("p300");
  }
}
