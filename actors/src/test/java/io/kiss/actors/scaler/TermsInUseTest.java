package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.actors.live.DecisionRecord.Outcome;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.Attachment.Mode;
import io.kiss.actors.protocol.DeploymentOverride;
import io.kiss.actors.protocol.NamespaceProtocol.Attach;
import io.kiss.actors.protocol.NamespaceProtocol.DeploymentStatus;
import io.kiss.actors.protocol.WorkloadSettings;
import io.kiss.actors.scaler.FakeCluster.Deployment;
import io.kiss.actors.scaler.FakeCluster.Write;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** What decisions about single Deployments go by, seen from outside. */
class TermsInUseTest extends NamespaceFixture {
  private static final WorkloadSettings LIMITS =
      new WorkloadSettings(
          Optional.of(0.5),
          Optional.of(6),
          Optional.of(50),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  private static Attachment active(WorkloadSettings settings, DeploymentOverride... overrides) {
    return new Attachment(
        "local",
        "demo",
        "",
        Mode.ACTIVE,
        TICK,
        GuardSettings.DEFAULT,
        "",
        settings,
        List.of(overrides),
        Optional.empty());
  }

  private static DeploymentOverride mode(Mode mode) {
    return new DeploymentOverride("web", Optional.of(mode), WorkloadSettings.NONE);
  }

  private void say(Attachment attachment) {
    namespace.tell(new Attach(attachment, Assignment.NONE, Optional.empty()));
  }

  /**
   * 100 requests/s on two replicas whose GPUs are half busy: 100 / 2 / 0.5 = 100 requests/s a
   * replica. Known at the fourth tick after replicas stayed for a minute, which is the eighth.
   */
  @Test
  void aWorkloadWithoutProfileIsWatchedUntilItsCapacityIsEstimatedAndThenScaled() {
    cluster.put("web", new Deployment(2, 1, 100, Optional.empty(), false));
    cluster.put("other", Deployment.of(6, 30));
    say(active(LIMITS));
    awaitTick(1);
    for (int i = 2; i <= 7; i++) {
      tick();
    }
    assertThat(status("web").refusal().orElseThrow())
        .contains("not known yet")
        .contains("watched until it is seen");
    assertThat(status("web").mode()).isEqualTo(Mode.OFF);
    assertThat(cluster.attempts()).isEmpty();

    pass();
    soon().until(() -> !cluster.attempts().isEmpty());
    // The minimum is six.
    assertThat(cluster.attempts()).containsExactly(new Write("web", 6, "1"));
    soon().untilAsserted(() -> assertThat(status("web").decisions()).isEqualTo(1));
    DeploymentStatus known = status("web");
    assertThat(known.refusal()).isEmpty();
    assertThat(known.mode()).isEqualTo(Mode.ACTIVE);
    WorkloadSpec spec = known.workload().orElseThrow();
    assertThat(spec.replicaCapacity()).isCloseTo(100, within(1e-9));
    assertThat(spec.serviceTimeSeconds()).isCloseTo(0.1, within(1e-9));
    assertThat(known.estimated())
        .containsExactly("serviceTimeSeconds", "replicaCapacity", "startupSeconds (assumed)");
  }

  @Test
  void whatWasEstimatedIsRememberedByTheNodeThatTakesOverOnceTheJournalAnswers() {
    cluster.put("web", new Deployment(6, 1, 100, Optional.empty(), false));
    say(active(LIMITS));
    ticksUntil(() -> cluster.batches() > 0);
    WorkloadSpec before = status("web").workload().orElseThrow();
    kit.stop(namespace);

    namespace = spawn("node-2");
    cluster.journalFails = new IllegalStateException("the database is away");
    say(active(LIMITS));
    ticksUntil(() -> !status().deployments().isEmpty());
    assertThat(status("web").refusal().orElseThrow()).contains("not known yet");
    cluster.journalFails = null;
    ticksUntil(() -> status("web").workload().isPresent());
    assertThat(status("web").workload()).contains(before);
    assertThat(status("web").estimated())
        .containsExactly(
            "serviceTimeSeconds (remembered)",
            "replicaCapacity (remembered)",
            "startupSeconds (assumed)");
    assertThat(status("web").mode()).isEqualTo(Mode.ACTIVE);
  }

  private void ticksUntil(Callable<Boolean> seen) {
    soon()
        .until(
            () -> {
              pass();
              return seen.call();
            });
  }

  @Test
  void aDeploymentInShadowIsNotWrittenWhereItsNamespaceIsActive() {
    cluster.put("other", Deployment.of(2, 100));
    say(active(WorkloadSettings.NONE, mode(Mode.SHADOW)));
    awaitTick(1);

    assertThat(cluster.attempts()).containsExactly(new Write("other", 6, "1"));
    assertThat(cluster.last("web").outcome()).isEqualTo(Outcome.SHADOWED);
    assertThat(cluster.last("web").replicas()).isEqualTo(6);
    assertThat(status("web").mode()).isEqualTo(Mode.SHADOW);
    assertThat(status("other").mode()).isEqualTo(Mode.ACTIVE);
  }

  @Test
  void aDeploymentThatIsSwitchedOffIsShownAndNotDecidedUpon() {
    cluster.put("other", Deployment.of(2, 100));
    say(active(WorkloadSettings.NONE, mode(Mode.OFF)));
    awaitTick(1);

    assertThat(cluster.attempts()).containsExactly(new Write("other", 6, "1"));
    assertThat(status("web").refusal()).contains("it is switched off");
    assertThat(status("web").decisions()).isZero();
    assertThat(metrics.scalers()).isEqualTo(1);
  }

  @Test
  void whatIsSaidOfADeploymentHoldsFromTheNextTickOn() {
    say(active(WorkloadSettings.NONE, mode(Mode.SHADOW)));
    awaitTick(1);
    assertThat(cluster.attempts()).isEmpty();

    WorkloadSettings atMostFour =
        new WorkloadSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.of(4),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    say(active(WorkloadSettings.NONE, new DeploymentOverride("web", Optional.empty(), atMostFour)));
    tick();
    assertThat(cluster.attempts()).containsExactly(new Write("web", 4, "1"));

    say(active(WorkloadSettings.NONE));
    tick();
    // From 4: at most max(2·4, 4+4) = 8.
    assertThat(cluster.attempts().get(1)).isEqualTo(new Write("web", 8, "2"));
  }
}
