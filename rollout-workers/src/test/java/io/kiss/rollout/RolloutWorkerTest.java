package io.kiss.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.delivery.ConsumerController;
import akka.actor.typed.delivery.ConsumerController.Delivery;
import akka.actor.typed.javadsl.Behaviors;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.LearnerProtocol.JoinWorker;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.WorkerProtocol;
import io.kiss.actors.protocol.WorkerProtocol.Rest;
import io.kiss.actors.protocol.WorkerProtocol.UseIteration;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RolloutWorkerTest {
  private static final Duration QUIET = Duration.ofMillis(150);
  private static final Duration JOIN = Duration.ofSeconds(1);
  private static final Duration SILENCE = Duration.ofSeconds(3);
  private static final RolloutSettings SETTINGS =
      new RolloutSettings(1, 3, 5, 1, 1024, JOIN, SILENCE);

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());
  private final TestProbe<LearnerProtocol.Command> learner = kit.createTestProbe();
  private final TestProbe<Delivery<TrajectorySegment>> segments = kit.createTestProbe();
  private final byte[] policy = TestPolicies.random(1).toBytes();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private ActorRef<WorkerProtocol.Command> spawn() {
    return kit.spawn(
        RolloutWorker.create(
            SETTINGS, (size, seed) -> new ScriptedEnvironment(size), 0, 1, learner.ref()));
  }

  private JoinWorker expectJoin() {
    return learner.expectMessageClass(JoinWorker.class);
  }

  private void connect(JoinWorker join) {
    ActorRef<ConsumerController.Command<TrajectorySegment>> consumer =
        kit.spawn(ConsumerController.create());
    consumer.tell(new ConsumerController.Start<>(segments.ref()));
    consumer.tell(new ConsumerController.RegisterToProducerController<>(join.producer()));
  }

  private UseIteration use(long epoch, long number) {
    return new UseIteration(new Iteration("run", epoch, number), policy);
  }

  private Delivery<TrajectorySegment> expectSegment(long sequence, long epoch, long number) {
    Delivery<TrajectorySegment> delivery = segments.receiveMessage();
    assertThat(delivery.message().sequence()).isEqualTo(sequence);
    assertThat(delivery.message().iteration()).isEqualTo(new Iteration("run", epoch, number));
    return delivery;
  }

  private static void confirm(Delivery<TrajectorySegment> delivery) {
    delivery.confirmTo().tell(ConsumerController.confirmed());
  }

  @Test
  void joinsAgainUntilAnsweredAndThenWhenTheLearnerFallsSilent() {
    ActorRef<WorkerProtocol.Command> worker = spawn();
    expectJoin();
    time.timePasses(JOIN);
    expectJoin();
    worker.tell(new Rest(new Iteration("", 1, 0)));
    time.expectNoMessageFor(SILENCE.minusMillis(1), learner);
    time.timePasses(Duration.ofMillis(1));
    expectJoin();
  }

  @Test
  void collectsTheNextSegmentOnlyWhenTheOneBeforeIsConfirmed() {
    ActorRef<WorkerProtocol.Command> worker = spawn();
    connect(expectJoin());
    worker.tell(use(1, 0));

    Delivery<TrajectorySegment> first = expectSegment(0, 1, 0);
    worker.tell(use(1, 1));
    worker.tell(use(1, 2));
    segments.expectNoMessage(QUIET);
    confirm(first);

    // Begun after the confirmation, so with what was newest then.
    expectSegment(1, 1, 2);
    segments.expectNoMessage(QUIET);
  }

  @Test
  void anOlderEpochOrIterationIsRefused() {
    ActorRef<WorkerProtocol.Command> worker = spawn();
    connect(expectJoin());
    worker.tell(use(3, 5));
    Delivery<TrajectorySegment> first = expectSegment(0, 3, 5);

    worker.tell(use(2, 9));
    worker.tell(use(3, 4));
    worker.tell(new Rest(new Iteration("run", 2, 9)));
    confirm(first);

    Delivery<TrajectorySegment> second = expectSegment(1, 3, 5);
    worker.tell(use(4, 0));
    confirm(second);
    expectSegment(2, 4, 0);
  }

  @Test
  void restsWhenToldAndGoesOnWithTheSameIteration() {
    ActorRef<WorkerProtocol.Command> worker = spawn();
    connect(expectJoin());
    worker.tell(use(1, 0));
    Delivery<TrajectorySegment> first = expectSegment(0, 1, 0);
    worker.tell(new Rest(new Iteration("run", 1, 0)));
    confirm(first);
    segments.expectNoMessage(QUIET);

    worker.tell(use(1, 0));

    expectSegment(1, 1, 0);
  }

  @Test
  void anUnconfirmedSegmentIsHandedToTheNextLearner() {
    ActorRef<WorkerProtocol.Command> worker = spawn();
    JoinWorker join = expectJoin();
    connect(join);
    worker.tell(use(1, 0));
    expectSegment(0, 1, 0);

    connect(join);
    time.timePasses(Duration.ofSeconds(2));
    worker.tell(use(2, 0));

    Delivery<TrajectorySegment> again = expectSegment(0, 1, 0);
    confirm(again);
    expectSegment(1, 2, 0);
  }

  @Test
  void anEnvironmentThatFailsRestartsTheWorkerUnderANewIncarnation() {
    AtomicInteger made = new AtomicInteger();
    AtomicInteger incarnations = new AtomicInteger();
    EnvironmentFactory failingFirst =
        (size, seed) -> {
          if (made.getAndIncrement() == 0) {
            throw new IllegalStateException("this environment was meant to fail");
          }
          return new ScriptedEnvironment(size);
        };
    Behavior<WorkerProtocol.Command> behavior =
        Behaviors.supervise(
                Behaviors.<WorkerProtocol.Command>setup(
                    context ->
                        RolloutWorker.create(
                            SETTINGS,
                            failingFirst,
                            0,
                            incarnations.incrementAndGet(),
                            learner.ref())))
            .onFailure(SupervisorStrategy.restart());
    ActorRef<WorkerProtocol.Command> worker = kit.spawn(behavior);
    assertThat(expectJoin().incarnation()).isEqualTo(1);
    worker.tell(use(1, 0));

    JoinWorker join = expectJoin();

    assertThat(join.incarnation()).isEqualTo(2);
    connect(join);
    worker.tell(use(1, 0));
    assertThat(expectSegment(0, 1, 0).message().incarnation()).isEqualTo(2);
  }

  @Test
  void incarnationsOfAWorkerAndWorkersSeedDifferently() {
    assertThat(
            new long[] {
              SETTINGS.seedOf(0, 1),
              SETTINGS.seedOf(1, 0),
              SETTINGS.seedOf(0, 0),
              SETTINGS.seedOf(1, 1)
            })
        .doesNotHaveDuplicates();
    assertThat(SETTINGS.seedOf(4, 5)).isEqualTo(SETTINGS.seedOf(4, 5));
  }
}
