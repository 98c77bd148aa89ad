package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.actors.live.Workload;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.Attachment.Mode;
import io.kiss.actors.protocol.DeploymentOverride;
import io.kiss.actors.protocol.ServiceProfile;
import io.kiss.actors.protocol.WorkloadSettings;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.estimate.ServiceEstimator;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TermsTest {
  private static final ServiceProfile PROFILE = new ServiceProfile("resnet", 0.1, 10, 60);
  private static final ServiceEstimator NOTHING_SEEN = new ServiceEstimator();

  private static WorkloadSettings settings(
      Double slo, Integer min, Integer max, ServiceProfile profile, Double price) {
    return new WorkloadSettings(
        Optional.ofNullable(slo),
        Optional.ofNullable(min),
        Optional.ofNullable(max),
        Optional.ofNullable(profile),
        Optional.ofNullable(price),
        Optional.empty());
  }

  private static Attachment attachment(WorkloadSettings settings, DeploymentOverride... overrides) {
    return new Attachment(
        "local",
        "demo",
        "",
        Mode.ACTIVE,
        30,
        GuardSettings.DEFAULT,
        "",
        settings,
        List.of(overrides),
        Optional.empty());
  }

  private static DeploymentOverride said(WorkloadSettings settings) {
    return new DeploymentOverride("web", Optional.empty(), settings);
  }

  private static Workload workload(Map<String, String> annotations, WorkloadSpec byCluster) {
    return new Workload(
        "web",
        2,
        "1",
        new Workload.Pods(2, 0, false, List.of(), List.of()),
        1,
        annotations,
        Optional.empty(),
        Optional.ofNullable(byCluster));
  }

  private static Workload annotated(String key, String value) {
    return workload(Map.of(key, value), null);
  }

  private static Terms of(Attachment attachment, Workload workload) {
    return Terms.of(
        attachment, workload, new Knowledge(NOTHING_SEEN, Optional.empty(), Optional.empty()));
  }

  private static String refusal(Attachment attachment, Workload workload) {
    Terms terms = of(attachment, workload);
    assertThat(terms.spec()).isEmpty();
    return terms.refusal().orElseThrow();
  }

  /** One replica at {@code rate} requests/s, half busy, 0.2 s each: its capacity is twice that. */
  private static ServiceEstimator seenAt(double rate) {
    ServiceEstimator seen = new ServiceEstimator();
    for (int i = 0; i < 200; i++) {
      seen.observe(
          new TelemetrySample(
              15.0 * i,
              5,
              rate,
              rate,
              0.2,
              0.3,
              0,
              0,
              0.2 * rate,
              0.5,
              1,
              1,
              0,
              false,
              new double[0]));
    }
    return seen;
  }

  @Test
  void
      theDeploymentsOverrideComesBeforeItsAnnotationsThoseBeforeTheNamespaceAndThatBeforeTheCluster() {
    WorkloadSpec byCluster = new WorkloadSpec("web", 4, 40, 4, 0.4, 4, 400, 40, 15);
    WorkloadSettings namespace = settings(3.0, 3, 30, null, 30.0);
    Map<String, String> annotations = Map.of(Terms.SLO, "2000", Terms.MIN, "2", Terms.MAX, "20");
    DeploymentOverride override = said(settings(1.0, 1, null, null, null));

    WorkloadSpec spec =
        of(attachment(namespace, override), workload(annotations, byCluster)).spec().orElseThrow();

    assertThat(spec.sloSeconds()).isEqualTo(1);
    assertThat(spec.minReplicas()).isEqualTo(1);
    assertThat(spec.maxReplicas()).isEqualTo(20);
    assertThat(spec.violationPrice()).isEqualTo(30);
    assertThat(spec.replicaCapacity()).isEqualTo(4);
    assertThat(spec.serviceTimeSeconds()).isEqualTo(0.4);
    assertThat(spec.startupSeconds()).isEqualTo(400);
    assertThat(spec.tickSeconds()).isEqualTo(30);
  }

  @Test
  void anOverrideOfAnotherDeploymentSaysNothing() {
    DeploymentOverride other =
        new DeploymentOverride(
            "other", Optional.of(Mode.OFF), settings(1.0, null, null, null, null));
    Terms terms =
        of(attachment(settings(3.0, 1, 9, PROFILE, null), other), workload(Map.of(), null));
    assertThat(terms.mode()).isEqualTo(Mode.ACTIVE);
    assertThat(terms.spec().orElseThrow().sloSeconds()).isEqualTo(3);
  }

  @Test
  void theUsualMinimumIsOneAndTheUsualPriceTen() {
    WorkloadSpec spec =
        of(attachment(settings(3.0, null, 9, PROFILE, null)), workload(Map.of(), null))
            .spec()
            .orElseThrow();
    assertThat(spec.minReplicas()).isEqualTo(1);
    assertThat(spec.violationPrice()).isEqualTo(10);
  }

  @Test
  void whatNobodyStatedIsRefusedAndNamed() {
    Workload plain = workload(Map.of(), null);
    assertThat(refusal(attachment(settings(null, 1, 9, PROFILE, null)), plain))
        .contains("no SLO is stated")
        .contains("kiss.io/slo-ms");
    assertThat(refusal(attachment(settings(1.0, 1, null, PROFILE, null)), plain))
        .contains("no maximum is stated")
        .contains("kiss.io/max-replicas");
    assertThat(refusal(attachment(settings(1.0, 1, 9, null, null)), plain))
        .contains("not known yet");
  }

  @Test
  void limitsThatContradictEachOtherAreRefused() {
    Workload plain = workload(Map.of(), null);
    assertThat(refusal(attachment(settings(1.0, 9, 3, PROFILE, null)), plain))
        .contains("maxReplicas 3 is below minReplicas 9");
  }

  @Test
  void scalingToZeroIsRefusedWithTheReasonWhoeverAsksForIt() {
    assertThat(refusal(attachment(settings(1.0, 0, 3, PROFILE, null)), workload(Map.of(), null)))
        .contains("activation source");
    assertThat(refusal(attachment(settings(1.0, 1, 3, PROFILE, null)), annotated(Terms.MIN, "0")))
        .contains("activation source");
  }

  @Test
  void annotationsThatCannotBeReadAreRefusedByName() {
    Attachment attachment = attachment(settings(1.0, 1, 9, PROFILE, null));
    assertThat(refusal(attachment, annotated(Terms.SLO, "fast")))
        .isEqualTo("its annotation kiss.io/slo-ms is 'fast', not a number");
    assertThat(refusal(attachment, annotated(Terms.SLO, "-5")))
        .isEqualTo("its annotation kiss.io/slo-ms is '-5', not a positive number");
    assertThat(refusal(attachment, annotated(Terms.PRICE, "NaN"))).contains("a positive number");
    assertThat(refusal(attachment, annotated(Terms.PRICE, "1e999"))).contains("a positive number");
    assertThat(refusal(attachment, annotated(Terms.MAX, "2.5"))).contains("not a whole number");
    assertThat(refusal(attachment, annotated(Terms.MAX, "3000000000"))).contains("a whole number");
    assertThat(Terms.sloSeconds(attachment, annotated(Terms.SLO, "fast"))).isEmpty();
    assertThat(Terms.sloSeconds(attachment, annotated(Terms.SLO, " 250 "))).hasValue(0.25);
  }

  @Test
  void whatTheClusterRefusesOrAnOperatorSwitchedOffIsNotDecidedUpon() {
    Workload taken =
        new Workload(
            "web",
            2,
            "1",
            new Workload.Pods(2, 0, false, List.of(), List.of()),
            1,
            Map.of(),
            Optional.of("the HPA 'web' targets it"),
            Optional.empty());
    Attachment attachment = attachment(settings(1.0, 1, 9, PROFILE, null));
    assertThat(refusal(attachment, taken)).isEqualTo("the HPA 'web' targets it");
    DeploymentOverride off =
        new DeploymentOverride("web", Optional.of(Mode.OFF), WorkloadSettings.NONE);
    assertThat(refusal(attachment.with(off), workload(Map.of(), null)))
        .isEqualTo("it is switched off");
  }

  @Test
  void aProfileComesBeforeEstimates() {
    Terms terms =
        Terms.of(
            attachment(settings(1.0, 1, 9, PROFILE, null)),
            workload(Map.of(), null),
            new Knowledge(seenAt(40), Optional.empty(), Optional.empty()));
    assertThat(terms.spec().orElseThrow().replicaCapacity()).isEqualTo(10);
    assertThat(terms.estimated()).isEmpty();
  }

  @Test
  void whatWasEstimatedIsNamedAndAStartUpThatNobodySawIsAssumed() {
    Terms terms = estimated(seenAt(40), Optional.empty());
    WorkloadSpec spec = terms.spec().orElseThrow();
    assertThat(spec.replicaCapacity()).isCloseTo(80, within(1e-9));
    assertThat(spec.serviceTimeSeconds()).isCloseTo(0.2, within(1e-9));
    assertThat(spec.startupSeconds()).isEqualTo(180);
    assertThat(terms.estimated())
        .containsExactly("serviceTimeSeconds", "replicaCapacity", "startupSeconds (assumed)");
  }

  @Test
  void anEstimateReplacesTheOneInUseOnlyWhereItDiffersByMoreThanATenth() {
    Terms first = estimated(seenAt(40), Optional.empty());
    Terms near = estimated(seenAt(43), Optional.of(first));
    assertThat(near).isEqualTo(first);
    // Nor does it creep: the one in use is still 80, and 90 is more than a tenth above.
    Terms far = estimated(seenAt(45), Optional.of(near));
    assertThat(far.spec().orElseThrow().replicaCapacity()).isCloseTo(90, within(1e-9));
  }

  @Test
  void whatIsRememberedStandsUntilItIsSeenAgainAndOnlyForWhatNobodyStates() {
    WorkloadSpec then = new WorkloadSpec("web", 3, 4, 9, 0.5, 30, 44, 1, 15);
    Terms remembered = remembering(NOTHING_SEEN, then, null);
    assertThat(remembered.spec()).contains(new WorkloadSpec("web", 1, 9, 1, 0.5, 30, 44, 10, 30));
    assertThat(remembered.estimated())
        .containsExactly(
            "serviceTimeSeconds (remembered)",
            "replicaCapacity (remembered)",
            "startupSeconds (remembered)");
    WorkloadSpec seen = remembering(seenAt(40), then, null).spec().orElseThrow();
    assertThat(seen.replicaCapacity()).isCloseTo(80, within(1e-9));
    assertThat(seen.startupSeconds()).isEqualTo(44);
    assertThat(remembering(seenAt(40), then, PROFILE).spec().orElseThrow().startupSeconds())
        .isEqualTo(60);
  }

  @Test
  void aStartUpThatWasAssumedThenIsStillCalledAssumed() {
    WorkloadSpec then = new WorkloadSpec("web", 3, 4, 9, 0.5, 30, 180, 1, 15);
    assertThat(remembering(NOTHING_SEEN, then, null).estimated())
        .containsExactly(
            "serviceTimeSeconds (remembered)",
            "replicaCapacity (remembered)",
            "startupSeconds (assumed)");
  }

  private static Terms remembering(
      ServiceEstimator seen, WorkloadSpec then, ServiceProfile profile) {
    return Terms.of(
        attachment(settings(1.0, 1, 9, profile, null)),
        workload(Map.of(), null),
        new Knowledge(seen, Optional.empty(), Optional.of(then)));
  }

  private static Terms estimated(ServiceEstimator seen, Optional<Terms> before) {
    return Terms.of(
        attachment(settings(1.0, 1, 9, null, null)),
        workload(Map.of(), null),
        new Knowledge(seen, before.flatMap(Terms::spec), Optional.empty()));
  }

  private static WorkloadSettings priority(int priority) {
    return new WorkloadSettings(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(priority));
  }

  @Test
  void thePriorityOfTheOverrideComesBeforeTheAnnotationsAndThatBeforeTheNamespaces() {
    Workload annotated = annotated(Terms.PRIORITY, " -7 ");
    Workload bare = workload(Map.of(), null);

    assertThat(Terms.priority(attachment(priority(3), said(priority(9))), annotated)).isEqualTo(9);
    assertThat(Terms.priority(attachment(priority(3)), annotated)).isEqualTo(-7);
    assertThat(Terms.priority(attachment(priority(3)), bare)).isEqualTo(3);
    assertThat(Terms.priority(attachment(WorkloadSettings.NONE), bare)).isZero();
  }

  @Test
  void aPriorityThatIsNoNumberIsRefusedByItsName() {
    assertThat(refusal(attachment(priority(3)), annotated(Terms.PRIORITY, "high")))
        .isEqualTo("its annotation kiss.io/priority is 'high', not a whole number");
  }
}
