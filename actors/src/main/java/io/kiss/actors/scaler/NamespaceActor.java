package io.kiss.actors.scaler;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.pattern.StatusReply;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.live.Workload;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.NamespaceProtocol.Attach;
import io.kiss.actors.protocol.NamespaceProtocol.Detach;
import io.kiss.actors.protocol.NamespaceProtocol.GetStatus;
import io.kiss.actors.protocol.NamespaceProtocol.NamespaceStatus;
import io.kiss.actors.scaler.DecisionWriter.Written;
import io.kiss.actors.scaler.Problems.Area;
import io.kiss.actors.scaler.ScalerActor.LoadedPolicy;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Scales one attached namespace, or watches it.
 *
 * <p>Its tick is the only clock: workloads, then metrics, then every scaler's decision, then writes
 * where they are allowed, then the records. Whatever fails on the way, replicas stay where they are
 * until a later tick succeeds.
 */
final class NamespaceActor {

  // Internal messages are no NamespaceProtocol.Command: those cross nodes, these never do.
  private enum TickDue {
    INSTANCE
  }

  /** What a tick read of the cluster and its metrics. */
  private record Seen(
      long tick, List<Workload> workloads, Map<String, TelemetrySample> samples, Failure failure) {}

  private record Failure(Area area, String sentence) {}

  /** Scalers had their time to answer. */
  private record AnswersDue(long tick) {}

  private record PolicyAnswered(Assignment assignment, PolicyNetwork network, Throwable failure) {}

  private enum AssignmentOutdated {
    INSTANCE
  }

  private enum LeaseReleased {
    INSTANCE
  }

  private final ActorContext<Object> context;
  private final TimerScheduler<Object> timers;
  private final NamespaceRef namespace;
  private final LiveEnvironment environment;
  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private final LiveMetrics metrics;
  private final Problems problems;
  private final PortCalls calls;
  private final Lease lease;
  private final DecisionWriter writer;
  private final Deployments deployments;

  private Attachment attachment;
  private Assignment assignment = Assignment.NONE;
  private LoadedPolicy policy = LoadedPolicy.NONE;
  private boolean policyAnswered;

  private Duration tickInterval;
  private long ticks;
  private TickRun run;

  private final List<ActorRef<StatusReply<Done>>> detachers = new ArrayList<>();
  private Attach attachAgain;

  /**
   * Makes the entity of a namespace; it waits until the controller attaches it.
   *
   * @param shard is asked to end the entity once there is nothing left to do
   */
  static Behavior<NamespaceProtocol.Command> create(
      NamespaceRef namespace,
      LiveEnvironment environment,
      ActorRef<ClusterSharding.ShardCommand> shard) {
    return Behaviors.<Object>setup(
            context ->
                Behaviors.withTimers(
                    timers ->
                        new NamespaceActor(context, timers, namespace, environment, shard)
                            .waiting()))
        .narrow();
  }

  private NamespaceActor(
      ActorContext<Object> context,
      TimerScheduler<Object> timers,
      NamespaceRef namespace,
      LiveEnvironment environment,
      ActorRef<ClusterSharding.ShardCommand> shard) {
    this.context = context;
    this.timers = timers;
    this.namespace = namespace;
    this.environment = environment;
    this.shard = shard;
    metrics = LiveMetrics.get(context.getSystem());
    problems = new Problems(namespace, context.getLog());
    calls = new PortCalls(context.getSystem(), environment.settings().portTimeout());
    lease = new Lease(context, timers, namespace, environment.holder(), calls, problems);
    writer = new DecisionWriter(namespace, environment.journal(), calls);
    deployments = new Deployments(context, environment.scalers(), metrics);
  }

  // ---- waiting: nobody has attached this namespace

  private Behavior<Object> waiting() {
    return Behaviors.receive(Object.class)
        .onMessage(
            Attach.class,
            attach -> {
              metrics.namespaces(1);
              onAttach(attach);
              return attached();
            })
        .onMessage(
            Detach.class,
            detach -> {
              detach.replyTo().tell(StatusReply.ack());
              return leave();
            })
        .onMessage(
            GetStatus.class,
            query -> {
              query.replyTo().tell(status(Optional.of("not attached")));
              return leave();
            })
        .onAnyMessage(late -> Behaviors.same())
        .build();
  }

