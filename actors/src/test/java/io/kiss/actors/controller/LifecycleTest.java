package io.kiss.actors.controller;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import com.typesafe.config.ConfigFactory;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Assignment.Arm;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.CanaryObserved;
import io.kiss.actors.protocol.ControllerProtocol.Command;
import io.kiss.actors.protocol.ControllerProtocol.PausePolicies;
import io.kiss.actors.protocol.ControllerProtocol.PinPolicy;
import io.kiss.actors.protocol.ControllerProtocol.Promote;
import io.kiss.actors.protocol.ControllerProtocol.PutNamespace;
import io.kiss.actors.protocol.ControllerProtocol.RecordGate;
import io.kiss.actors.protocol.ControllerProtocol.RegisterPolicy;
import io.kiss.actors.protocol.ControllerProtocol.Rollback;
import io.kiss.actors.protocol.ControllerProtocol.UnpinPolicy;
import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.kisim.autoscale.GuardSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From the registry to a canary share, to all scalers, and back. */
class LifecycleTest {
  private ActorTestKit kit;
  private EventSourcedBehaviorTestKit<Command, ControllerEvent, ControllerState> controller;

  @BeforeEach
  void start() {
    kit =
        ActorTestKit.create(
            EventSourcedBehaviorTestKit.config()
                .withFallback(
                    ConfigFactory.parseString(
                        """
                        akka.actor.allow-java-serialization = off
                        akka.actor.serialization-bindings {
                          "io.kiss.actors.protocol.ControlMessage" = jackson-cbor
                        }
                        """)));
    TestProbe<NamespaceProtocol.Command> entity =
        kit.createTestProbe(NamespaceProtocol.Command.class);
    controller =
        EventSourcedBehaviorTestKit.create(
            kit.system(),
            ControllerActor.create(
                new ControllerSettings(Duration.ofHours(1), 7, 2, ControllerActorTest.CANARY),
                (NamespaceRef ref) -> entity.getRef()));
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private <T> StatusReply<T> ask(Function<ActorRef<StatusReply<T>>, Command> command) {
    return controller
        .<StatusReply<T>>runCommand((ActorRef<StatusReply<T>> replyTo) -> command.apply(replyTo))
        .reply();
  }

  private static PolicyRef ref(String id) {
    return new PolicyRef(id, id.substring(0, 1).repeat(64));
  }

  private void register(String id) {
    RegisteredPolicy policy =
        new RegisteredPolicy(
            ref(id),
            1,
            new RegisteredPolicy.Provenance("run", 1, 2, 3, "MXNet", 4, "abc"),
            List.of());
    this.<Done>ask(replyTo -> new RegisterPolicy(policy, replyTo));
  }

  private StatusReply<Assignment> promote(String id) {
    return ask(replyTo -> new Promote(id, false, false, replyTo));
  }

  private void gate(String id, boolean passed) {
    GateReport report =
        new GateReport(
            id,
            ref(id).sha256(),
            1,
            "",
            60,
            0,
            1,
            List.of(new GateReport.Check("cost", passed, 0.1, 0, "its cost is too high")),
            List.of());
    this.<Done>ask(replyTo -> new RecordGate(report, replyTo));
  }

  /** A champion {@code a}, a candidate {@code b} that passed, and a namespace that is acted on. */
  private void championAndCandidate() {
    register("a");
    register("b");
    gate("a", true);
    gate("b", true);
    promote("a");
    Attachment attachment =
        Attachment.of("c", "ns", "", Attachment.Mode.ACTIVE, 15, GuardSettings.DEFAULT);
    this.<Done>ask(replyTo -> new PutNamespace(attachment, replyTo));
  }

  private Assignment inForce() {
    return controller.getState().assignment();
  }

  /** Ticks of eight scalers through {@code seconds}, as their arms would report them. */
  private void observe(double fromSeconds, double seconds, double candidateShare) {
    for (double time = fromSeconds; time <= fromSeconds + seconds; time += 300) {
      Assignment assignment = inForce();
      List<CanaryObserved.Tick> ticks = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Arm arm = assignment.choose("c", "ns", "d" + i, time).arm();
        double share = arm == Arm.CANARY ? candidateShare : 0.01;
        ticks.add(new CanaryObserved.Tick("d" + i, arm, 1000 + i, (1000 + i) * share, 2, 1));
      }
      controller.runCommand(new CanaryObserved("c", "ns", assignment.term(), time, ticks));
    }
  }

  @Test
  void aPolicyThatDidNotPassTheGateIsPromotedByForceOnlyAndThatIsWrittenDown() {
    register("a");
    assertThat(promote("a").getError()).hasMessageContaining("has not been through the gate");
    gate("a", false);
    assertThat(promote("a").getError()).hasMessageContaining("its cost is too high");

    StatusReply<Assignment> forced = ask(replyTo -> new Promote("a", true, false, replyTo));

    assertThat(forced.getValue().policy()).contains(ref("a"));
    assertThat(controller.getState().lifecycle().history())
        .last()
        .matches(change -> change.forced() && change.what().equals("PROMOTION"));
  }

  @Test
  void aCandidateIsTriedByAShareBesideTheChampion() {
    championAndCandidate();
    Assignment before = inForce();

    Assignment tried = promote("b").getValue();

    assertThat(tried.term()).isEqualTo(before.term() + 1);
    assertThat(tried.policy()).contains(ref("a"));
    assertThat(tried.canary().orElseThrow().candidate()).isEqualTo(ref("b"));
    assertThat(promote("b").getValue()).isEqualTo(tried);
  }

