package io.kiss.learner;

import akka.actor.typed.ActorRef;
import akka.actor.typed.delivery.ConsumerController;
import akka.actor.typed.delivery.ConsumerController.Delivery;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol.WorkerStatus;
import io.kiss.actors.protocol.LearnerProtocol.Workers;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.WorkerProtocol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workers that joined and the batch their segments make up. A worker collects its next segment
 * when the one before is confirmed, so confirming is how the learner asks for more: a segment that
 * completes a batch is not confirmed before the learner wants the next.
 */
final class Intake {
  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  /** A worker that joined; at most one of its segments is here unconfirmed. */
  static final class Worker {
    final int index;
    final long incarnation;
    final ActorRef<WorkerProtocol.Command> ref;
    final ActorRef<ConsumerController.Command<TrajectorySegment>> consumer;
    private final Tally tally;

    /** Delivered something since the batch began, or came too late for it. */
    private boolean heard;

    /** Let a batch go without it, and has delivered nothing since. */
    private boolean late;

    /** Counted into the batch, not confirmed. */
    private Delivery<TrajectorySegment> held;

    /** Not looked at yet, since an update is under way. */
    private Delivery<TrajectorySegment> waiting;

    Worker(
        int index,
        long incarnation,
        ActorRef<WorkerProtocol.Command> ref,
        ActorRef<ConsumerController.Command<TrajectorySegment>> consumer,
        Tally tally) {
      this.tally = tally;
      this.index = index;
      this.incarnation = incarnation;
      this.ref = ref;
      this.consumer = consumer;
    }

    /** A segment of it may be expected. */
    private boolean isCollecting() {
      return !late && held == null && waiting == null;
    }
  }

  private final LearnerSettings settings;
  private final LongSupplier nanoTime;
  private final TreeMap<Integer, Worker> workers = new TreeMap<>();
  private final List<TrajectorySegment> batch = new ArrayList<>();
  private long batchSince;
  private int features;
  private int[] heads = {};

  Intake(LearnerSettings settings, LongSupplier nanoTime) {
    this.settings = settings;
    this.nanoTime = nanoTime;
  }

  /** Observations of another length, and actions of other heads, are refused from now on. */
  void expect(int observationSize, int[] actionHeads) {
    features = observationSize;
    heads = actionHeads;
  }

  Collection<Worker> workers() {
    return workers.values();
  }

  Worker worker(int index) {
    return workers.get(index);
  }

  void add(Worker worker) {
    worker.heard = !batch.isEmpty();
    workers.put(worker.index, worker);
  }

  void remove(Worker worker) {
    workers.remove(worker.index, worker);
  }

  /** Keeps a segment until {@link #admitWaiting}. */
  void park(Delivery<TrajectorySegment> delivery) {
    Worker worker = senderOf(delivery.message());
    if (worker == null || worker.waiting != null) {
      confirm(delivery);
    } else {
      hear(worker);
      worker.waiting = delivery;
      worker.tally.heard(nanoTime.getAsLong());
    }
  }

  /** Looks at what was parked, as far as the batch has room. */
  void admitWaiting(Iteration now) {
    for (Worker worker : workers.values()) {
      if (worker.waiting != null && batch.size() < target()) {
        Delivery<TrajectorySegment> delivery = worker.waiting;
        worker.waiting = null;
        offer(delivery, now);
      }
    }
  }

  /** Takes a segment into the batch, or drops it. */
  void offer(Delivery<TrajectorySegment> delivery, Iteration now) {
    TrajectorySegment segment = delivery.message();
    Worker worker = senderOf(segment);
    if (worker != null) {
      hear(worker);
    }
    Optional<String> reason = reasonToDrop(worker, segment, now);
    if (reason.isPresent()) {
      log.debug(
          "Dropped segment {} of worker {}: {}",
          segment.sequence(),
          segment.worker(),
          reason.get());
      if (worker != null) {
        worker.tally.dropped(nanoTime.getAsLong());
      }
      confirm(delivery);
      return;
    }
    worker.held = delivery;
    if (batch.isEmpty()) {
      batchSince = nanoTime.getAsLong();
    }
    batch.add(segment);
    worker.tally.counted(segment, now, nanoTime.getAsLong());
  }

