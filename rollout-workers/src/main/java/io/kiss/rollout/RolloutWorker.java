package io.kiss.rollout;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.delivery.ProducerController;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.LearnerProtocol.JoinWorker;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.WorkerProtocol;
import io.kiss.actors.protocol.WorkerProtocol.Rest;
import io.kiss.actors.protocol.WorkerProtocol.UseIteration;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Collects trajectory segments with the newest iteration it was told of and hands them to the
 * learner.
 *
 * <p>The learner sets the pace: the next segment is begun only when the one before is confirmed, so
 * a slow learner slows its workers, and at most one segment a worker exists outside the learner's
 * batch. When the learner confirms decides the lag: at the end of its update, and the next segment
 * is collected with the new weights; at its beginning, and rollout overlaps with the update.
 */
public final class RolloutWorker extends AbstractBehavior<WorkerProtocol.Command> {

  /** The learner's side wants a segment. */
  private record Demand(ActorRef<ProducerController.MessageWithConfirmation<TrajectorySegment>> to)
      implements WorkerProtocol.Command {}

  /** The learner has taken the segment handed over last. */
  private record Confirmed() implements WorkerProtocol.Command {}

  private record Collected(TrajectorySegment segment) implements WorkerProtocol.Command {}

  private record CollectingFailed(Throwable cause) implements WorkerProtocol.Command {}

  private enum Join implements WorkerProtocol.Command {
    INSTANCE
  }

  private final RolloutSettings settings;
  private final EnvironmentFactory environments;
  private final ActorRef<LearnerProtocol.Command> learner;
  private final TimerScheduler<WorkerProtocol.Command> timers;
  private final int worker;
  private final long incarnation;
  private final ActorRef<ProducerController.Command<TrajectorySegment>> producer;
  private final ActorRef<Object> confirmations;
  private final Executor rollout;

  /** Used by one collecting task after the other, never by the actor. */
  private SegmentCollector collector;

  private Iteration iteration;
  private PolicyNetwork network;
  private boolean resting = true;
  private boolean collecting;
  private boolean unconfirmed;
  private TrajectorySegment ready;
  private ActorRef<ProducerController.MessageWithConfirmation<TrajectorySegment>> demand;
  private long sequence;

  /**
   * A worker whose incarnation is the wall clock's, so that it grows with every restart.
   *
   * @param worker index, unique in the cluster
   * @param learner the learner, or a proxy of it
   */
  public static Behavior<WorkerProtocol.Command> create(
      RolloutSettings settings,
      EnvironmentFactory environments,
      int worker,
      ActorRef<LearnerProtocol.Command> learner) {
    return Behaviors.setup(
        context -> create(settings, environments, worker, System.currentTimeMillis(), learner));
  }

