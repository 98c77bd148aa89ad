package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.scaler.ScalerActor.Command;
import io.kiss.actors.scaler.ScalerActor.Decided;
import io.kiss.actors.scaler.ScalerActor.LoadedPolicy;
import io.kiss.actors.scaler.ScalerActor.PolicyInUse;
import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScalerActorTest {
  private static final NamespaceRef NAMESPACE = new NamespaceRef("local", "demo");

  private static final int PLUS_ONE = 5;

  private static ActorTestKit kit;

  private TestProbe<Decided> decisions;
  private ActorRef<Command> scaler;

  @BeforeAll
  static void startKit() {
    kit = ActorTestKit.create();
  }

  @AfterAll
  static void stopKit() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void start() {
    decisions = kit.createTestProbe();
    scaler = kit.spawn(ScalerActor.create("web", ScalerActor.Maker.real()));
  }

  private static TelemetrySample sample(double time, int desired, double rate) {
    return new TelemetrySample(
        time, 5, rate, rate, 0.1, 0.2, 0, 0, 1, 0.5, desired, desired, 0, false, new double[0]);
  }

  private static WorkloadSpec spec(int maxReplicas) {
    return new WorkloadSpec("web", 1, maxReplicas, 0.5, 0.1, 10, 60, 10, 15);
  }

  private Decided decide(long number, TelemetrySample sample, WorkloadSpec spec) {
    scaler.tell(new ScalerActor.Tick(number, sample, spec, GuardSettings.DEFAULT, decisions.ref()));
    return decisions.receiveMessage();
  }

  private void use(long term, PolicySnapshot policy) {
    TestProbe<PolicyInUse> answer = kit.createTestProbe();
    Assignment assignment = new Assignment(term, Optional.of(TestPolicies.ref("p" + term, policy)));
    scaler.tell(
        new ScalerActor.UsePolicy(
            new LoadedPolicy(
                NAMESPACE, assignment, Map.of(policy.sha256(), new PolicyNetwork(policy))),
            answer.ref()));
    answer.expectMessage(new PolicyInUse("web", term, Optional.of("p" + term)));
  }

  @Test
  void itDecidesExactlyAsTheSimulatorsScalerDoes() {
    KiScaler reference =
        new KiScaler(spec(50), GuardSettings.DEFAULT, Optional.of(TestPolicies.always(PLUS_ONE)));
    use(1, TestPolicies.always(PLUS_ONE));
    int replicas = 4;
    for (int i = 0; i < 20; i++) {
      TelemetrySample seen = sample(15.0 * i, replicas, 20 + i);
      byte[] stateBefore = reference.saveState();
      int expected = reference.decide(seen);

      Decided decided = decide(i, seen, spec(50));

      assertThat(decided.tick()).isEqualTo(i);
      assertThat(decided.decision().replicas()).isEqualTo(expected);
      assertThat(decided.state()).isEqualTo(stateBefore);
      replicas = expected;
    }
  }

  @Test
  void itsRecordReplaysBitForBit() {
    use(1, TestPolicies.always(PLUS_ONE));
    decide(1, sample(0, 4, 20), spec(50));
    Decided recorded = decide(2, sample(15, 5, 30), spec(50));

    KiScaler replay =
        new KiScaler(spec(50), GuardSettings.DEFAULT, Optional.of(TestPolicies.always(PLUS_ONE)));
    replay.restoreState(recorded.state());
    var again = replay.explain(recorded.telemetry());

    assertThat(again.observation()).isEqualTo(recorded.decision().observation());
    assertThat(again.probabilities()).isEqualTo(recorded.decision().probabilities());
    assertThat(again.replicas()).isEqualTo(recorded.decision().replicas());
  }

  @Test
  void aChangedLimitTakesEffectAndTheMemoryStays() {
    decide(1, sample(0, 2, 100), spec(50));
    KiScaler reference = new KiScaler(spec(50), GuardSettings.DEFAULT, Optional.empty());
    reference.decide(sample(0, 2, 100));

    Decided decided = decide(2, sample(15, 6, 100), spec(8));

    assertThat(decided.decision().replicas()).isEqualTo(8);
    assertThat(decided.state()).isEqualTo(reference.saveState());
  }

  @Test
  void memoryThatDoesNotFitTheNewTickIsLeftBehind() {
    decide(1, sample(0, 2, 100), spec(50));

    Decided decided = decide(2, sample(15, 6, 100), spec(50).withTickSeconds(30));

    byte[] fresh =
        new KiScaler(spec(50).withTickSeconds(30), GuardSettings.DEFAULT, Optional.empty())
            .saveState();
    assertThat(decided.state()).isEqualTo(fresh);
    assertThat(decided.failure()).isEmpty();
  }

  @Test
  void takingThePolicyAwayBringsTheQueueingRuleBack() {
    use(1, TestPolicies.always(PLUS_ONE));
    assertThat(decide(1, sample(0, 4, 20), spec(50)).decision().source())
        .isEqualTo(DecisionSource.POLICY);

    TestProbe<PolicyInUse> answer = kit.createTestProbe();
    scaler.tell(
        new ScalerActor.UsePolicy(
            new LoadedPolicy(NAMESPACE, new Assignment(2, Optional.empty()), Map.of()),
            answer.ref()));
    answer.expectMessage(new PolicyInUse("web", 2, Optional.empty()));

    assertThat(decide(2, sample(15, 5, 20), spec(50)).decision().source())
        .isEqualTo(DecisionSource.QUEUEING_RULE);
  }
}
