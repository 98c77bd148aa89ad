package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.pattern.StatusReply;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.DecisionRecord.Outcome;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.Attachment.Mode;
import io.kiss.actors.protocol.ControllerProtocol.Acknowledge;
import io.kiss.actors.protocol.ControllerProtocol.Running;
import io.kiss.actors.protocol.NamespaceProtocol.Attach;
import io.kiss.actors.protocol.NamespaceProtocol.Detach;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.scaler.FakeCluster.Deployment;
import io.kiss.actors.scaler.FakeCluster.Write;
import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.Guard;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * At 100 requests/s, 10 a replica, two replicas are far too few: the queueing rule asks for more
 * than ten, and the step limit lets {@code max(2·2, 2+4) = 6} through. That number is what most
 * tests look for.
 */
class NamespaceActorTest extends NamespaceFixture {
  @Test
  void shadowModeRecordsTheWishAndNeverWrites() {
    attachAndTick(Mode.SHADOW);
    tick();

    assertThat(cluster.attempts()).isEmpty();
    assertThat(cluster.deployment("web").replicas()).isEqualTo(2);
    DecisionRecord wish = cluster.last("web");
    assertThat(wish.outcome()).isEqualTo(Outcome.SHADOWED);
    assertThat(wish.replicas()).isEqualTo(6);
  }

  @Test
  void aWishThatWasOnlyShadowedIsNotTakenForSomebodyElsesChange() {
    attachAndTick(Mode.SHADOW);
    tick();

    assertThat(cluster.last("web").guards()).doesNotContain(Guard.EXTERNAL_CHANGE);
  }

