package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.FishingOutcomes;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.DecisionRecord.BudgetLimit;
import io.kiss.actors.live.DecisionRecord.Outcome;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.Attachment.Mode;
import io.kiss.actors.protocol.ClusterDefinition;
import io.kiss.actors.protocol.ControllerProtocol.ReportDemand;
import io.kiss.actors.protocol.DeploymentOverride;
import io.kiss.actors.protocol.NamespaceProtocol.Attach;
import io.kiss.actors.protocol.NamespaceProtocol.GpuUse;
import io.kiss.actors.protocol.NamespaceProtocol.UseShare;
import io.kiss.actors.protocol.WorkloadSettings;
import io.kiss.actors.scaler.FakeCluster.Deployment;
import io.kiss.kisim.autoscale.Guard;
import io.kiss.kisim.autoscale.GuardSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A namespace's GPU budget, seen from outside. Pods take one GPU each. From two replicas, at 100
 * requests/s and 10 a replica, the step limit lets {@code max(2·2, 2+4) = 6} be wished for.
 */
class BudgetInUseTest extends NamespaceFixture {

  private static DeploymentOverride first(String deployment) {
    return new DeploymentOverride(
        deployment,
        Optional.empty(),
        new WorkloadSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(5)));
  }

  private void attach(Mode mode, int gpus, DeploymentOverride... overrides) {
    Attachment attachment =
        new Attachment(
            "local",
            "demo",
            "",
            mode,
            TICK,
            GuardSettings.DEFAULT,
            "",
            WorkloadSettings.NONE,
            List.of(overrides),
            Optional.of(gpus));
    namespace.tell(new Attach(attachment, Assignment.NONE, Optional.empty()));
    awaitTick(1);
  }

  private int replicas(String name) {
    return cluster.deployment(name).replicas();
  }

  @Test
  void wishesBeyondTheBudgetAreMetAlikeAndTheRecordsSayWhatWasWished() {
    cluster.put("batch", Deployment.of(2, 100));
    attach(Mode.ACTIVE, 8);

    assertThat(replicas("web")).isEqualTo(4);
    assertThat(replicas("batch")).isEqualTo(4);
    DecisionRecord record = cluster.last("web");
    assertThat(record.outcome()).isEqualTo(Outcome.APPLIED);
    assertThat(record.replicas()).isEqualTo(4);
    assertThat(record.guards()).contains(Guard.BUDGET, Guard.STEP_UP);
    assertThat(record.budget()).contains(new BudgetLimit(8, 6, 4, 1));
    assertThat(record.reason()).endsWith("the GPU budget of 8 gives 4 of 6");
    assertThat(status().gpus()).contains(new GpuUse(Optional.of(8L), 4, 12, 8));
  }

  @Test
  void whatABudgetHoldsBackIsNotTakenForSomebodyElsesChange() {
    cluster.put("batch", Deployment.of(2, 100));
    attach(Mode.ACTIVE, 8);
    tick();

    assertThat(replicas("web")).isEqualTo(4);
    assertThat(cluster.last("web").guards())
        .contains(Guard.BUDGET)
        .doesNotContain(Guard.EXTERNAL_CHANGE);
    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void theHigherPriorityComesFirstFromTheNextTickOn() {
    cluster.put("batch", Deployment.of(2, 100));
    attach(Mode.ACTIVE, 8, first("web"));

    assertThat(replicas("web")).isEqualTo(6);
    assertThat(replicas("batch")).isEqualTo(2);
  }

  @Test
  void whatRunsAboveItsShareComesDownByTheGuardrailsAndOnlyThenGoesToTheOther() {
    cluster.put("web", Deployment.of(10, 100));
    cluster.put("batch", Deployment.of(2, 41));
    attach(Mode.ACTIVE, 12, first("batch"));
    assertThat(cluster.last("web").reason())
        .endsWith("the GPU budget of 12 gives 10 of 15, and 6 once the guardrails let more go");
    assertThat(cluster.last("batch").reason())
        .endsWith("the GPU budget of 12 gives 2 of 6, and 6 once others have come down");

    // The first tick counts what runs as proposed, and the window of 60 s holds four more.
    for (int tick = 1; tick <= 4; tick++) {
      assertThat(replicas("web")).as("after tick %d", tick).isEqualTo(10);
      assertThat(replicas("batch")).as("after tick %d", tick).isEqualTo(2);
      tick();
    }
    tick();
    assertThat(replicas("web")).isEqualTo(6);
    assertThat(replicas("batch")).isEqualTo(6);
    assertThat(cluster.attempts()).hasSize(2);
    for (int i = 0; i < 10; i++) {
      tick();
    }
    assertThat(cluster.attempts()).as("nothing moves any more").hasSize(2);
  }

  @Test
  void nothingIsTakenFromADeploymentWhoseTelemetryIsMissing() {
    cluster.put("web", Deployment.of(10, Double.NaN));
    cluster.put("batch", Deployment.of(2, 100));
    attach(Mode.ACTIVE, 12, first("batch"));
    for (int i = 0; i < 8; i++) {
      tick();
    }

    assertThat(cluster.last("web").budget()).isEmpty();
    assertThat(cluster.attempts()).isEmpty();
  }

  @Test
  void whatIsNotScaledHereCountsWithTheReplicasItHas() {
    cluster.put("other", new Deployment(5, 1, 100, Optional.of("an HPA scales it"), true));
    attach(Mode.ACTIVE, 9);

    assertThat(replicas("web")).isEqualTo(4);
    assertThat(status().gpus()).contains(new GpuUse(Optional.of(9L), 7, 11, 9));
  }

  @Test
  void inShadowModeTheRecordShowsWhatTheBudgetWouldGive() {
    cluster.put("batch", Deployment.of(2, 100));
    attach(Mode.SHADOW, 8);

    assertThat(cluster.attempts()).isEmpty();
    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.SHADOWED);
    assertThat(cluster.last("web").replicas()).isEqualTo(4);
    assertThat(cluster.last("web").budget()).contains(new BudgetLimit(8, 6, 4, 1));
  }

  @Test
  void whatIsOnlyWatchedFreesNothingForWhatIsActedUpon() {
    cluster.put("batch", Deployment.of(4, 10));
    attach(
        Mode.ACTIVE,
        8,
        new DeploymentOverride("batch", Optional.of(Mode.SHADOW), WorkloadSettings.NONE));
    for (int i = 0; i < 8; i++) {
      tick();
    }

    assertThat(cluster.last("batch").replicas()).as("would be").isLessThan(4);
    assertThat(replicas("batch")).isEqualTo(4);
    assertThat(replicas("web")).isEqualTo(4);
  }

  private void attachInClusterOfEight(Mode mode) {
    ClusterDefinition definition =
        new ClusterDefinition(
            "local",
            Optional.empty(),
            Optional.empty(),
            new ClusterDefinition.PrometheusDefinition(
                "http://p", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
            "",
            Optional.of(8));
    namespace.tell(new Attach(attachment(mode), Assignment.NONE, Optional.of(definition)));
    awaitTick(1);
  }

  private ReportDemand reported() {
    return (ReportDemand)
        controller
            .fishForMessage(
                Duration.ofSeconds(10),
                message ->
                    message instanceof ReportDemand
                        ? FishingOutcomes.complete()
                        : FishingOutcomes.continueAndIgnore())
            .get(0);
  }

  @Test
  void inAClusterWithABudgetNothingGoesUpBeforeTheShareIsKnownAndThenUpToTheShare() {
    attachInClusterOfEight(Mode.ACTIVE);
    assertThat(replicas("web")).isEqualTo(2);
    ReportDemand first = reported();
    assertThat(first.share()).isEmpty();
    assertThat(first.demand().used()).isEqualTo(2);
    assertThat(first.demand().wished()).isEqualTo(6);

    namespace.tell(new UseShare(5));
    tick();
    assertThat(replicas("web")).isEqualTo(5);
    assertThat(reported().share()).contains(5L);
    assertThat(status().gpus().orElseThrow().budget()).contains(5L);
  }

  @Test
  void whileTheControllerIsSilentTheLastShareHolds() {
    attachInClusterOfEight(Mode.ACTIVE);
    namespace.tell(new UseShare(4));
    for (int i = 0; i < 6; i++) {
      tick();
    }

    assertThat(replicas("web")).isEqualTo(4);
  }

  @Test
  void withoutTelemetryTheClusterIsToldWhatIsHeldAndNothingIsWished() {
    attachInClusterOfEight(Mode.ACTIVE);
    assertThat(reported().demand().wished()).isEqualTo(6);
    cluster.metricsFail = new IllegalStateException("no Prometheus");
    tick();

    ReportDemand held = reported();
    assertThat(held.demand().used()).isEqualTo(2);
    assertThat(held.demand().wished()).isEqualTo(2);
    assertThat(held.demand().least()).isEqualTo(2);
  }

  @Test
  void whatIsOnlyWatchedAsksTheClusterForNothing() {
    attachInClusterOfEight(Mode.SHADOW);

    assertThat(reported().demand().wished()).isEqualTo(2);
    assertThat(cluster.last("web").replicas()).isEqualTo(6);
  }
}