  private Behavior<Object> leave() {
    shard.tell(new ClusterSharding.Passivate<>(context.getSelf()));
    return Behaviors.same();
  }

  // ---- attached: a tick reads, decides and writes

  private Behavior<Object> attached() {
    return Behaviors.receive(Object.class)
        .onMessage(Attach.class, message -> same(() -> onAttach(message)))
        .onMessage(Detach.class, this::onDetach)
        .onMessage(
            GetStatus.class, query -> same(() -> query.replyTo().tell(status(problems.all()))))
        .onMessage(TickDue.class, message -> same(this::onTickDue))
        .onMessage(Seen.class, message -> same(() -> onSeen(message)))
        .onMessage(ScalerActor.Decided.class, message -> same(() -> onDecided(message)))
        .onMessage(AnswersDue.class, message -> same(() -> onAnswersDue(message)))
        .onMessage(Written.class, message -> same(() -> onWritten(message)))
        .onMessage(ScalerActor.PolicyInUse.class, message -> same(() -> onPolicyInUse(message)))
        .onMessage(PolicyAnswered.class, message -> same(() -> onPolicyAnswered(message)))
        .onMessage(Lease.Due.class, message -> same(() -> lease.ask(cluster())))
        .onMessage(Lease.Answered.class, message -> same(() -> onLeaseAnswered(message)))
        .onMessage(AssignmentOutdated.class, message -> same(this::onAssignmentOutdated))
        .onAnyMessage(late -> Behaviors.same())
        .onSignal(PostStop.class, signal -> onStopped())
        .build();
  }

  private static Behavior<Object> same(Runnable handler) {
    handler.run();
    return Behaviors.same();
  }

  private void onAttach(Attach attach) {
    Assignment newer = attach.assignment();
    boolean older = newer.term() < assignment.term();
    boolean forged = newer.term() == assignment.term() && !newer.equals(assignment);
    if (attachment != null && (older || forged)) {
      context
          .getLog()
          .warn("Namespace {} refuses {}: {} is in force", namespace, newer, assignment);
      return;
    }
    timers.startSingleTimer(
        AssignmentOutdated.INSTANCE, environment.settings().assignmentValidity());
    problems.clear(Area.CONTROLLER);
    attachment = attach.attachment();
    assignment = newer;
    if (!lease.answered()) {
      lease.ask(cluster());
    }
    followAssignment();
    if (tickInterval != null) {
      keepTime();
    }
  }

  private void onAssignmentOutdated() {
    problems.set(
        Area.CONTROLLER,
        "the controller has been silent for more than "
            + environment.settings().assignmentValidity().toSeconds()
            + " s: replicas stay as they are");
  }

  // ---- policy

  private void followAssignment() {
    if (policy.assignment().equals(assignment)) {
      policyAnswered = true;
      acknowledge();
      begin();
    } else if (policy.assignment().policy().equals(assignment.policy())) {
      adopt(new LoadedPolicy(assignment, policy.network()));
    } else {
      Assignment wanted = assignment;
      context.pipeToSelf(
          calls.call(
              "the policy store", () -> environment.policies().get(wanted.policy().orElseThrow())),
          (network, failure) -> new PolicyAnswered(wanted, network, failure));
    }
  }

  private void onPolicyAnswered(PolicyAnswered answer) {
    if (!answer.assignment().equals(assignment)
        || answer.assignment().equals(policy.assignment())) {
      return;
    }
    if (answer.failure() == null) {
      adopt(new LoadedPolicy(assignment, Optional.of(answer.network())));
    } else {
      String meanwhile =
          policy.assignment().policy().isPresent()
              ? "the policy before it goes on"
              : "the queueing rule decides";
      problems.set(Area.POLICY, PortCalls.sentence(answer.failure()) + "; " + meanwhile);
      policyAnswered = true;
      begin();
    }
  }

  private void adopt(LoadedPolicy loaded) {
    policy = loaded;
    policyAnswered = true;
    problems.clear(Area.POLICY);
    deployments.use(policy);
    if (deployments.scalers() == 0) {
      acknowledge();
    }
    begin();
  }

