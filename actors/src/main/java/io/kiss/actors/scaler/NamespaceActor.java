package io.kiss.actors.scaler;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.pattern.StatusReply;
import io.kiss.actors.live.LiveCluster;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.NamespaceProtocol.Attach;
import io.kiss.actors.protocol.NamespaceProtocol.Detach;
import io.kiss.actors.protocol.NamespaceProtocol.GetStatus;
import io.kiss.actors.protocol.NamespaceProtocol.NamespaceStatus;
import io.kiss.actors.protocol.NamespaceProtocol.UseShare;
import io.kiss.actors.scaler.DecisionWriter.Written;
import io.kiss.actors.scaler.Problems.Area;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Scales one attached namespace, or watches it.
 *
 * <p>Its tick is the only clock: workloads, then metrics, then every scaler's decision, then writes
 * where they are allowed, then the records. Whatever fails on the way, replicas stay where they are
 * until a later tick succeeds.
 */
final class NamespaceActor {

  // Internal messages are no NamespaceProtocol.Command: those cross nodes, these never do.
  private enum AssignmentOutdated {
    INSTANCE
  }

  /** The cluster is connected to, or it is known why not: no need to wait for the next tick. */
  private enum Connected {
    INSTANCE
  }

  private enum LeaseReleased {
    INSTANCE
  }

