package io.kiss.actors.scaler;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.kisim.autoscale.Decision;
import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.shadow.ShadowReport;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Decides for one Deployment. Holds the scaler and its memory; knows no cluster, no clock and no
 * journal: those are its parent's. Never leaves the parent's JVM.
 */
final class ScalerActor extends AbstractBehavior<ScalerActor.Command> {

  sealed interface Command {}

  /** Decide on what this tick shows; replies {@link Decided}. */
  record Tick(
      long number,
      TelemetrySample telemetry,
      WorkloadSpec workload,
      GuardSettings guards,
      ActorRef<? super Decided> replyTo)
      implements Command {}

  /** The newest decision was not carried out; no reply. */
  enum NotCarriedOut implements Command {
    INSTANCE
  }

  /** A budget follows that tick's decision only so far; no reply. */
  record Limit(long tick, int target, int replicas) implements Command {}

  /** Decide by this policy from the next tick on; replies {@link PolicyInUse}. */
  record UsePolicy(LoadedPolicy policy, ActorRef<? super PolicyInUse> replyTo) implements Command {}

  /** These decide beside it from the next tick on, without acting; replies at each tick. */
  record UseShadows(ShadowSet set, ActorRef<? super ShadowsStand> replyTo) implements Command {}

  /** How those stand that decide beside a scaler. */
  record ShadowsStand(String deployment, ShadowSet set, ShadowReport report) {}

  /**
   * An assignment with the networks it names.
   *
   * @param namespace whose scalers they are for
   * @param networks by SHA-256; shared: forked by every scaler
   */
  record LoadedPolicy(
      NamespaceRef namespace, Assignment assignment, Map<String, PolicyNetwork> networks) {
    static final LoadedPolicy NONE =
        new LoadedPolicy(new NamespaceRef("none", "none"), Assignment.NONE, Map.of());

    LoadedPolicy {
      networks = Map.copyOf(networks);
    }

    /** What a Deployment's scaler runs at that moment. */
    Assignment.Choice choose(String deployment, double timeSeconds) {
      return assignment.choose(namespace.cluster(), namespace.namespace(), deployment, timeSeconds);
    }
  }

  /**
   * What was decided.
   *
   * @param state memory before the tick
   * @param choice what was decided by, and as part of which arm
   * @param lowest fewest replicas that the guardrails allow at this tick
   * @param failure what went wrong, where the decision is a hold for that reason
   */
  record Decided(
      String deployment,
      long tick,
      TelemetrySample telemetry,
      Decision decision,
      byte[] state,
      Assignment assignment,
      Assignment.Choice choice,
      Optional<WorkloadSpec> workload,
      GuardSettings limits,
      int lowest,
      Optional<String> failure) {

    /** The same with another decision. */
    Decided with(Decision other) {
      return new Decided(
          deployment,
          tick,
          telemetry,
          other,
          state,
          assignment,
          choice,
          workload,
          limits,
          lowest,
          failure);
    }
  }

  /**
   * This scaler runs the assignment of that term.
   *
   * @param policy id of what it decides by; empty: the queueing rule
   */
  record PolicyInUse(String deployment, long term, Optional<String> policy) {}

  /** Makes the scaler of a workload; a seam for tests that need one that fails. */
  @FunctionalInterface
  interface Maker {
    KiScaler make(WorkloadSpec workload, GuardSettings guards);

    /** The real one. */
    static Maker real() {
      return (workload, guards) -> new KiScaler(workload, guards, Optional.empty());
    }
  }

  private final String deployment;
  private final Maker maker;
  private final ShadowBench shadows;
  private LoadedPolicy policy = LoadedPolicy.NONE;
  private Assignment.Choice choice =
      new Assignment.Choice(Assignment.Arm.CHAMPION, Optional.empty());
  private double newestSeconds;
  private long decided;

  private KiScaler scaler;
  private WorkloadSpec workload;
  private GuardSettings guards;

  /** Makes a scaler without policy; one that fails starts again without memory. */
  static Behavior<Command> create(String deployment, Maker maker) {
    return Behaviors.supervise(
            Behaviors.<Command>setup(context -> new ScalerActor(context, deployment, maker)))
        .onFailure(SupervisorStrategy.restart().withLoggingEnabled(false));
  }

