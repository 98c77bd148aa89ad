package io.kiss.learner;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.delivery.ProducerController;
import akka.actor.typed.delivery.ProducerController.MessageWithConfirmation;
import akka.actor.typed.delivery.ProducerController.RequestNext;
import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.LearnerProtocol.JoinWorker;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.WorkerProtocol;
import io.kiss.actors.protocol.WorkerProtocol.Rest;
import io.kiss.actors.protocol.WorkerProtocol.UseIteration;
import java.time.Duration;
import java.util.Optional;

/** A worker led by hand: its delivery is real, its segments are made up. */
final class FakeWorker {
  static final int STEPS = 4;
  static final int ENVIRONMENTS = 3;
  static final int ROWS = STEPS * ENVIRONMENTS;

  private final ActorTestKit kit;
  private final int index;
  private final long incarnation;
  private final ActorRef<ProducerController.Command<TrajectorySegment>> producer;
  private final TestProbe<RequestNext<TrajectorySegment>> demand;

  final TestProbe<WorkerProtocol.Command> commands;
  final TestProbe<Object> confirmed;

  FakeWorker(ActorTestKit kit, int index, long incarnation) {
    this.kit = kit;
    this.index = index;
    this.incarnation = incarnation;
    demand = kit.createTestProbe();
    commands = kit.createTestProbe();
    confirmed = kit.createTestProbe();
    producer =
        kit.spawn(
            ProducerController.create(
                TrajectorySegment.class,
                "worker-" + index + "-" + incarnation,
                Optional.empty(),
                ProducerController.Settings$.MODULE$
                    .create(kit.system())
                    .withChunkLargeMessagesBytes(1024)));
    producer.tell(new ProducerController.Start<>(demand.ref()));
  }

  void join(ActorRef<LearnerProtocol.Command> learner) {
    learner.tell(new JoinWorker(index, incarnation, producer, commands.ref()));
  }

  UseIteration expectIteration(long number) {
    UseIteration use = commands.expectMessageClass(UseIteration.class);
    if (use.iteration().number() != number) {
      throw new AssertionError("iteration " + number + " expected, not " + use.iteration());
    }
    return use;
  }

  Rest expectRest() {
    return commands.expectMessageClass(Rest.class);
  }

  /** Waits for demand and sends; {@link #confirmed} hears when the learner has taken it. */
  void send(TrajectorySegment segment) {
    RequestNext<TrajectorySegment> next = demand.receiveMessage(Duration.ofSeconds(5));
    next.askNextTo().tell(new MessageWithConfirmation<>(segment, confirmed.ref()));
  }

  TrajectorySegment segment(long sequence, Iteration iteration) {
    return new TrajectorySegment(
        index,
        incarnation,
        sequence,
        iteration,
        STEPS,
        ENVIRONMENTS,
        new float[ROWS * CountingOptimizers.FEATURES],
        new int[ROWS],
        new byte[ROWS],
        new float[ROWS],
        new float[ROWS],
        new byte[ROWS],
        new float[0],
        new float[ENVIRONMENTS * CountingOptimizers.FEATURES],
        new EpisodeSummary(2, 10, 1.5, 0.5));
  }

  void die() {
    commands.stop();
    kit.stop(producer);
  }
}
