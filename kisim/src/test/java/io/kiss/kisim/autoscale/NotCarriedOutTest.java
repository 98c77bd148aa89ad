package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.telemetry.TelemetrySample;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A wish that was not carried out, as in shadow mode, leaves no trace but the load it saw. */
class NotCarriedOutTest {
  private static final WorkloadSpec SPEC = new WorkloadSpec("web", 1, 50, 0.5, 0.1, 10, 60, 10, 15);

  /** Without stabilisation, so that a low rate asks for less at once. */
  private static final GuardSettings GUARDS = new GuardSettings(2.0, 4, 0.5, 0, 1, 900, 60, 0, 300);

  private static TelemetrySample sample(double time, int desired, double rate) {
    return new TelemetrySample(
        time, 5, rate, rate, 0.1, 0.2, 0, 0, 1, 0.5, desired, desired, 0, false, new double[0]);
  }

  private static KiScaler scaler() {
    return new KiScaler(SPEC, GUARDS, Optional.empty());
  }

  @Test
  void theOldReplicasAreNotTakenForSomebodyElsesChange() {
    KiScaler told = scaler();
    KiScaler untold = scaler();
    for (KiScaler scaler : new KiScaler[] {told, untold}) {
      assertThat(scaler.decide(sample(0, 4, 100))).isGreaterThan(4);
    }
    told.notCarriedOut();

    assertThat(told.explain(sample(15, 4, 100)).guards()).doesNotContain(Guard.EXTERNAL_CHANGE);
    assertThat(untold.explain(sample(15, 4, 100)).guards()).contains(Guard.EXTERNAL_CHANGE);
  }

  /** With a flap budget of one, a second down after an up is held; shadow wishes spend nothing. */
  @Test
  void wishesThatNeverHappenedSpendNoFlapBudget() {
    KiScaler shadow = scaler();
    KiScaler acting = scaler();
    for (int i = 0; i < 6; i++) {
      double rate = i % 2 == 0 ? 100 : 10;
      shadow.decide(sample(15 * i, 4, rate));
      shadow.notCarriedOut();
      acting.decide(sample(15 * i, 4, rate));
    }
    acting.decide(sample(90, 4, 100));
    shadow.decide(sample(90, 4, 100));
    shadow.notCarriedOut();

    assertThat(shadow.explain(sample(105, 4, 10)).guards()).doesNotContain(Guard.FLAP_BUDGET);
    assertThat(acting.explain(sample(105, 4, 10)).guards()).contains(Guard.FLAP_BUDGET);
  }

  @Test
  void sayingItTwiceOrWhereNothingWasChangedDoesNothing() {
    KiScaler scaler = scaler();
    int before = scaler.decide(sample(0, 4, 100));
    scaler.decide(sample(15, before, 100));
    scaler.notCarriedOut();
    byte[] once = scaler.saveState();
    scaler.notCarriedOut();
    assertThat(scaler.saveState()).isEqualTo(once);
  }
}
