package io.kiss.actors.scaler;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.Workload;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.NamespaceProtocol.GpuUse;
import io.kiss.actors.scaler.DecisionWriter.Written;
import io.kiss.actors.scaler.Problems.Area;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A namespace's clock: each tick reads, lets every scaler decide, writes where that is allowed, and
 * keeps the records. Whatever fails on the way, replicas stay where they are until a later tick
 * succeeds.
 */
final class TickLoop {

  /** Time for a tick. */
  enum Due {
    INSTANCE
  }

  /** Scalers had their time to answer. */
  record AnswersDue(long tick) {}

  private final Site site;
  private final Lease lease;
  private final AssignedPolicy assigned;
  private final Deployments deployments;
  private final TickReader reader;
  private final DecisionWriter writer;
  private final Recall recall;
  private final ClusterShare share;
  private final OwedRecords owed;

  private Attachment attachment;
  private Duration tickInterval;
  private long ticks;
  private TickRun run;
  private Optional<GpuUse> gpus = Optional.empty();

  /**
   * Makes a loop that stands still.
   *
   * @param ticks numbers already used: a late answer to one of those is none to this loop
   */
  TickLoop(Site site, Lease lease, AssignedPolicy assigned, Deployments deployments, long ticks) {
    this.site = site;
    this.lease = lease;
    this.assigned = assigned;
    this.deployments = deployments;
    this.ticks = ticks;
    reader = new TickReader(site.namespace(), site.calls());
    share = new ClusterShare(site);
    writer = new DecisionWriter(site.namespace(), site.environment().journal(), site.calls());
    recall = new Recall(site);
    owed = new OwedRecords(site.metrics(), site.environment().settings().unrecordedDecisions());
  }

  long ticks() {
    return ticks;
  }

  /** GPUs at the newest tick; empty: none was finished yet. */
  Optional<GpuUse> gpus() {
    return gpus;
  }

  /** What this namespace may have of its cluster's GPU budget. */
  ClusterShare share() {
    return share;
  }

  /** From the next tick on, scale like this. */
  void follow(Attachment newAttachment) {
    attachment = newAttachment;
    if (tickInterval != null) {
      keepTime();
    }
  }

  /**
   * Begins no further tick and drops the one in progress, unless it is being written.
   *
   * @return whether it is being written, so that {@link Written} follows
   */
  boolean stop() {
    site.timers().cancelAll();
    if (run != null && !run.writing()) {
      run = null;
    }
    return run != null;
  }

  /** Tries once more to have recorded what is not; nobody is left to try again. */
  void settle() {
    List<DecisionRecord> all = owed.takeAll();
    if (!all.isEmpty()) {
      LiveMetrics metrics = site.metrics();
      site.environment()
          .journal()
          .append(all)
          .whenComplete(
              (done, failure) -> {
                if (failure != null) {
                  metrics.lost(all.size());
                }
              });
    }
  }

  /** Starts the clock once lease and policy have been asked for, whatever they answered. */
  void begin() {
    if (tickInterval == null && assigned.answered() && lease.answered()) {
      keepTime();
    }
  }

  private void keepTime() {
    Optional<LiveCluster> cluster = site.cluster();
    Duration interval =
        cluster
            .map(c -> c.clock().wallTime(attachment.tickSeconds()))
            .orElse(Duration.ofMillis((long) Math.ceil(1000 * attachment.tickSeconds())));
    if (interval.compareTo(Duration.ofMillis(1)) < 0) {
      interval = Duration.ofMillis(1);
    }
    if (!interval.equals(tickInterval)) {
      Duration first = tickInterval == null ? Duration.ZERO : interval;
      tickInterval = interval;
      site.timers().startTimerAtFixedRate(Due.INSTANCE, first, interval);
    }
  }

  /** Looks at once where the clock runs already; what begins later looks then. */
  void onConnected() {
    if (tickInterval != null && run == null) {
      onTickDue();
    }
  }

  void onTickDue() {
    if (run != null) {
      site.metrics().tickSkipped();
      site.problems()
          .set(
              Area.TICK,
              "tick " + run.number + " was not finished when the next was due: left out");
      return;
    }
    keepTime();
    Optional<LiveCluster> cluster = site.cluster();
    if (cluster.isEmpty()) {
      site.metrics().tickAbandoned();
      return;
    }
    if (!lease.held(cluster.get())) {
      lease.ask(cluster);
    }
    site.metrics().tickBegun();
    run = new TickRun(++ticks, cluster.get());
    site.context().pipeToSelf(reader.read(run, attachment), (seen, failure) -> seen);
  }