  private void onPolicyInUse(ScalerActor.PolicyInUse message) {
    deployments.inUse(message);
    if (deployments.lowestTerm(policy.assignment().term()) == policy.assignment().term()) {
      acknowledge();
    }
  }

  private void acknowledge() {
    environment
        .controller()
        .tell(
            new ControllerProtocol.Acknowledge(
                namespace.cluster(),
                namespace.namespace(),
                deployments.lowestTerm(policy.assignment().term()),
                deployments.scalers()));
  }

  // ---- lease

  private Optional<LiveCluster> cluster() {
    Optional<LiveCluster> cluster = environment.clusters().find(namespace.cluster());
    if (cluster.isPresent()) {
      problems.clear(Area.NODE);
    } else {
      problems.set(Area.NODE, "this node does not know the cluster '" + namespace.cluster() + "'");
    }
    return cluster;
  }

  private void onLeaseAnswered(Lease.Answered answer) {
    // One from before a detach may come late, and says nothing about now.
    if (answer.asker() == lease) {
      lease.answered(answer, cluster());
      begin();
    }
  }

  // ---- tick

  /** Starts the clock once lease and policy have been asked for, whatever they answered. */
  private void begin() {
    if (tickInterval == null && policyAnswered && lease.answered()) {
      keepTime();
    }
  }