  private Optional<String> reasonToDrop(Worker worker, TrajectorySegment segment, Iteration now) {
    Iteration with = segment.iteration();
    if (worker == null) {
      return Optional.of("its worker is not the one that joined");
    } else if (!worker.tally.isNew(segment.sequence())) {
      return Optional.of("it has been counted already");
    } else if (!with.run().equals(now.run()) || with.epoch() != now.epoch()) {
      return Optional.of("it was collected for " + with + ", now is " + now);
    } else if (now.number() - with.number() > settings.maxLag()) {
      return Optional.of("it lags " + (now.number() - with.number()) + " iterations behind");
    } else if (with.number() > now.number()) {
      return Optional.of("it names an iteration to come");
    }
    Optional<String> torn = SegmentCheck.problem(segment, features, heads);
    torn.ifPresent(
        problem ->
            log.warn(
                "Dropped segment {} of worker {}: {}",
                segment.sequence(),
                segment.worker(),
                problem));
    return torn;
  }

  private Worker senderOf(TrajectorySegment segment) {
    Worker worker = workers.get(segment.worker());
    return worker != null && worker.incarnation == segment.incarnation() ? worker : null;
  }

  private static void hear(Worker worker) {
    worker.heard = true;
    worker.late = false;
  }

  private int target() {
    return settings.segmentsPerUpdate() > 0
        ? settings.segmentsPerUpdate()
        : (int) Math.max(1, workers.values().stream().filter(worker -> !worker.late).count());
  }

  boolean isBatchEmpty() {
    return batch.isEmpty();
  }

  /** Enough is there to do without the rest. */
  boolean isBatchHalfComplete() {
    return 2 * batch.size() >= target();
  }

  /** Expects nothing of those who had no segment for this batch, until they have one. */
  void giveUpOnMissing() {
    for (Worker worker : workers.values()) {
      if (!worker.heard && !worker.late) {
        worker.late = true;
        log.warn(
            "Rollout worker {} delivers nothing; updates go on without it until it does",
            worker.index);
      }
    }
  }

  boolean isBatchComplete() {
    return batch.size() >= target();
  }

  /** Where the batch wants more segments than workers are collecting, asks for more. */
  void askForMissing() {
    long coming = workers.values().stream().filter(Worker::isCollecting).count();
    for (Worker worker : workers.values()) {
      if (batch.size() + coming >= target()) {
        return;
      }
      if (worker.held != null) {
        release(worker);
        coming++;
      }
    }
  }

  /** Who is there, and what waits. */
  Workers status(Iteration now) {
    long nanos = nanoTime.getAsLong();
    int waiting = 0;
    long oldest = batch.isEmpty() ? nanos : batchSince;
    List<WorkerStatus> all = new ArrayList<>();
    for (Worker worker : workers.values()) {
      if (worker.waiting != null) {
        waiting++;
        oldest = Math.min(oldest, worker.tally.heardAt());
      }
      all.add(worker.tally.status(worker, nanos));
    }
    return new Workers(now, batch.size(), target(), waiting, (nanos - oldest) / 1e9, all);
  }

  /** The batch, which starts empty again; its deliveries stay unconfirmed. */
  List<TrajectorySegment> takeBatch() {
    List<TrajectorySegment> segments = List.copyOf(batch);
    batch.clear();
    workers.values().forEach(worker -> worker.heard = false);
    return segments;
  }

  /** Confirms what is in a batch, so that its workers collect on. */
  void releaseHeld() {
    workers.values().forEach(Intake::release);
  }

  /** Drops everything there is. */
  void clear() {
    batch.clear();
    for (Worker worker : workers.values()) {
      release(worker);
      if (worker.waiting != null) {
        confirm(worker.waiting);
        worker.waiting = null;
      }
    }
  }

  private static void release(Worker worker) {
    if (worker.held != null) {
      confirm(worker.held);
      worker.held = null;
    }
  }

  private static void confirm(Delivery<TrajectorySegment> delivery) {
    delivery.confirmTo().tell(ConsumerController.confirmed());
  }
}