  @Test
  void activeModeWritesWithTheResourceVersionReadBeforeDeciding() {
    attachAndTick(Mode.ACTIVE);

    assertThat(cluster.attempts()).containsExactly(new Write("web", 6, "1"));
    DecisionRecord record = cluster.last("web");
    assertThat(record.outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(record.current()).isEqualTo(2);
    assertThat(record.timeSeconds()).isEqualTo(1_000);
    assertThat(record.source()).isEqualTo(DecisionSource.QUEUEING_RULE);

    // 15 replicas: 100 requests a second are 67 % of what they serve. Twice as many as there were
    // is what the guardrails let through at once.
    tick();
    assertThat(cluster.attempts().get(1)).isEqualTo(new Write("web", 12, "2"));
    tick();
    assertThat(cluster.attempts().get(2)).isEqualTo(new Write("web", 15, "3"));
  }

  @Test
  void aConflictIsAbandonedAndDecidedAnewAtTheNextTick() {
    cluster.somebodyElseWrites = true;
    attachAndTick(Mode.ACTIVE);

    assertThat(cluster.attempts()).containsExactly(new Write("web", 6, "1"));
    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.CONFLICT);
    assertThat(cluster.deployment("web").replicas()).isEqualTo(2);

    cluster.somebodyElseWrites = false;
    tick();
    assertThat(cluster.attempts().get(1)).isEqualTo(new Write("web", 6, "2"));
    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.APPLIED);
  }

  @Test
  void withoutTheLeaseNothingIsWritten() {
    cluster.leaseRefused = true;
    attachAndTick(Mode.ACTIVE);

    assertThat(cluster.attempts()).isEmpty();
    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.HELD);
    assertThat(cluster.last("web").error().orElseThrow()).contains("held by somebody else");
    assertThat(status().leaseHeld()).isFalse();
    assertThat(status().problem().orElseThrow()).contains("held by somebody else");

    cluster.leaseRefused = false;
    tick();
    soon().untilAsserted(() -> assertThat(status().leaseHeld()).isTrue());
    tick();
    assertThat(cluster.attempts()).isNotEmpty();
    assertThat(status().problem()).isEmpty();
  }

  @Test
  void aLeaseThatCannotBeRenewedEndsTheWritingWhenItRunsOut() {
    attachAndTick(Mode.ACTIVE);
    cluster.leaseRefused = true;
    // 45 s from the last answer: two ticks of 15 s are inside, the third is at its very end.
    for (int i = 0; i < 2; i++) {
      cluster.put("web", Deployment.of(2, 100));
      tick();
      assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.APPLIED);
    }
    cluster.put("web", Deployment.of(2, 100));
    tick();

    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.HELD);
    assertThat(cluster.deployment("web").replicas()).isEqualTo(2);
  }

  @Test
  void aLeaseIsRenewedLongBeforeItRunsOut() {
    cluster.put("web", Deployment.of(2, 10));
    attachAndTick(Mode.ACTIVE);
    for (int i = 0; i < 10; i++) {
      tick();
    }

    assertThat(status().leaseHeld()).isTrue();
  }

  @Test
  void whenMetricsFailNothingIsDecidedUntilTheyAreBack() {
    cluster.put("web", Deployment.of(20, 1));
    cluster.metricsFail = new IllegalStateException("Prometheus answered 503");
    attachAndTick(Mode.ACTIVE);
    tick();

    assertThat(cluster.attempts()).isEmpty();
    assertThat(cluster.deployment("web").replicas()).isEqualTo(20);
    assertThat(status().problem()).contains("Prometheus answered 503");

    cluster.metricsFail = null;
    // Nothing is remembered yet: what is there counts for a stabilisation window of 60 s.
    for (int i = 0; i <= 4; i++) {
      tick();
      assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.UNCHANGED);
    }
    tick();
    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(cluster.deployment("web").replicas()).isLessThan(20);
    assertThat(status().problem()).isEmpty();
  }

  @Test
  void aWorkloadWithoutSeriesIsNeverScaledDown() {
    cluster.put("web", Deployment.of(20, Double.NaN));
    attachAndTick(Mode.ACTIVE);
    for (int i = 0; i < 30; i++) {
      tick();
    }

    assertThat(cluster.attempts()).isEmpty();
    assertThat(cluster.last("web").source()).isEqualTo(DecisionSource.HOLD);
    assertThat(cluster.last("web").guards()).containsExactly(Guard.TELEMETRY_MISSING);
    assertThat(metrics.holds()).isEqualTo(31);
  }

  @Test
  void whyNoTelemetryCanBeReadIsSaidForAsLongAsThatIsSoThoughReplicasAreKnown() {
    cluster.put("web", Deployment.of(20, Double.NaN));
    cluster.unread = "Prometheus cannot be reached";
    attachAndTick(Mode.ACTIVE);
    assertThat(cluster.last("web").guards()).containsExactly(Guard.TELEMETRY_MISSING);
    assertThat(status().problem()).hasValue("Prometheus cannot be reached");

    cluster.unread = null;
    cluster.put("web", Deployment.of(20, 1));
    tick();
    assertThat(status().problem()).isEmpty();
  }

  @Test
  void whenTheClusterFailsTheTickHolds() {
    cluster.workloadsFail = new IllegalStateException("the API server is away");
    attachAndTick(Mode.ACTIVE);

    assertThat(status().problem()).contains("the API server is away");
    assertThat(cluster.queries).isZero();

    cluster.workloadsFail = null;
    tick();
    assertThat(cluster.deployment("web").replicas()).isEqualTo(6);
  }

  @Test
  void whenDecisionsCannotBeRecordedNoneIsCarriedOut() {
    cluster.journalFails = new IllegalStateException("disk full");
    attachAndTick(Mode.ACTIVE);
    int before = cluster.deployment("web").replicas();
    tick();
    tick();

    assertThat(cluster.deployment("web").replicas()).isEqualTo(before);
    assertThat(status().problem().orElseThrow()).contains("disk full");
    int attempts = cluster.attempts().size();

    cluster.journalFails = null;
    tick();
    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.HELD);
    assertThat(cluster.attempts()).hasSize(attempts);
    tick();
    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(status().problem()).isEmpty();
  }

  @Test
  void theAssignedPolicyDecidesAndIsAcknowledged() {
    Assignment assignment = assignment(3, TestPolicies.always(PLUS_ONE));
    attach(Mode.ACTIVE, assignment);
    awaitTick(1);

    DecisionRecord record = cluster.last("web");
    assertThat(record.source()).isEqualTo(DecisionSource.POLICY);
    assertThat(record.policy()).contains("p3");
    assertThat(record.term()).isEqualTo(3);
    assertThat(record.replicas()).isEqualTo(3);
    expectAcknowledged(3);
    assertThat(status("web").policy()).contains("p3");
  }

  private void expectAcknowledged(long term) {
    Acknowledge expected =
        new Acknowledge("local", "demo", term, 1, List.of(new Running("p" + term, 1)));
    controller.fishForMessage(
        Duration.ofSeconds(3),
        message ->
            message.equals(expected)
                ? FishingOutcomes.complete()
                : FishingOutcomes.continueAndIgnore());
  }

  @Test
  void aNewPolicyIsAcknowledgedWithoutWaitingForATick() {
    attachAndTick(Mode.SHADOW);
    attach(Mode.SHADOW, assignment(1, TestPolicies.always(PLUS_ONE)));

    soon().untilAsserted(() -> assertThat(status("web").term()).isEqualTo(1));
    expectAcknowledged(1);
  }

  @Test
  void anOlderTermIsRefused() {
    attach(Mode.SHADOW, assignment(5, TestPolicies.always(PLUS_ONE)));
    awaitTick(1);
    attach(Mode.ACTIVE, assignment(4, TestPolicies.always(0)));
    tick();

    assertThat(status().term()).isEqualTo(5);
    assertThat(cluster.last("web").policy()).contains("p5");
    assertThat(cluster.attempts()).isEmpty();
  }

  @Test
  void aPolicyWhoseBytesAreNotWhatWasRegisteredIsRefusedAndTheQueueingRuleGoesOn() {
    PolicySnapshot registered = TestPolicies.always(PLUS_ONE);
    PolicyRef ref = TestPolicies.ref("forged", registered);
    cluster.put(ref.sha256(), TestPolicies.always(0).toBytes());
    attach(Mode.ACTIVE, new Assignment(1, Optional.of(ref)));
    awaitTick(1);

    assertThat(cluster.last("web").source()).isEqualTo(DecisionSource.QUEUEING_RULE);
    assertThat(cluster.last("web").policy()).isEmpty();
    assertThat(status().problem().orElseThrow())
        .contains("'forged' is refused")
        .contains("the queueing rule decides");
    assertThat(status("web").term()).isZero();

    // The store is repaired; the controller's next push brings the policy.
    cluster.put(ref.sha256(), registered.toBytes());
    attach(Mode.ACTIVE, new Assignment(1, Optional.of(ref)));
    soon().untilAsserted(() -> assertThat(status("web").term()).isEqualTo(1));
    assertThat(status().problem()).isEmpty();
  }

  @Test
  void aTickThatIsNotFinishedWhenTheNextIsDueIsSkippedNotQueued() {
    cluster.metricsHang = true;
    namespace.tell(
        new Attach(
            Attachment.of("local", "demo", "", Mode.ACTIVE, 1, GuardSettings.DEFAULT),
            Assignment.NONE,
            Optional.empty()));
    soon().until(() -> cluster.queries == 1);
    // A second a tick, so that three of them fit into the port's five seconds.
    for (int i = 1; i <= 3; i++) {
      time.timePasses(Duration.ofSeconds(1));
      int skipped = i;
      soon().until(() -> metrics.skippedTicks() == skipped);
    }

    assertThat(status().problem().orElseThrow()).contains("tick 1 was not finished");
    cluster.answerHangingQueries();
    awaitTick(1);
    assertThat(cluster.queries).isEqualTo(1);
    assertThat(cluster.attempts()).containsExactly(new Write("web", 6, "1"));
    assertThat(status().problem()).isEmpty();
  }

  @Test
  void aPortThatDoesNotAnswerInTimeCostsItsTickOnly() {
    cluster.metricsHang = true;
    attach(Mode.ACTIVE, Assignment.NONE);
    soon().until(() -> cluster.queries == 1);
    time.timePasses(SETTINGS.portTimeout());
    soon().until(() -> metrics.abandonedTicks() == 1);

    assertThat(status().problem().orElseThrow()).contains("did not answer within 5000 ms");

    cluster.answerHangingQueries();
    assertThat(cluster.attempts()).isEmpty();
    cluster.now += 10;
    time.timePasses(Duration.ofSeconds(10));
    soon().until(() -> !cluster.attempts().isEmpty());
    assertThat(cluster.attempts()).containsExactly(new Write("web", 6, "1"));
  }

  @Test
  void detachingGivesTheLeaseBackAndLeavesReplicasAsTheyAre() {
    attachAndTick(Mode.ACTIVE);
    TestProbe<StatusReply<Done>> answer = kit.createTestProbe();
    namespace.tell(new Detach(answer.ref()));

    assertThat(answer.receiveMessage().isSuccess()).isTrue();
    assertThat(cluster.holder).isNull();
    assertThat(cluster.deployment("web").replicas()).isEqualTo(6);
    shard.expectMessageClass(ClusterSharding.Passivate.class);
    pass();
    assertThat(status().problem()).contains("not attached");
    assertThat(cluster.attempts()).hasSize(1);
    assertThat(metrics.scalers()).isZero();
    assertThat(metrics.namespaces()).isZero();
  }

  @Test
  void aNamespaceCanBeAttachedAgainRightAfterItWasDetached() {
    attachAndTick(Mode.SHADOW);
    namespace.tell(new Detach(kit.<StatusReply<Done>>createTestProbe().ref()));
    attach(Mode.ACTIVE, Assignment.NONE);

    soon().until(() -> !cluster.attempts().isEmpty());
    assertThat(cluster.holder).isEqualTo("node-1");
  }

  @Test
  void anEntityThatIsStoppedGivesTheLeaseBack() {
    attachAndTick(Mode.ACTIVE);
    assertThat(cluster.holder).isEqualTo("node-1");

    kit.stop(namespace);

    assertThat(cluster.holder).isNull();
    assertThat(metrics.scalers()).isZero();
  }

  @Test
  void oneScalerThatFailsStopsNoOther() {
    cluster.put("batch", Deployment.of(2, 100));
    batchFails.set(true);
    attach(Mode.ACTIVE, assignment(1, TestPolicies.always(PLUS_ONE)));
    awaitTick(1);

    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.APPLIED);
    DecisionRecord failed = cluster.last("batch");
    assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(failed.source()).isEqualTo(DecisionSource.HOLD);
    assertThat(failed.replicas()).isEqualTo(2);
    assertThat(failed.error().orElseThrow()).contains("a bug");
    assertThat(cluster.deployment("batch").replicas()).isEqualTo(2);

    batchFails.set(false);
    tick();
    DecisionRecord recovered = cluster.last("batch");
    assertThat(recovered.source()).isEqualTo(DecisionSource.POLICY);
    assertThat(recovered.policy()).contains("p1");
    assertThat(cluster.deployment("batch").replicas()).isEqualTo(3);
  }

  @Test
  void scalersComeAndGoWithTheirDeployments() {
    attachAndTick(Mode.SHADOW);
    assertThat(metrics.scalers()).isEqualTo(1);
    cluster.put("batch", Deployment.of(3, 10));
    pass();
    soon().untilAsserted(() -> assertThat(status().deployments()).hasSize(2));
    soon().until(() -> metrics.scalers() == 2);
    cluster.remove("web");
    pass();
    soon().untilAsserted(() -> assertThat(status().deployments()).hasSize(1));

    assertThat(status("batch").desiredReplicas()).isEqualTo(3);
    assertThat(metrics.scalers()).isEqualTo(1);
  }

  @Test
  void whatMayNotBeScaledIsShownWithTheReasonAndLeftAlone() {
    cluster.put(
        "taken", new Deployment(2, 1, 100, Optional.of("the HPA 'taken' targets it"), true));
    cluster.put("unknown", new Deployment(2, 1, 100, Optional.empty(), false));
    attachAndTick(Mode.ACTIVE);

    assertThat(status("taken").refusal()).contains("the HPA 'taken' targets it");
    assertThat(status("unknown").refusal().orElseThrow()).contains("no SLO is stated");
    assertThat(status("web").refusal()).isEmpty();
    assertThat(cluster.attempts()).containsExactly(new Write("web", 6, "1"));
  }

  @Test
  void whenTheControllerIsSilentForTooLongScalersHoldAndAskForIt() {
    attachAndTick(Mode.ACTIVE);
    for (int i = 0; i < 39; i++) {
      tick();
    }
    assertThat(status().problem()).isEmpty();
    tick();
    cluster.put("web", Deployment.of(2, 100));
    int attempts = cluster.attempts().size();
    controller.expectMessageClass(Acknowledge.class);
    tick();

    assertThat(status().problem().orElseThrow()).contains("controller has been silent");
    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.HELD);
    assertThat(cluster.attempts()).hasSize(attempts);

    attach(Mode.ACTIVE, Assignment.NONE);
    tick();
    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.APPLIED);
  }

  @Test
  void decisionsAreStreamedAsTheyAreMade() {
    TestProbe<DecisionRecord> subscriber = kit.createTestProbe();
    DecisionStream stream = DecisionStream.get(kit.system());
    stream.subscribe(subscriber.ref());
    attachAndTick(Mode.SHADOW);

    assertThat(subscriber.receiveMessage().id()).isEqualTo(cluster.last("web").id());
  }
}