  private boolean inProgress(long tick) {
    return run != null && run.number == tick;
  }

  void onSeen(TickReader.Seen seen) {
    if (!inProgress(seen.tick())) {
      return;
    }
    Optional<TickReader.Failure> failure = seen.failure();
    if (failure.map(TickReader.Failure::area).orElse(Area.METRICS) == Area.METRICS) {
      site.problems().clear(Area.CLUSTER);
      deployments.follow(seen.workloads(), attachment, assigned.inUse());
      Set<String> unrecalled = deployments.takeUnrecalled();
      if (!unrecalled.isEmpty()) {
        recall.ask(unrecalled);
      }
    }
    if (failure.isPresent()) {
      if (failure.get().area() == Area.METRICS) {
        share.hold(attachment, deployments.workloads());
      }
      site.problems().set(failure.get().area(), failure.get().sentence());
      site.metrics().tickAbandoned();
      endTick();
      return;
    }
    // What cannot be read is held, as counted by the failsafe; people are told why.
    run.cluster
        .metrics()
        .unread(site.namespace().namespace())
        .ifPresentOrElse(
            sentence -> site.problems().set(Area.METRICS, sentence),
            () -> site.problems().clear(Area.METRICS));
    deployments.decide(run, seen.samples(), attachment, assigned.inUse());
    site.timers()
        .startSingleTimer(
            AnswersDue.class,
            new AnswersDue(run.number),
            site.environment().settings().portTimeout());
    writeWhenAnswered();
  }

  void onDecided(ScalerActor.Decided decided) {
    if (decided.failure().isPresent()) {
      deployments.useAgain(decided.deployment(), assigned.inUse());
    }
    if (run != null && run.take(decided)) {
      writeWhenAnswered();
    }
  }

  private void writeWhenAnswered() {
    if (run.allAnswered()) {
      write();
    }
  }

  void onAnswersDue(AnswersDue due) {
    if (inProgress(due.tick()) && !run.writing()) {
      run.missing()
          .ifPresent(names -> site.problems().set(Area.SCALER, "no decision from " + names));
      write();
    }
  }

  private void write() {
    site.timers().cancel(AnswersDue.class);
    if (run.allAnswered()) {
      site.problems().clear(Area.SCALER);
    }
    List<Workload> workloads = deployments.workloads();
    List<TickRun.Answer> answers = run.write();
    BudgetRule.Outcome followed =
        BudgetRule.apply(
            share.budget(attachment, workloads, answers), attachment, workloads, answers);
    deployments.limit(run.number, followed.limits());
    gpus = Optional.of(followed.use());
    site.context()
        .pipeToSelf(
            writer.write(run, followed.answers(), owed.some(), held()),
            (written, failure) -> written);
  }

  /** Why nothing may be written now. */
  private Optional<String> held() {
    if (site.problems().of(Area.CONTROLLER).isPresent()) {
      return site.problems().of(Area.CONTROLLER);
    }
    if (!lease.held(run.cluster)) {
      return Optional.of(
          "the lease of "
              + site.namespace()
              + " is not held"
              + site.problems().of(Area.LEASE).map(why -> ": " + why).orElse(""));
    }
    return site.problems().of(Area.JOURNAL);
  }

  void onWritten(Written written) {
    if (!inProgress(written.tick())) {
      return;
    }
    account(written);
    written
        .journalFailure()
        .ifPresentOrElse(
            failure ->
                site.problems()
                    .set(
                        Area.JOURNAL,
                        "decisions cannot be recorded, so none is carried out: "
                            + PortCalls.sentence(failure)),
            () -> {
              if (!written.records().isEmpty() || !written.owed().isEmpty()) {
                site.problems().clear(Area.JOURNAL);
              }
            });
    endTick();
  }

  void account(Written written) {
    if (written.journalFailure().isPresent()) {
      owed.add(written.records());
    } else {
      owed.confirmed(written.owed());
    }
    DecisionStream stream = DecisionStream.get(site.context().getSystem());
    written
        .records()
        .forEach(
            decision -> {
              deployments.decided(decision);
              site.metrics().decided(decision);
              stream.publish(decision);
            });
    CanaryReporter.report(site, assigned.inUse(), attachment, written.records());
  }

  private void endTick() {
    run = null;
    site.problems().clear(Area.TICK);
  }
}
