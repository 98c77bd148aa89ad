package io.kiss.actors.scaler;

import akka.actor.testkit.typed.javadsl.BehaviorTestKit;
import akka.actor.testkit.typed.javadsl.TestInbox;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.DecisionRecord.Outcome;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.scaler.ScalerActor.Decided;
import io.kiss.actors.scaler.ScalerActor.LoadedPolicy;
import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.Decision;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A real {@link ScalerActor} as the autoscaler of a simulation. It lives through what a live one
 * does: decisions that are not carried out, other policies, other limits, starting anew.
 */
final class RecordedRun implements Autoscaler {
  private static final NamespaceRef NAMESPACE = new NamespaceRef("local", "demo");
  private static final int EVENTFUL = 12;

  final List<DecisionRecord> records = new ArrayList<>();
  final Map<String, PolicyNetwork> policies = new HashMap<>();
  int restarts;

  private final List<PolicySnapshot> candidates;
  private final SplittableRandom random;
  private WorkloadSpec workload;
  private GuardSettings limits = GuardSettings.DEFAULT;
  private BehaviorTestKit<ScalerActor.Command> scaler;
  private Optional<PolicySnapshot> policy = Optional.empty();
  private long term;

  RecordedRun(WorkloadSpec workload, List<PolicySnapshot> candidates, long seed) {
    this.workload = workload;
    this.candidates = candidates;
    random = new SplittableRandom(seed);
    policy = Optional.of(candidates.get(0));
    start();
  }

  private void start() {
    scaler = BehaviorTestKit.create(ScalerActor.create("web", ScalerActor.Maker.real()));
    use();
  }

  private void use() {
    Optional<PolicyRef> ref = policy.map(p -> TestPolicies.ref(p.sha256().substring(0, 8), p));
    Map<String, PolicyNetwork> networks = new HashMap<>();
    policy.ifPresent(p -> networks.put(p.sha256(), new PolicyNetwork(p)));
    ref.ifPresent(r -> policies.put(r.id(), networks.get(r.sha256())));
    scaler.run(
        new ScalerActor.UsePolicy(
            new LoadedPolicy(NAMESPACE, new Assignment(++term, ref), networks),
            TestInbox.<ScalerActor.PolicyInUse>create().getRef()));
  }

  @Override
  public String name() {
    return "recorded";
  }

  @Override
  public double tickSeconds() {
    return workload.tickSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    happen();
    TestInbox<Decided> answers = TestInbox.create();
    scaler.run(
        new ScalerActor.Tick(
            records.size(), TelemetrySample.copyOf(telemetry), workload, limits, answers.getRef()));
    Decided decided = answers.receiveMessage();
    boolean carriedOut = random.nextInt(EVENTFUL) > 0;
    if (!carriedOut) {
      scaler.run(ScalerActor.NotCarriedOut.INSTANCE);
    }
    records.add(record(decided, carriedOut));
    if (random.nextInt(EVENTFUL) == 0) {
      // Somebody else.
      return random.nextInt(workload.minReplicas(), workload.maxReplicas() + 1);
    }
    return carriedOut ? decided.decision().replicas() : decided.decision().current();
  }

  /** What comes over a scaler between two ticks. */
  private void happen() {
    switch (random.nextInt(EVENTFUL)) {
      case 0 -> {
        restarts++;
        start();
      }
      case 1 -> {
        int next = random.nextInt(candidates.size() + 1);
        policy = next == 0 ? Optional.empty() : Optional.of(candidates.get(next - 1));
        use();
      }
      case 2 ->
          limits = new GuardSettings(1.5 + random.nextDouble(), 4, 0.5, 120, 6, 900, 60, 3, 60);
      default -> {
        // Nothing, as at most ticks.
      }
    }
  }

  private DecisionRecord record(Decided decided, boolean carriedOut) {
    Decision decision = decided.decision();
    return new DecisionRecord(
        "d" + records.size(),
        NAMESPACE.cluster(),
        NAMESPACE.namespace(),
        decided.deployment(),
        decided.telemetry().timeSeconds(),
        decided.choice().policy().map(PolicyRef::id),
        decided.assignment().term(),
        decided.telemetry(),
        decision.source(),
        decision.current(),
        decision.proposal(),
        decision.replicas(),
        decision.action(),
        decision.observation(),
        decision.probabilities(),
        decision.guards(),
        decided.state(),
        decision.reason(),
        carriedOut ? Outcome.APPLIED : Outcome.SHADOWED,
        decided.failure(),
        decided.workload(),
        Optional.of(decided.limits()),
        Optional.empty());
  }
}