  /** A worker of a given incarnation: with the same one it collects the same again. */
  public static Behavior<WorkerProtocol.Command> create(
      RolloutSettings settings,
      EnvironmentFactory environments,
      int worker,
      long incarnation,
      ActorRef<LearnerProtocol.Command> learner) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new RolloutWorker(
                        context, timers, settings, environments, worker, incarnation, learner)));
  }

  private RolloutWorker(
      ActorContext<WorkerProtocol.Command> context,
      TimerScheduler<WorkerProtocol.Command> timers,
      RolloutSettings settings,
      EnvironmentFactory environments,
      int worker,
      long incarnation,
      ActorRef<LearnerProtocol.Command> learner) {
    super(context);
    this.timers = timers;
    this.settings = settings;
    this.environments = environments;
    this.worker = worker;
    this.incarnation = incarnation;
    this.learner = learner;
    rollout =
        context
            .getSystem()
            .dispatchers()
            .lookup(DispatcherSelector.fromConfig(RolloutSettings.DISPATCHER));
    producer = spawnProducer(context);
    confirmations = context.messageAdapter(Long.class, number -> new Confirmed()).unsafeUpcast();
    join();
  }

  private ActorRef<ProducerController.Command<TrajectorySegment>> spawnProducer(
      ActorContext<WorkerProtocol.Command> context) {
    ProducerController.Settings delivery =
        ProducerController.Settings$.MODULE$
            .create(context.getSystem())
            .withChunkLargeMessagesBytes(settings.chunkBytes());
    ActorRef<ProducerController.Command<TrajectorySegment>> controller =
        context.spawn(
            ProducerController.create(
                TrajectorySegment.class,
                "rollout-" + worker + "-" + incarnation,
                Optional.empty(),
                delivery),
            "producer");
    // Without it the worker is of no use: its end is this worker's end, and supervision restarts.
    context.watch(controller);
    ActorRef<ProducerController.RequestNext<TrajectorySegment>> adapter =
        context.messageAdapter(
            ProducerController.requestNextClass(), next -> new Demand(next.askNextTo()));
    controller.tell(new ProducerController.Start<>(adapter));
    return controller;
  }

  @Override
  public Receive<WorkerProtocol.Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(UseIteration.class, this::onUseIteration)
        .onMessage(Rest.class, this::onRest)
        .onMessage(Demand.class, this::onDemand)
        .onMessage(Confirmed.class, confirmed -> onConfirmed())
        .onMessage(Collected.class, this::onCollected)
        .onMessage(CollectingFailed.class, this::onCollectingFailed)
        .onMessageEquals(Join.INSTANCE, this::join)
        .build();
  }

  private Behavior<WorkerProtocol.Command> join() {
    learner.tell(new JoinWorker(worker, incarnation, producer, getContext().getSelf().narrow()));
    timers.startSingleTimer(Join.INSTANCE, settings.joinInterval());
    return this;
  }

  private void heardOfLearner() {
    timers.startSingleTimer(Join.INSTANCE, settings.learnerSilence());
  }

  private Behavior<WorkerProtocol.Command> onUseIteration(UseIteration use) {
    if (isOld(use.iteration())) {
      getContext().getLog().debug("Ignored {}, since {} is in use", use.iteration(), iteration);
      return this;
    }
    heardOfLearner();
    if (!use.iteration().equals(iteration)) {
      network = new PolicyNetwork(PolicySnapshot.fromBytes(use.policy()));
      iteration = use.iteration();
    }
    resting = false;
    return proceed();
  }

  private Behavior<WorkerProtocol.Command> onRest(Rest rest) {
    if (!isOld(rest.since())) {
      heardOfLearner();
      resting = true;
      ready = null;
    }
    return this;
  }

  /** Epochs order learners whatever run they train; within one, the number of the update counts. */
  private boolean isOld(Iteration other) {
    return iteration != null
        && (other.epoch() < iteration.epoch()
            || other.epoch() == iteration.epoch()
                && iteration.run().equals(other.run())
                && other.number() < iteration.number());
  }

  private Behavior<WorkerProtocol.Command> onDemand(Demand wanted) {
    demand = wanted.to();
    return proceed();
  }

  private Behavior<WorkerProtocol.Command> onConfirmed() {
    heardOfLearner();
    unconfirmed = false;
    return proceed();
  }

  private Behavior<WorkerProtocol.Command> onCollected(Collected collected) {
    collecting = false;
    TrajectorySegment segment = collected.segment();
    // A run that rests, or another learner, has no use for it.
    if (!resting && segment.iteration().epoch() == iteration.epoch()) {
      ready = segment;
    }
    return proceed();
  }

  private Behavior<WorkerProtocol.Command> onCollectingFailed(CollectingFailed failed) {
    throw new IllegalStateException(
        "rollout worker " + worker + " could not collect a segment", failed.cause());
  }

  private Behavior<WorkerProtocol.Command> proceed() {
    if (ready != null && demand != null) {
      demand.tell(new ProducerController.MessageWithConfirmation<>(ready, confirmations));
      demand = null;
      ready = null;
      unconfirmed = true;
    }
    if (!resting && !collecting && !unconfirmed && ready == null) {
      collect();
    }
    return this;
  }

  private void collect() {
    collecting = true;
    long number = sequence++;
    Iteration with = iteration;
    PolicyNetwork policy = network;
    getContext()
        .pipeToSelf(
            CompletableFuture.supplyAsync(() -> collect(number, with, policy), rollout),
            (segment, failure) ->
                failure == null ? new Collected(segment) : new CollectingFailed(failure));
  }

  private TrajectorySegment collect(long number, Iteration with, PolicyNetwork policy) {
    if (collector == null) {
      long seed = settings.seedOf(worker, incarnation);
      collector =
          new SegmentCollector(
              environments.create(settings.environmentsPerWorker(), seed),
              settings.stepsPerSegment(),
              seed ^ 0x5deece66dL);
    }
    return collector.collect(worker, incarnation, number, with, policy);
  }
}