  @Test
  void aGoodCandidateGoesThroughAllSharesToAllScalers() {
    championAndCandidate();
    promote("b");

    observe(0, 1500, 0.01);
    assertThat(inForce().canary().orElseThrow().share()).isEqualTo(0.6);
    observe(6000, 3000, 0.01);

    assertThat(inForce().canary()).isEmpty();
    assertThat(inForce().policy()).contains(ref("b"));
    assertThat(inForce().term()).isEqualTo(4);
    assertThat(controller.getState().previousChampion()).contains(ref("a"));
  }

  @Test
  void aWorseCandidateGoesBackByItselfUnderANewerTermAndNeedsForceToComeAgain() {
    championAndCandidate();
    long tried = promote("b").getValue().term();

    observe(0, 3000, 0.4);

    assertThat(inForce().canary()).isEmpty();
    assertThat(inForce().policy()).contains(ref("a"));
    assertThat(inForce().term()).isEqualTo(tried + 1);
    assertThat(promote("b").getError()).hasMessageContaining("rolled back before");
    StatusReply<Assignment> forced = ask(replyTo -> new Promote("b", true, false, replyTo));
    assertThat(forced.getValue().canary()).isPresent();
  }

  @Test
  void whileOneIsTriedNoOtherIsAndARollbackTakesItBack() {
    championAndCandidate();
    register("c");
    gate("c", true);
    promote("b");

    assertThat(promote("c").getError()).hasMessageContaining("'b' is being tried");
    StatusReply<Assignment> back = ask(Rollback::new);

    assertThat(back.getValue().canary()).isEmpty();
    assertThat(back.getValue().policy()).contains(ref("a"));
  }

  @Test
  void aPauseKeepsAssignmentsWhereTheyAre() {
    championAndCandidate();
    Assignment tried = promote("b").getValue();
    this.<Done>ask(replyTo -> new PausePolicies(true, replyTo));

    observe(0, 6000, 0.9);
    StatusReply<Assignment> back = ask(Rollback::new);

    assertThat(inForce()).isEqualTo(tried);
    assertThat(back.getError()).hasMessageContaining("paused");
    this.<Done>ask(replyTo -> new PausePolicies(false, replyTo));
    observe(6000, 6000, 0.9);
    assertThat(inForce().canary()).isEmpty();
  }

  @Test
  void aPinHoldsOneScalerAndTheClosestPinWins() {
    championAndCandidate();
    register("c");
    this.<Assignment>ask(replyTo -> new PinPolicy("c", "ns", Optional.empty(), "b", replyTo));
    Assignment pinned =
        this.<Assignment>ask(replyTo -> new PinPolicy("c", "ns", Optional.of("web"), "c", replyTo))
            .getValue();

    assertThat(pinned.choose("c", "ns", "web", 0).policy()).contains(ref("c"));
    assertThat(pinned.choose("c", "ns", "api", 0).policy()).contains(ref("b"));
    assertThat(pinned.choose("c", "other", "api", 0).policy()).contains(ref("a"));
    Assignment loose =
        this.<Assignment>ask(replyTo -> new UnpinPolicy("c", "ns", Optional.of("web"), replyTo))
            .getValue();
    assertThat(loose.choose("c", "ns", "web", 0).policy()).contains(ref("b"));
    assertThat(loose.term()).isEqualTo(pinned.term() + 1);
    StatusReply<Assignment> ghost =
        ask(replyTo -> new PinPolicy("c", "ns", Optional.empty(), "ghost", replyTo));
    assertThat(ghost.getError()).hasMessageContaining("no policy 'ghost' is registered");
  }

  /**
   * Anything anybody may do, in any order, with a kill between any two: what the journal replays is
   * the state that was; terms only grow; nobody is told to run what is not registered.
   */
  @Test
  void whereverItIsKilledTheRegistryComesBackAsItWas() {
    long seed = 20_261_126;
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    championAndCandidate();
    List<String> ids = List.of("a", "b", "c", "d");
    long term = inForce().term();
    double time = 0;
    for (int step = 0; step < 250; step++) {
      String id = ids.get(random.nextInt(ids.size()));
      boolean force = random.nextBoolean();
      boolean direct = random.nextInt(4) == 0;
      boolean pause = random.nextInt(4) == 0;
      Optional<String> deployment =
          random.nextBoolean() ? Optional.of("d" + random.nextInt(3)) : Optional.empty();
      switch (random.nextInt(9)) {
        case 0 -> register(id);
        case 1 -> gate(id, random.nextInt(3) > 0);
        case 2, 3 -> this.<Assignment>ask(replyTo -> new Promote(id, force, direct, replyTo));
        case 4 -> this.<Assignment>ask(Rollback::new);
        case 5 ->
            this.<Assignment>ask(replyTo -> new PinPolicy("c", "ns", deployment, id, replyTo));
        case 6 -> this.<Assignment>ask(replyTo -> new UnpinPolicy("c", "ns", deployment, replyTo));
        case 7 -> observe(time += 4000, 3000, force ? 0.01 : 0.5);
        default -> this.<Done>ask(replyTo -> new PausePolicies(pause, replyTo));
      }
      ControllerState before = controller.getState();
      if (random.nextInt(3) == 0) {
        assertThat(controller.restart().state()).isEqualTo(before);
      }
      assertThat(before.assignment().term()).isGreaterThanOrEqualTo(term);
      term = before.assignment().term();
      Set<PolicyRef> registered = new HashSet<>();
      before.policies().forEach(policy -> registered.add(policy.ref()));
      assertThat(registered).containsAll(before.assignment().policies());
    }
    assertThat(term).isGreaterThan(30);
  }
}