  private ScalerActor(ActorContext<Command> context, String deployment, Maker maker) {
    super(context);
    this.deployment = deployment;
    this.maker = maker;
    shadows = new ShadowBench(deployment, context.getLog());
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Tick.class, this::onTick)
        .onMessage(UsePolicy.class, this::onUsePolicy)
        .onMessage(UseShadows.class, this::onUseShadows)
        .onMessage(Limit.class, this::onLimit)
        .onMessageEquals(NotCarriedOut.INSTANCE, this::onNotCarriedOut)
        .build();
  }

  private Behavior<Command> onTick(Tick tick) {
    byte[] state = new byte[0];
    try {
      follow(tick.workload(), tick.guards());
      choose(tick.telemetry().timeSeconds());
      state = scaler.saveState();
      Decision decision = scaler.explain(tick.telemetry());
      decided = tick.number();
      tick.replyTo().tell(answer(tick, decision, state, scaler.lowest(), Optional.empty()));
      shadows.tick(tick, state);
      return this;
    } catch (RuntimeException | AssertionError e) {
      getContext().getLog().error("The scaler of {} failed and starts again", deployment, e);
      int held = tick.telemetry().desiredReplicas();
      String failure = "the scaler failed and starts again without memory: " + e;
      tick.replyTo().tell(answer(tick, hold(tick, failure), state, held, Optional.of(failure)));
      throw e;
    }
  }

  private Decided answer(
      Tick tick, Decision decision, byte[] state, int lowest, Optional<String> failure) {
    return new Decided(
        deployment,
        tick.number(),
        tick.telemetry(),
        decision,
        state,
        policy.assignment(),
        choice,
        Optional.of(tick.workload()),
        tick.guards(),
        lowest,
        failure);
  }

  private static Decision hold(Tick tick, String reason) {
    int desired = tick.telemetry().desiredReplicas();
    return new Decision(
        DecisionSource.HOLD,
        desired,
        desired,
        desired,
        -1,
        new float[0],
        new float[0],
        Set.of(),
        "hold; " + reason);
  }

  /** Rebuilds the scaler where its limits changed; what it remembers goes along if it fits. */
  private void follow(WorkloadSpec newWorkload, GuardSettings newGuards) {
    if (scaler != null && newWorkload.equals(workload) && newGuards.equals(guards)) {
      return;
    }
    KiScaler rebuilt = maker.make(newWorkload, newGuards);
    use(rebuilt);
    if (scaler != null) {
      try {
        rebuilt.restoreState(scaler.saveState());
      } catch (IllegalArgumentException e) {
        getContext()
            .getLog()
            .info("The scaler of {} starts without memory: {}", deployment, e.getMessage());
      }
    }
    scaler = rebuilt;
    workload = newWorkload;
    guards = newGuards;
  }

  private Behavior<Command> onUsePolicy(UsePolicy message) {
    policy = message.policy();
    choose(newestSeconds);
    message
        .replyTo()
        .tell(
            new PolicyInUse(
                deployment, policy.assignment().term(), choice.policy().map(PolicyRef::id)));
    return this;
  }

  private Behavior<Command> onUseShadows(UseShadows message) {
    shadows.use(message);
    return this;
  }

  /** Follows the arm this scaler belongs to at that moment. */
  private void choose(double timeSeconds) {
    newestSeconds = timeSeconds;
    Optional<PolicyRef> before = choice.policy();
    choice = policy.choose(deployment, timeSeconds);
    if (scaler != null && !before.equals(choice.policy())) {
      use(scaler);
    }
  }

  private void use(KiScaler target) {
    choice
        .policy()
        .map(ref -> policy.networks().get(ref.sha256()))
        .ifPresentOrElse(target::use, target::useNoPolicy);
  }

  private Behavior<Command> onLimit(Limit limit) {
    if (scaler != null && limit.tick() == decided) {
      scaler.limit(limit.target(), limit.replicas());
    }
    return this;
  }

  private Behavior<Command> onNotCarriedOut() {
    if (scaler != null) {
      scaler.notCarriedOut();
    }
    return this;
  }
}
