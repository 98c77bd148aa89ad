package io.kiss.learner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol.Candidate;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.GetCandidate;
import io.kiss.actors.protocol.LearnerProtocol.GetProgress;
import io.kiss.actors.protocol.LearnerProtocol.Pause;
import io.kiss.actors.protocol.LearnerProtocol.Resume;
import io.kiss.actors.protocol.LearnerProtocol.Start;
import io.kiss.actors.protocol.LearnerProtocol.Stop;
import io.kiss.actors.protocol.LearnerProtocol.Subscribe;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.learner.LearnerEvents.Shutdown;
import io.kiss.learner.TrainingStore.SavedRun;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LearnerActorTest {
  private static final TrainingBudget LARGE = TrainingBudget.ofSeconds(1e6);
  private static final Offset<Double> EXACT = Offset.offset(1e-9);
  private static final Duration QUIET = Duration.ofMillis(150);

  private ActorTestKit kit;
  private MemoryStore store;
  private CountingOptimizers optimizers;
  private final AtomicLong clock = new AtomicLong();

  @BeforeEach
  void start() {
    kit = ActorTestKit.create();
    store = new MemoryStore();
    optimizers = new CountingOptimizers();
  }

  @AfterEach
  void stop() {
    optimizers.permits.release(1000);
    kit.shutdownTestKit();
  }

  private ActorRef<Command> learner(int maxLag, int segmentsPerUpdate) {
    LearnerSettings settings =
        new LearnerSettings(
            maxLag,
            segmentsPerUpdate,
            Duration.ofHours(1),
            Duration.ofHours(1),
            1,
            Duration.ofSeconds(10),
            100);
    return kit.spawn(LearnerActor.create(settings, store, optimizers, clock::get));
  }

  private FakeWorker joined(ActorRef<Command> learner, int index, long iteration) {
    FakeWorker worker = new FakeWorker(kit, index, 7);
    worker.join(learner);
    worker.expectIteration(iteration);
    return worker;
  }

  private <T> T ask(ActorRef<Command> learner, Function<ActorRef<T>, Command> question) {
    TestProbe<T> probe = kit.createTestProbe();
    learner.tell(question.apply(probe.ref()));
    return probe.receiveMessage(Duration.ofSeconds(5));
  }

  private void start(ActorRef<Command> learner, TrainingBudget budget) {
    StatusReply<Done> reply = ask(learner, to -> new Start(budget, to));
    assertThat(reply.isSuccess()).isTrue();
  }

  private TrainingProgress progress(ActorRef<Command> learner) {
    return ask(learner, GetProgress::new);
  }

  private TrainingProgress awaitIteration(ActorRef<Command> learner, long number) {
    return await().until(() -> progress(learner), p -> p.iteration() == number);
  }

  private static Iteration iteration(long number) {
    return new Iteration("run-1", 1, number);
  }

  @Test
  void aBatchOfOneSegmentOfEachWorkerMakesTheNextIteration() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    FakeWorker a = joined(learner, 0, 0);
    FakeWorker b = joined(learner, 1, 0);

    a.send(a.segment(0, iteration(0)));
    a.confirmed.expectNoMessage(QUIET);
    assertThat(optimizers.batches).isEmpty();
    b.send(b.segment(0, iteration(0)));

    assertThat(CountingOptimizers.updatesIn(a.expectIteration(1).policy())).isEqualTo(1);
    assertThat(CountingOptimizers.updatesIn(b.expectIteration(1).policy())).isEqualTo(1);
    a.confirmed.receiveMessage();
    b.confirmed.receiveMessage();
    TrainingProgress progress = progress(learner);
    assertThat(progress.iteration()).isEqualTo(1);
    assertThat(progress.environmentSteps()).isEqualTo(2 * FakeWorker.ROWS);
    assertThat(progress.workers()).isEqualTo(2);
    // Two segments of two episodes each, whose returns sum to 10, attainments to 1.5, hours to 0.5.
    assertThat(progress.episodeReturn()).isEqualTo(5);
    assertThat(progress.sloAttainment()).isEqualTo(0.75);
    assertThat(progress.gpuHours()).isEqualTo(0.25);
    assertThat(optimizers.threads).hasSize(1);
  }

  @Test
  void aSegmentSentTwiceIsCountedOnce() {
    ActorRef<Command> learner = learner(1, 2);
    start(learner, LARGE);
    FakeWorker worker = joined(learner, 0, 0);

    worker.send(worker.segment(0, iteration(0)));
    worker.send(worker.segment(0, iteration(0)));
    worker.confirmed.receiveMessage();
    worker.confirmed.receiveMessage();
    assertThat(optimizers.batches).isEmpty();
    worker.send(worker.segment(1, iteration(0)));

    worker.expectIteration(1);
    assertThat(progress(learner).environmentSteps()).isEqualTo(2 * FakeWorker.ROWS);
  }

  @Test
  void segmentsThatLagTooFarOrBelongToAnotherEpochAreDropped() {
    ActorRef<Command> learner = learner(1, 1);
    start(learner, LARGE);
    FakeWorker worker = joined(learner, 0, 0);
    for (int i = 0; i < 2; i++) {
      worker.send(worker.segment(i, iteration(i)));
      worker.expectIteration(i + 1);
    }

    worker.send(worker.segment(2, iteration(0)));
    worker.send(worker.segment(3, new Iteration("run-1", 0, 2)));
    worker.send(worker.segment(4, new Iteration("run-0", 1, 2)));
    worker.send(worker.segment(5, iteration(1)));

    worker.expectIteration(3);
    assertThat(progress(learner).environmentSteps()).isEqualTo(3 * FakeWorker.ROWS);
    assertThat(optimizers.batches).hasSize(3);
    assertThat(optimizers.batches.get(2).get(0).sequence()).isEqualTo(5);
  }

  @Test
  void withLagZeroASegmentIsConfirmedAfterTheUpdateAndWithLagOneBefore() {
    for (int maxLag = 0; maxLag <= 1; maxLag++) {
      store = new MemoryStore();
      optimizers.permits.drainPermits();
      ActorRef<Command> learner = learner(maxLag, 0);
      start(learner, LARGE);
      FakeWorker worker = joined(learner, 0, 0);

      worker.send(worker.segment(0, iteration(0)));

      if (maxLag == 0) {
        worker.confirmed.expectNoMessage(QUIET);
      } else {
        worker.confirmed.receiveMessage();
      }
      worker.commands.expectNoMessage(Duration.ZERO);
      optimizers.permits.release();
      worker.expectIteration(1);
      if (maxLag == 0) {
        worker.confirmed.receiveMessage();
      }
    }
  }

  @Test
  void aSlowUpdateLeavesOneSegmentOfAWorkerUnconfirmed() {
    optimizers.permits.drainPermits();
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    FakeWorker worker = joined(learner, 0, 0);

    worker.send(worker.segment(0, iteration(0)));
    worker.confirmed.receiveMessage();
    worker.send(worker.segment(1, iteration(0)));

    worker.confirmed.expectNoMessage(QUIET);
    optimizers.permits.release();
    worker.expectIteration(1);
    // The next update starts with the segment that waited, which lets the worker go on.
    worker.confirmed.receiveMessage();
    optimizers.permits.release();
    worker.expectIteration(2);
    assertThat(optimizers.batches).hasSize(2);
  }

  @Test
  void aWorkerThatLeavesIsNotWaitedFor() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    FakeWorker a = joined(learner, 0, 0);
    FakeWorker b = joined(learner, 1, 0);
    a.send(a.segment(0, iteration(0)));
    a.confirmed.expectNoMessage(QUIET);

    b.die();

    a.expectIteration(1);
    assertThat(progress(learner).workers()).isEqualTo(1);
  }

  @Test
  void aRestartedWorkerReplacesItsPredecessorAndStartsCountingAnew() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    FakeWorker first = joined(learner, 0, 0);
    first.send(first.segment(0, iteration(0)));
    first.expectIteration(1);
    FakeWorker second = new FakeWorker(kit, 0, 8);
    second.join(learner);
    second.expectIteration(1);

    first.join(learner);
    first.commands.expectNoMessage(QUIET);
    second.send(second.segment(0, iteration(1)));

    second.expectIteration(2);
    assertThat(progress(learner).workers()).isEqualTo(1);
  }

  @Test
  void aPausedRunRestsSavedAndGoesOnWhereItWas() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    FakeWorker worker = joined(learner, 0, 0);
    worker.send(worker.segment(0, iteration(0)));
    worker.expectIteration(1);

    StatusReply<Done> paused = ask(learner, Pause::new);

    assertThat(paused.isSuccess()).isTrue();
    worker.expectRest();
    SavedRun saved = store.latest().orElseThrow();
    assertThat(saved.state()).isEqualTo(State.PAUSED);
    assertThat(saved.iteration()).isEqualTo(1);
    assertThat(new String(saved.checkpoint())).isEqualTo("updates=1");
    StatusReply<Done> resumed = ask(learner, Resume::new);
    assertThat(resumed.isSuccess()).isTrue();
    worker.expectIteration(1);
    worker.send(worker.segment(1, iteration(1)));
    worker.expectIteration(2);
  }

  @Test
  void pauseDuringAnUpdateFinishesItFirst() {
    optimizers.permits.drainPermits();
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    FakeWorker worker = joined(learner, 0, 0);
    worker.send(worker.segment(0, iteration(0)));
    worker.confirmed.receiveMessage();
    TestProbe<StatusReply<Done>> reply = kit.createTestProbe();

    learner.tell(new Pause(reply.ref()));
    reply.expectNoMessage(QUIET);
    optimizers.permits.release();

    assertThat(reply.receiveMessage().isSuccess()).isTrue();
    assertThat(store.latest().orElseThrow().iteration()).isEqualTo(1);
    assertThat(progress(learner).state()).isEqualTo(State.PAUSED);
  }

  @Test
  void timeCountsOnlyWhileRunningWithWorkers() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    clock.addAndGet(Duration.ofSeconds(100).toNanos());
    FakeWorker worker = joined(learner, 0, 0);
    clock.addAndGet(Duration.ofSeconds(5).toNanos());
    ask(learner, Pause::new);
    clock.addAndGet(Duration.ofSeconds(1000).toNanos());
    assertThat(progress(learner).seconds()).isEqualTo(5);
    ask(learner, Resume::new);
    clock.addAndGet(Duration.ofSeconds(2).toNanos());
    assertThat(progress(learner).seconds()).isEqualTo(7);
    worker.die();
    await().until(() -> progress(learner).workers() == 0);
    clock.addAndGet(Duration.ofSeconds(50).toNanos());
    assertThat(progress(learner).seconds()).isEqualTo(7);
  }

  @Test
  void aSpentBudgetCompletesTheRunAndALargerOneContinuesIt() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, new TrainingBudget(1e6, 2 * FakeWorker.ROWS));
    FakeWorker worker = joined(learner, 0, 0);
    worker.send(worker.segment(0, iteration(0)));
    worker.expectIteration(1);
    worker.send(worker.segment(1, iteration(1)));

    assertThat(worker.expectRest().since()).isEqualTo(iteration(2));
    await().until(() -> store.latest().orElseThrow().state() == State.COMPLETE);
    assertThat(store.latest().orElseThrow().environmentSteps()).isEqualTo(2 * FakeWorker.ROWS);
    StatusReply<Done> tooSmall =
        ask(learner, to -> new Start(new TrainingBudget(1e6, FakeWorker.ROWS), to));
    assertThat(tooSmall.getError().getMessage()).contains("larger budget");
    start(learner, new TrainingBudget(1e6, 3 * FakeWorker.ROWS));
    worker.expectIteration(2);
    worker.send(worker.segment(2, iteration(2)));
    assertThat(worker.expectRest().since()).isEqualTo(iteration(3));
  }

  @Test
  void aPausedRunIsStartedAgainWithWhatIsLeftOfABudgetAndASpentOneIsRefused() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    FakeWorker worker = joined(learner, 0, 0);
    worker.send(worker.segment(0, iteration(0)));
    worker.expectIteration(1);
    clock.addAndGet(Duration.ofSeconds(90).toNanos());
    ask(learner, Pause::new);
    worker.expectRest();

    StatusReply<Done> spent = ask(learner, to -> new Start(TrainingBudget.ofSeconds(60), to));
    assertThat(spent.isError()).isTrue();
    assertThat(spent.getError()).hasMessageContaining("trained for 90 s", "larger budget");
    assertThat(progress(learner).state()).isEqualTo(State.PAUSED);
    assertThat(progress(learner).budget()).isEqualTo(LARGE);

    start(learner, TrainingBudget.ofSeconds(120));
    worker.expectIteration(1);
    assertThat(progress(learner).state()).isEqualTo(State.RUNNING);
    assertThat(progress(learner).budget()).isEqualTo(TrainingBudget.ofSeconds(120));
    assertThat(store.latest().orElseThrow().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aRunThatGoesOnKeepsItsBudgetWhereTheNewOneIsSpentAlready() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    joined(learner, 0, 0);
    clock.addAndGet(Duration.ofSeconds(90).toNanos());
    StatusReply<Done> spent = ask(learner, to -> new Start(TrainingBudget.ofSeconds(60), to));
    assertThat(spent.getError()).hasMessageContaining("larger budget");
    assertThat(progress(learner).state()).isEqualTo(State.RUNNING);
    assertThat(progress(learner).budget()).isEqualTo(LARGE);
  }

  @Test
  void annealingFollowsTheUsedShareOfABudgetOfTime() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, TrainingBudget.ofSeconds(120));
    FakeWorker worker = joined(learner, 0, 0);
    double secondsPerUpdate = 9.9;

    for (int i = 0; i < 12; i++) {
      clock.addAndGet((long) (secondsPerUpdate * 1e9));
      worker.send(worker.segment(i, iteration(i)));
      worker.expectIteration(i + 1);
    }

    assertThat(optimizers.shares).hasSize(12).isSorted();
    for (int i = 0; i < 12; i++) {
      assertThat(optimizers.shares.get(i)).isCloseTo((i + 1) * secondsPerUpdate / 120, EXACT);
    }
  }

  @Test
  void annealingFollowsTheUsedShareOfABudgetOfStepsAndALargerOneTakesItBack() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, new TrainingBudget(1e6, 4 * FakeWorker.ROWS));
    FakeWorker worker = joined(learner, 0, 0);
    for (int i = 0; i < 4; i++) {
      worker.send(worker.segment(i, iteration(i)));
      if (i < 3) {
        worker.expectIteration(i + 1);
      }
    }
    worker.expectRest();
    assertThat(optimizers.shares).containsExactly(0.0, 0.25, 0.5, 0.75);

    start(learner, new TrainingBudget(1e6, 8 * FakeWorker.ROWS));
    worker.expectIteration(4);
    worker.send(worker.segment(4, iteration(4)));
    worker.expectIteration(5);

    assertThat(optimizers.shares).endsWith(0.5);
  }

  @Test
  void aBudgetOfTimeCompletesWithoutAnySegment() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, TrainingBudget.ofSeconds(3));
    FakeWorker worker = joined(learner, 0, 0);
    clock.addAndGet(Duration.ofSeconds(3).toNanos());
    worker.expectRest();
    assertThat(progress(learner).state()).isEqualTo(State.COMPLETE);
  }

  @Test
  void aRestartedLearnerContinuesItsRunInANewEpoch() {
    ActorRef<Command> first = learner(1, 0);
    start(first, LARGE);
    FakeWorker worker = joined(first, 0, 0);
    worker.send(worker.segment(0, iteration(0)));
    worker.expectIteration(1);
    clock.addAndGet(Duration.ofSeconds(4).toNanos());
    TestProbe<Done> closed = kit.createTestProbe();
    first.tell(new Shutdown(Optional.of(closed.ref())));
    closed.receiveMessage();
    closed.expectTerminated(first);
    assertThat(store.latest().orElseThrow().state()).isEqualTo(State.RUNNING);

    ActorRef<Command> second = learner(1, 0);
    await().until(() -> progress(second).state() == State.RUNNING);
    worker.join(second);

    Iteration continued = worker.expectIteration(1).iteration();
    assertThat(continued).isEqualTo(new Iteration("run-1", 2, 1));
    worker.send(worker.segment(1, continued));
    assertThat(CountingOptimizers.updatesIn(worker.expectIteration(2).policy())).isEqualTo(2);
    TrainingProgress progress = progress(second);
    assertThat(progress.environmentSteps()).isEqualTo(2 * FakeWorker.ROWS);
    assertThat(progress.seconds()).isEqualTo(4);
    assertThat(progress.epoch()).isEqualTo(2);
  }

  @Test
  void aNewerEpochStopsTheOlderLearner() {
    ActorRef<Command> older = learner(1, 0);
    start(older, LARGE);
    FakeWorker worker = joined(older, 0, 0);
    long savedBefore = store.latest().orElseThrow().iteration();
    ActorRef<Command> newer = learner(1, 0);
    await().until(() -> progress(newer).state() == State.RUNNING);

    StatusReply<Done> paused = ask(older, Pause::new);

    assertThat(paused.isSuccess()).isFalse();
    StatusReply<Done> refused = ask(older, to -> new Start(LARGE, to));
    assertThat(refused.getError().getMessage()).contains("newer learner");
    worker.send(worker.segment(0, iteration(0)));
    worker.confirmed.expectNoMessage(QUIET);
    assertThat(store.latest().orElseThrow().iteration()).isEqualTo(savedBefore);
    assertThat(store.latest().orElseThrow().state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aTornCheckpointStartsTheRunAnewWithItsBudget() {
    TrainingBudget budget = new TrainingBudget(77, 1000);
    store.takeEpoch();
    store.save(1, new SavedRun("run-1", 1, State.RUNNING, 9, 900, 50, budget, new byte[] {1}));

    ActorRef<Command> learner = learner(1, 0);

    await().until(() -> progress(learner).run().equals("run-2"));
    TrainingProgress progress = progress(learner);
    assertThat(progress.iteration()).isZero();
    assertThat(progress.budget()).isEqualTo(budget);
    assertThat(progress.state()).isEqualTo(State.RUNNING);
  }

  @Test
  void aFailedUpdateFallsBackToTheCheckpointAndThreeStopTheRun() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    FakeWorker worker = joined(learner, 0, 0);
    optimizers.failuresToCome = 1;

    worker.send(worker.segment(0, iteration(0)));

    assertThat(CountingOptimizers.updatesIn(worker.expectIteration(1).policy())).isZero();
    assertThat(progress(learner).environmentSteps()).isZero();
    worker.send(worker.segment(1, iteration(1)));
    assertThat(CountingOptimizers.updatesIn(worker.expectIteration(2).policy())).isEqualTo(1);

    optimizers.failuresToCome = 3;
    worker.send(worker.segment(2, iteration(2)));
    worker.expectIteration(3);
    worker.send(worker.segment(3, iteration(3)));
    worker.expectIteration(4);
    worker.send(worker.segment(4, iteration(4)));
    worker.expectRest();
    assertThat(progress(learner).state()).isEqualTo(State.STOPPED);
    start(learner, LARGE);
    worker.expectIteration(4);
    worker.send(worker.segment(5, iteration(4)));
    worker.expectIteration(5);
  }

  @Test
  void stepsOfUpdatesThatAFallbackUndoesAreTakenOffAgain() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    FakeWorker worker = joined(learner, 0, 0);
    worker.send(worker.segment(0, iteration(0)));
    worker.expectIteration(1);
    // Resting makes a checkpoint, with one update's steps in it.
    ask(learner, Pause::new);
    worker.expectRest();
    ask(learner, Resume::new);
    worker.expectIteration(1);
    worker.send(worker.segment(1, iteration(1)));
    worker.expectIteration(2);
    assertThat(progress(learner).environmentSteps()).isEqualTo(2 * FakeWorker.ROWS);
    optimizers.failuresToCome = 1;

    worker.send(worker.segment(2, iteration(2)));

    assertThat(CountingOptimizers.updatesIn(worker.expectIteration(3).policy())).isEqualTo(1);
    assertThat(progress(learner).environmentSteps()).isEqualTo(FakeWorker.ROWS);
    worker.send(worker.segment(3, iteration(3)));
    worker.expectIteration(4);
    ask(learner, Stop::new);
    SavedRun saved = store.latest().orElseThrow();
    assertThat(new String(saved.checkpoint())).isEqualTo("updates=2");
    assertThat(saved.environmentSteps()).isEqualTo(2 * FakeWorker.ROWS);
  }

  @Test
  void aSegmentWhoseArraysDoNotFitNeverReachesTheOptimizer() {
    ActorRef<Command> learner = learner(1, 0);
    start(learner, LARGE);
    FakeWorker worker = joined(learner, 0, 0);
    var good = worker.segment(1, iteration(0));
    var torn =
        new io.kiss.actors.protocol.TrajectorySegment(
            0,
            7,
            0,
            iteration(0),
            4,
            3,
            new float[1],
            good.masks(),
            good.actions(),
            good.logProbabilities(),
            good.rewards(),
            good.flags(),
            new float[0],
            good.lastObservations(),
            good.episodes());

    worker.send(torn);
    worker.confirmed.receiveMessage();
    worker.send(good);

    worker.expectIteration(1);
    assertThat(optimizers.batches).hasSize(1);
  }

  @Test
  void subscribersHearOfEachUpdateAndChangeOfState() {
    ActorRef<Command> learner = learner(1, 0);
    TestProbe<TrainingProgress> subscriber = kit.createTestProbe();
    learner.tell(new Subscribe(subscriber.ref()));
    assertThat(subscriber.receiveMessage().state()).isEqualTo(State.IDLE);
    start(learner, LARGE);
    assertThat(subscriber.receiveMessage().state()).isEqualTo(State.RUNNING);
    FakeWorker worker = joined(learner, 0, 0);
    worker.send(worker.segment(0, iteration(0)));
    assertThat(subscriber.receiveMessage().iteration()).isEqualTo(1);
    ask(learner, Stop::new);
    assertThat(subscriber.receiveMessage().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void theCandidateIsTheNewestIteration() {
    ActorRef<Command> learner = learner(1, 0);
    StatusReply<Candidate> none = ask(learner, GetCandidate::new);
    assertThat(none.getError().getMessage()).contains("no training");
    start(learner, LARGE);
    FakeWorker worker = joined(learner, 0, 0);
    worker.send(worker.segment(0, iteration(0)));
    awaitIteration(learner, 1);

    StatusReply<Candidate> candidate = ask(learner, GetCandidate::new);

    assertThat(candidate.getValue().iteration()).isEqualTo(iteration(1));
    assertThat(CountingOptimizers.updatesIn(candidate.getValue().policy())).isEqualTo(1);
  }
}