  private final Site site;
  private final ActorRef<ClusterSharding.ShardCommand> shard;
  private final Lease lease;
  private final AssignedPolicy assigned;
  private final Deployments deployments;
  private final ShadowPolicies shadows;
  private final TickLoop loop;

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
    Behavior<Object> entity =
        Behaviors.setup(
            context -> {
              context.setLoggerName(NamespaceActor.class);
              return Behaviors.withTimers(
                  timers ->
                      new NamespaceActor(Site.of(context, timers, namespace, environment), shard, 0)
                          .waiting());
            });
    return Behaviors.withMdc(Object.class, LogFields.of(namespace), entity).narrow();
  }

  private NamespaceActor(Site site, ActorRef<ClusterSharding.ShardCommand> shard, long ticks) {
    this.site = site;
    this.shard = shard;
    lease = new Lease(site);
    assigned = new AssignedPolicy(site);
    deployments = new Deployments(site);
    shadows = new ShadowPolicies(site);
    loop = new TickLoop(site, lease, assigned, deployments, ticks);
  }

  // ---- waiting: nobody has attached this namespace

  private Behavior<Object> waiting() {
    return Behaviors.receive(Object.class)
        .onMessage(
            Attach.class,
            attach -> {
              site.metrics().namespaces(1);
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
    shard.tell(new ClusterSharding.Passivate<>(site.context().getSelf()));
    return Behaviors.same();
  }

  // ---- attached: a tick reads, decides and writes

  private Behavior<Object> attached() {
    return Behaviors.receive(Object.class)
        .onMessage(Attach.class, message -> same(() -> onAttach(message)))
        .onMessage(Detach.class, this::onDetach)
        .onMessage(UseShare.class, message -> same(() -> loop.share().use(message.gpus())))
        .onMessage(
            GetStatus.class,
            query -> same(() -> query.replyTo().tell(status(site.problems().all()))))
        .onMessage(TickLoop.Due.class, message -> same(this::onTickDue))
        .onMessage(TickReader.Seen.class, message -> same(() -> loop.onSeen(message)))
        .onMessage(ScalerActor.Decided.class, message -> same(() -> loop.onDecided(message)))
        .onMessage(TickLoop.AnswersDue.class, message -> same(() -> loop.onAnswersDue(message)))
        .onMessage(Written.class, message -> same(() -> loop.onWritten(message)))
        .onMessage(ScalerActor.PolicyInUse.class, message -> same(() -> onPolicyInUse(message)))
        .onMessage(AssignedPolicy.Answered.class, message -> same(() -> onPolicyAnswered(message)))
        .onMessage(ShadowPolicies.Fetched.class, message -> same(() -> onShadowsFetched(message)))
        .onMessage(
            ScalerActor.ShadowsStand.class, message -> same(() -> deployments.shadows(message)))
        .onMessage(Recall.Answered.class, message -> same(() -> deployments.recall(message)))
        .onMessage(Connected.class, message -> same(this::onConnected))
        .onMessage(Lease.Due.class, message -> same(() -> lease.ask(site.cluster())))
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
    if (assigned.refuses(attach.assignment())) {
      site.context()
          .getLog()
          .warn(
              "Namespace {} refuses {}: {} is in force",
              site.namespace(),
              attach.assignment(),
              assigned.inForce());
      return;
    }
    site.timers()
        .startSingleTimer(
            AssignmentOutdated.INSTANCE, site.environment().settings().assignmentValidity());
    site.problems().clear(Area.CONTROLLER);
    attach
        .definition()
        .flatMap(definition -> site.environment().clusters().use(site.namespace(), definition))
        .ifPresent(
            connected ->
                site.context().pipeToSelf(connected, (done, failure) -> Connected.INSTANCE));
    loop.share().follow(attach.definition());
    loop.follow(attach.attachment());
    shadows.follow(attach.attachment().shadows());
    if (!lease.answered()) {
      lease.ask(site.cluster());
    }
    if (assigned.follow(attach.assignment())) {
      useNewPolicy();
    } else {
      acknowledge();
    }
    loop.begin();
  }

  private void onTickDue() {
    if (site.problems().of(Area.CONTROLLER).isPresent()) {
      // Whoever controls by now answers with a push, or detaches what it does not know.
      acknowledge();
    }
    loop.onTickDue();
  }

  private void onConnected() {
    lease.ask(site.cluster());
    loop.onConnected();
  }

  private void onAssignmentOutdated() {
    site.problems()
        .set(
            Area.CONTROLLER,
            "the controller has been silent for more than "
                + site.environment().settings().assignmentValidity().toSeconds()
                + " s: replicas stay as they are");
  }

  // ---- policy

  private void onPolicyAnswered(AssignedPolicy.Answered answer) {
    if (assigned.answered(answer)) {
      useNewPolicy();
    }
    loop.begin();
  }

  private void onShadowsFetched(ShadowPolicies.Fetched fetched) {
    shadows.fetched(fetched).ifPresent(deployments::shadow);
  }

  private void useNewPolicy() {
    deployments.use(assigned.inUse());
    if (deployments.scalers() == 0) {
      acknowledge();
    }
  }

  private void onPolicyInUse(ScalerActor.PolicyInUse message) {
    deployments.inUse(message);
    if (lowestTerm() == assigned.inUse().assignment().term()) {
      acknowledge();
    }
  }

  private long lowestTerm() {
    return deployments.lowestTerm(assigned.inUse().assignment().term());
  }

  private void acknowledge() {
    site.environment()
        .controller()
        .tell(
            new ControllerProtocol.Acknowledge(
                site.namespace().cluster(),
                site.namespace().namespace(),
                lowestTerm(),
                deployments.scalers(),
                deployments.running()));
  }

  // ---- lease

  private void onLeaseAnswered(Lease.Answered answer) {
    // One from before a detach may come late, and says nothing about now.
    if (answer.asker() == lease) {
      lease.answered(answer, site.cluster());
      loop.begin();
    }
  }

  /** The cluster, where it can be reached from here. */
  private Optional<LiveCluster> knownCluster() {
    try {
      return site.environment().clusters().find(site.namespace().cluster());
    } catch (IllegalStateException e) {
      return Optional.empty();
    }
  }

  private NamespaceStatus status(Optional<String> problem) {
    Optional<LiveCluster> cluster = knownCluster();
    return new NamespaceStatus(
        site.namespace().cluster(),
        site.namespace().namespace(),
        cluster.isPresent() && lease.held(cluster.get()),
        problem,
        assigned.inForce().term(),
        deployments.status(),
        loop.gpus());
  }

  // ---- detaching: what is being written is let finish, then the lease goes back

  private Behavior<Object> onDetach(Detach detach) {
    detachers.add(detach.replyTo());
    if (!loop.stop()) {
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
                      loop.account(message);
                      release();
                    }))
        .onMessage(LeaseReleased.class, message -> onLeaseReleased())
        .onAnyMessage(late -> Behaviors.same())
        .onSignal(PostStop.class, signal -> onStopped())
        .build();
  }

  private void release() {
    site.context()
        .pipeToSelf(
            lease.release(knownCluster()),
            (done, failure) -> {
              if (failure != null) {
                site.context()
                    .getLog()
                    .warn("The lease of {} was not given back and will run out", site.namespace());
              }
              return LeaseReleased.INSTANCE;
            });
  }

  private Behavior<Object> onLeaseReleased() {
    detachers.forEach(detacher -> detacher.tell(StatusReply.ack()));
    detachers.clear();
    deployments.stopAll();
    loop.settle();
    site.environment().clusters().leave(site.namespace());
    site.metrics().namespaces(-1);
    NamespaceActor fresh =
        new NamespaceActor(
            Site.of(site.context(), site.timers(), site.namespace(), site.environment()),
            shard,
            loop.ticks());
    if (attachAgain == null) {
      fresh.leave();
    } else {
      site.context().getSelf().tell(attachAgain);
    }
    return fresh.waiting();
  }

  private Behavior<Object> onStopped() {
    deployments.stopAll();
    loop.settle();
    site.metrics().namespaces(-1);
    // Whoever takes over need not wait until it runs out.
    lease
        .release(knownCluster())
        .whenComplete((done, failure) -> site.environment().clusters().leave(site.namespace()));
    return Behaviors.same();
  }
}
