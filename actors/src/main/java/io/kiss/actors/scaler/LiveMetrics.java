package io.kiss.actors.scaler;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.Guard;
import io.kiss.kisim.autoscale.shadow.ShadowReport;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** What this node's scalers did since it started; read from any thread. */
public final class LiveMetrics implements Extension {
  private static final ExtensionId<LiveMetrics> ID =
      new ExtensionId<>() {
        @Override
        public LiveMetrics createExtension(ActorSystem<?> system) {
          return new LiveMetrics();
        }
      };

  private final LongAdder decisions = new LongAdder();
  private final LongAdder holds = new LongAdder();
  private final Map<DecisionRecord.Outcome, LongAdder> outcomes =
      new EnumMap<>(DecisionRecord.Outcome.class);
  private final Map<Guard, LongAdder> guards = new EnumMap<>(Guard.class);
  private final LongAdder ticks = new LongAdder();
  private final LongAdder skippedTicks = new LongAdder();
  private final LongAdder abandonedTicks = new LongAdder();
  private final AtomicLong owedRecords = new AtomicLong();
  private final LongAdder lostRecords = new LongAdder();
  private final LongAdder namespaces = new LongAdder();
  private final LongAdder scalers = new LongAdder();
  private final Map<Shadowed, ShadowReport> shadows = new ConcurrentHashMap<>();

  /** A Deployment beside whose scaler others decide. */
  public record Shadowed(NamespaceRef namespace, String deployment) {}

  private LiveMetrics() {
    for (DecisionRecord.Outcome outcome : DecisionRecord.Outcome.values()) {
      outcomes.put(outcome, new LongAdder());
    }
    for (Guard guard : Guard.values()) {
      guards.put(guard, new LongAdder());
    }
  }

  /** The metrics of this node. */
  public static LiveMetrics get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /** Decisions made, whatever became of them. */
  public long decisions() {
    return decisions.sum();
  }

  /** Decisions where nobody could decide: no telemetry, a rollout, a scaler that failed. */
  public long holds() {
    return holds.sum();
  }

  /** Decisions that ended so. */
  public long outcomes(DecisionRecord.Outcome outcome) {
    return outcomes.get(outcome).sum();
  }

  /** Decisions that guardrail had a say in. */
  public long vetoes(Guard guard) {
    return guards.get(guard).sum();
  }

  /** Ticks begun. */
  public long ticks() {
    return ticks.sum();
  }

  /** Ticks left out because the one before had not finished. */
  public long skippedTicks() {
    return skippedTicks.sum();
  }

  /** Ticks that ended without decisions because cluster or metrics failed. */
  public long abandonedTicks() {
    return abandonedTicks.sum();
  }

  /** Records of decisions that the journal has not confirmed, and that are written again. */
  public long owedRecords() {
    return owedRecords.get();
  }

  /** Records of decisions that were given up, since the journal was away for too long. */
  public long lostRecords() {
    return lostRecords.sum();
  }

  /** Namespaces attached on this node now. */
  public long namespaces() {
    return namespaces.sum();
  }

  /** Scalers on this node now. */
  public long scalers() {
    return scalers.sum();
  }

  /** How shadows stand, of all Deployments on this node that have any. */
  public Map<Shadowed, ShadowReport> shadows() {
    return Map.copyOf(shadows);
  }

  void shadows(NamespaceRef namespace, String deployment, Optional<ShadowReport> report) {
    Shadowed key = new Shadowed(namespace, deployment);
    report.ifPresentOrElse(now -> shadows.put(key, now), () -> shadows.remove(key));
  }

  void decided(DecisionRecord decision) {
    decisions.increment();
    if (decision.source() == DecisionSource.HOLD) {
      holds.increment();
    }
    outcomes.get(decision.outcome()).increment();
    decision.guards().forEach(guard -> guards.get(guard).increment());
  }

  void tickBegun() {
    ticks.increment();
  }

  void tickSkipped() {
    skippedTicks.increment();
  }

  void tickAbandoned() {
    abandonedTicks.increment();
  }

  void owed(int change) {
    owedRecords.addAndGet(change);
  }

  void lost(int records) {
    lostRecords.add(records);
  }

  void namespaces(int change) {
    namespaces.add(change);
  }

  void scalers(int change) {
    scalers.add(change);
  }
}
