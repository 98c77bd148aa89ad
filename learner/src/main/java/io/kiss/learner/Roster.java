package io.kiss.learner;

import akka.actor.typed.ActorRef;
import akka.actor.typed.delivery.ConsumerController;
import akka.actor.typed.delivery.ConsumerController.Delivery;
import akka.actor.typed.javadsl.ActorContext;
import io.kiss.actors.protocol.LearnerProtocol.Command;
import io.kiss.actors.protocol.LearnerProtocol.JoinWorker;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.WorkerProtocol;
import io.kiss.learner.LearnerEvents.SegmentArrived;
import io.kiss.learner.LearnerEvents.WorkerGone;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets workers in, with a consumer each for what they deliver, and out. */
final class Roster {
  private static final Logger log = LoggerFactory.getLogger(Roster.class);

  /** In chunks: what may be under way of the one segment a worker sends at a time. */
  private static final int FLOW_CONTROL_WINDOW = 16;

  private final ActorContext<Command> context;
  private final Intake intake;
  private final LearnerSettings settings;
  private final LongSupplier nanoTime;
  private final ActorRef<Delivery<TrajectorySegment>> deliveries;
  private final ConsumerController.Settings delivery;

  Roster(
      ActorContext<Command> context,
      Intake intake,
      LearnerSettings settings,
      LongSupplier nanoTime) {
    this.context = context;
    this.settings = settings;
    this.nanoTime = nanoTime;
    this.intake = intake;
    deliveries = context.messageAdapter(ConsumerController.deliveryClass(), SegmentArrived::new);
    delivery =
        ConsumerController.Settings$.MODULE$
            .create(context.getSystem())
            .withFlowControlWindow(FLOW_CONTROL_WINDOW);
  }

  int size() {
    return intake.workers().size();
  }

  /**
   * Lets a worker in, unless it is in already.
   *
   * @return whether it is in now: false for an incarnation that has a successor
   */
  boolean join(JoinWorker join) {
    Intake.Worker known = intake.worker(join.worker());
    if (known == null) {
      admit(join);
    } else if (known.incarnation < join.incarnation()) {
      forget(known);
      admit(join);
    }
    return known == null || known.incarnation <= join.incarnation();
  }

  private void admit(JoinWorker join) {
    ActorRef<ConsumerController.Command<TrajectorySegment>> consumer =
        context.spawnAnonymous(ConsumerController.create(delivery));
    consumer.tell(new ConsumerController.Start<>(deliveries));
    consumer.tell(new ConsumerController.RegisterToProducerController<>(join.producer()));
    WorkerGone gone = new WorkerGone(join.worker(), join.incarnation());
    context.watchWith(join.replyTo(), gone);
    context.watchWith(consumer, gone);
    intake.add(
        new Intake.Worker(
            join.worker(),
            join.incarnation(),
            join.replyTo(),
            consumer,
            new Tally(join.incarnation(), settings, nanoTime.getAsLong())));
    log.info("Rollout worker {} joined; workers: {}", join.worker(), size());
  }

  void leave(WorkerGone gone) {
    Intake.Worker worker = intake.worker(gone.worker());
    if (worker != null && worker.incarnation == gone.incarnation()) {
      forget(worker);
      log.info("Rollout worker {} left; workers: {}", gone.worker(), size());
    }
  }

  void leaveAll() {
    List.copyOf(intake.workers()).forEach(this::forget);
  }

  private void forget(Intake.Worker worker) {
    intake.remove(worker);
    context.unwatch(worker.ref);
    context.unwatch(worker.consumer);
    context.stop(worker.consumer);
  }

  void tellAll(WorkerProtocol.Command message) {
    for (Intake.Worker worker : intake.workers()) {
      worker.ref.tell(message);
    }
  }
}
