package io.kiss.learner;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.GetProgress;
import io.kiss.actors.protocol.LearnerProtocol.Start;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.learner.LearnerEvents.SegmentArrived;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Workers that stay joined and deliver nothing; all timers are moved by hand. */
class StragglerTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration JUST_BEFORE = TIMEOUT.minusMillis(1);
  private static final Duration A_MOMENT = Duration.ofMillis(1);

  private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
  private final ManualTime time = ManualTime.get(kit.system());
  private final CountingOptimizers optimizers = new CountingOptimizers();

  /** What reaches the learner. */
  private final TestProbe<Command> heard = kit.createTestProbe();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
  }

  private ActorRef<Command> started(int segmentsPerUpdate) {
    LearnerSettings settings =
        new LearnerSettings(
            1, segmentsPerUpdate, TIMEOUT, Duration.ofHours(1), 1, Duration.ofSeconds(10), 100);
    ActorRef<Command> learner =
        kit.spawn(
            Behaviors.monitor(
                Command.class,
                heard.ref(),
                LearnerActor.create(settings, new MemoryStore(), optimizers, () -> 0)));
    TestProbe<StatusReply<Done>> reply = kit.createTestProbe();
    learner.tell(new Start(TrainingBudget.ofSeconds(1e6), reply.ref()));
    assertThat(reply.receiveMessage().isSuccess()).isTrue();
    return learner;
  }

  private FakeWorker joined(ActorRef<Command> learner, int index) {
    FakeWorker worker = new FakeWorker(kit, index, 7);
    worker.join(learner);
    worker.expectIteration(0);
    return worker;
  }

  /** Sends a segment and waits until the learner has it. */
  private void deliver(FakeWorker worker, long sequence, long number) {
    worker.send(worker.segment(sequence, new Iteration("run-1", 1, number)));
    heard.fishForMessage(
        Duration.ofSeconds(5),
        message ->
            message instanceof SegmentArrived
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
  }

  /** Asks for the iteration after everything the learner was told before. */
  private long iteration(ActorRef<Command> learner) {
    TestProbe<TrainingProgress> probe = kit.createTestProbe();
    learner.tell(new GetProgress(probe.ref()));
    return probe.receiveMessage().iteration();
  }

  private int[] batchSizes() {
    return optimizers.batches.stream().mapToInt(List::size).toArray();
  }

  @Test
  void halfABatchIsUpdatedWithOnceTheTimeSinceItsFirstSegmentIsOver() {
    ActorRef<Command> learner = started(0);
    FakeWorker[] workers = new FakeWorker[4];
    for (int i = 0; i < 4; i++) {
      workers[i] = joined(learner, i);
    }
    // Nothing has come, so nothing is overdue.
    time.timePasses(TIMEOUT);
    deliver(workers[0], 0, 0);
    assertThat(iteration(learner)).isZero();
    time.timePasses(Duration.ofSeconds(6));
    deliver(workers[1], 0, 0);
    assertThat(iteration(learner)).isZero();

    time.timePasses(JUST_BEFORE.minusSeconds(6));
    assertThat(iteration(learner)).isZero();
    assertThat(optimizers.batches).isEmpty();
    time.timePasses(A_MOMENT);

    for (FakeWorker worker : workers) {
      worker.expectIteration(1);
    }
    assertThat(batchSizes()).containsExactly(2);
  }

  @Test
  void lessThanHalfABatchWaitsOnUntilItIsHalf() {
    ActorRef<Command> learner = started(0);
    FakeWorker a = joined(learner, 0);
    FakeWorker b = joined(learner, 1);
    joined(learner, 2);
    deliver(a, 0, 0);
    assertThat(iteration(learner)).isZero();

    time.timePasses(TIMEOUT.multipliedBy(3));
    assertThat(iteration(learner)).isZero();
    assertThat(optimizers.batches).isEmpty();
    deliver(b, 0, 0);

    a.expectIteration(1);
    assertThat(batchSizes()).containsExactly(2);
  }

  @Test
  void aWorkerThatMissedABatchIsWaitedForAgainOnceItDelivers() {
    ActorRef<Command> learner = started(0);
    FakeWorker a = joined(learner, 0);
    FakeWorker b = joined(learner, 1);
    deliver(a, 0, 0);
    assertThat(iteration(learner)).isZero();
    time.timePasses(TIMEOUT);
    a.expectIteration(1);
    b.expectIteration(1);

    deliver(a, 1, 1);
    a.expectIteration(2);
    b.expectIteration(2);
    deliver(b, 0, 2);
    assertThat(iteration(learner)).isEqualTo(2);
    deliver(a, 2, 2);

    a.expectIteration(3);
    assertThat(batchSizes()).containsExactly(1, 1, 2);
  }

  @Test
  void theOthersFillABatchOfFixedSizeInItsPlace() {
    ActorRef<Command> learner = started(2);
    FakeWorker a = joined(learner, 0);
    FakeWorker b = joined(learner, 1);
    deliver(a, 0, 0);
    assertThat(iteration(learner)).isZero();
    time.timePasses(TIMEOUT);
    a.expectIteration(1);
    b.expectIteration(1);

    deliver(a, 1, 1);
    deliver(a, 2, 1);

    a.expectIteration(2);
    assertThat(batchSizes()).containsExactly(1, 2);
  }
}