  private void keepTime() {
    Optional<LiveCluster> cluster = cluster();
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
      timers.startTimerAtFixedRate(TickDue.INSTANCE, first, interval);
    }
  }

  private void onTickDue() {
    if (run != null) {
      metrics.tickSkipped();
      problems.set(
          Area.TICK, "tick " + run.number + " was not finished when the next was due: left out");
      return;
    }
    keepTime();
    Optional<LiveCluster> cluster = cluster();
    if (problems.of(Area.CONTROLLER).isPresent()) {
      // Whoever controls by now answers with a push, or detaches what it does not know.
      acknowledge();
    }
    if (cluster.isEmpty()) {
      metrics.tickAbandoned();
      return;
    }
    if (!lease.held(cluster.get())) {
      lease.ask(cluster);
    }
    metrics.tickBegun();
    run = new TickRun(++ticks, cluster.get());
    context.pipeToSelf(read(run), (seen, failure) -> seen);
  }

  /** Workloads, then their metrics; never fails. */
  private CompletionStage<Seen> read(TickRun tick) {
    String selector = attachment.selector();
    String name = namespace.namespace();
    LiveCluster cluster = tick.cluster;
    return calls
        .call("cluster " + namespace.cluster(), () -> cluster.cluster().workloads(name, selector))
        .thenCompose(
            workloads ->
                calls
                    .call(
                        "the metrics of " + namespace,
                        () -> cluster.metrics().query(name, workloads))
                    .handle(
                        (samples, failure) ->
                            failure == null
                                ? new Seen(tick.number, workloads, samples, null)
                                : failed(tick, workloads, Area.METRICS, failure)))
        .exceptionally(failure -> failed(tick, List.of(), Area.CLUSTER, failure));
  }

  private static Seen failed(TickRun tick, List<Workload> workloads, Area area, Throwable failure) {
    return new Seen(
        tick.number, workloads, Map.of(), new Failure(area, PortCalls.sentence(failure)));
  }

  private boolean inProgress(long tick) {
    return run != null && run.number == tick;
  }

  private void onSeen(Seen seen) {
    if (!inProgress(seen.tick())) {
      return;
    }
    Failure failure = seen.failure();
    if (failure == null || failure.area() != Area.CLUSTER) {
      problems.clear(Area.CLUSTER);
      deployments.follow(seen.workloads(), policy);
    }
    if (failure != null) {
      problems.set(failure.area(), failure.sentence());
      metrics.tickAbandoned();
      endTick();
      return;
    }
    problems.clear(Area.METRICS);
    deployments.decide(run, seen.samples(), attachment);
    timers.startSingleTimer(
        AnswersDue.class, new AnswersDue(run.number), environment.settings().portTimeout());
    writeWhenAnswered();
  }

  private void onDecided(ScalerActor.Decided decided) {
    if (decided.failure().isPresent()) {
      deployments.useAgain(decided.deployment(), policy);
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

  private void onAnswersDue(AnswersDue due) {
    if (inProgress(due.tick()) && !run.writing()) {
      run.missing().ifPresent(names -> problems.set(Area.SCALER, "no decision from " + names));
      write();
    }
  }

  private void write() {
    timers.cancel(AnswersDue.class);
    if (run.allAnswered()) {
      problems.clear(Area.SCALER);
    }
    context.pipeToSelf(
        writer.write(run, run.write(), attachment.mode(), held()), (written, failure) -> written);
  }

  /** Why nothing may be written now. */
  private Optional<String> held() {
    if (problems.of(Area.CONTROLLER).isPresent()) {
      return problems.of(Area.CONTROLLER);
    }
    if (!lease.held(run.cluster)) {
      return Optional.of(
          "the lease of "
              + namespace
              + " is not held"
              + problems.of(Area.LEASE).map(why -> ": " + why).orElse(""));
    }
    return problems.of(Area.JOURNAL);
  }

  private void onWritten(Written written) {
    if (!inProgress(written.tick())) {
      return;
    }
    account(written);
    written
        .journalFailure()
        .ifPresentOrElse(
            failure ->
                problems.set(
                    Area.JOURNAL,
                    "decisions cannot be recorded, so none is carried out: "
                        + PortCalls.sentence(failure)),
            () -> {
              if (!written.records().isEmpty()) {
                problems.clear(Area.JOURNAL);
              }
            });
    endTick();
  }

  private void account(Written written) {
    DecisionStream stream = DecisionStream.get(context.getSystem());
    written
        .records()
        .forEach(
            decision -> {
              deployments.decided(decision);
              metrics.decided(decision);
              stream.publish(decision);
            });
  }

  private void endTick() {
    run = null;
    problems.clear(Area.TICK);
  }

  private NamespaceStatus status(Optional<String> problem) {
    Optional<LiveCluster> cluster = environment.clusters().find(namespace.cluster());
    return new NamespaceStatus(
        namespace.cluster(),
        namespace.namespace(),
        cluster.isPresent() && lease.held(cluster.get()),
        problem,
        assignment.term(),
        deployments.status());
  }

  // ---- detaching: what is being written is let finish, then the lease goes back

  private Behavior<Object> onDetach(Detach detach) {
    detachers.add(detach.replyTo());
    timers.cancelAll();
    if (run == null || !run.writing()) {
      run = null;
      release();
    }
    return detaching();
  }

  private Behavior<Object> detaching() {
    return Behaviors.receive(Object.class)
        .onMessage(Attach.class, message -> same(() -> attachAgain = message))
        .onMessage(
            Detach.class,
            message ->
                same(
                    () -> {
                      attachAgain = null;
                      detachers.add(message.replyTo());
                    }))
        .onMessage(
            GetStatus.class,
            query -> same(() -> query.replyTo().tell(status(Optional.of("being detached")))))
        .onMessage(
            Written.class,
            message ->
                same(
                    () -> {
                      account(message);
                      release();
                    }))
        .onMessage(LeaseReleased.class, message -> onLeaseReleased())
        .onAnyMessage(late -> Behaviors.same())
        .onSignal(PostStop.class, signal -> onStopped())
        .build();
  }

  private void release() {
    context.pipeToSelf(
        lease.release(environment.clusters().find(namespace.cluster())),
        (done, failure) -> {
          if (failure != null) {
            context.getLog().warn("The lease of {} was not given back and will run out", namespace);
          }
          return LeaseReleased.INSTANCE;
        });
  }

  private Behavior<Object> onLeaseReleased() {
    detachers.forEach(detacher -> detacher.tell(StatusReply.ack()));
    detachers.clear();
    deployments.stopAll();
    metrics.namespaces(-1);
    NamespaceActor fresh = new NamespaceActor(context, timers, namespace, environment, shard);
    // Numbers go on, so that late answers to this tick are none to a new one.
    fresh.ticks = ticks;
    if (attachAgain == null) {
      fresh.leave();
    } else {
      context.getSelf().tell(attachAgain);
    }
    return fresh.waiting();
  }

  private Behavior<Object> onStopped() {
    deployments.stopAll();
    metrics.namespaces(-1);
    // Whoever takes over need not wait until it runs out.
    lease.release(environment.clusters().find(namespace.cluster()));
    return Behaviors.same();
  }
}
