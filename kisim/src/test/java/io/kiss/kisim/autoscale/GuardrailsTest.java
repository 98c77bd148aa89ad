package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GuardrailsTest {
  private final WorkloadSpec workload = Samples.workload();

  /** Up by the double or 4 pods, down by half, 60 s of stabilisation, 2 flaps in 900 s. */
  private final GuardSettings settings = new GuardSettings(2, 4, 0.5, 60, 2, 900, 60, 8, 300);

  private GuardState state;
  private final int[] fired = new int[1];

  @BeforeEach
  void forget() {
    state = new GuardState(5);
  }

  private int propose(double time, int current, int proposal) {
    return apply(Samples.telemetry(time, current, 1), DecisionSource.POLICY, proposal);
  }

  /** As {@link #propose}, a tick after the same was proposed. */
  private int proposeAgain(double time, int current, int proposal) {
    state.addProposal(time - 15, proposal);
    return propose(time, current, proposal);
  }

  private int apply(TelemetryBuffer telemetry, DecisionSource source, int proposal) {
    fired[0] = 0;
    return Guardrails.apply(settings, workload, state, telemetry, source, proposal, fired);
  }

  private Set<Guard> guards() {
    return Guard.ofBits(fired[0]);
  }

  @Test
  void growsByTheDoubleOrFourPodsWhicheverIsMore() {
    assertThat(propose(0, 1, 30)).isEqualTo(5);
    assertThat(guards()).containsExactly(Guard.STEP_UP);
    assertThat(propose(15, 10, 30)).isEqualTo(20);
    assertThat(propose(30, 10, 13)).isEqualTo(13);
    assertThat(guards()).isEmpty();
  }

  @Test
  void shrinksByHalfAtMostAndAlwaysByOneIfAsked() {
    assertThat(proposeAgain(0, 9, 1)).isEqualTo(5);
    assertThat(guards()).containsExactly(Guard.STEP_DOWN);
    state = new GuardState(5);
    assertThat(proposeAgain(0, 2, 1)).isEqualTo(1);
    assertThat(guards()).isEmpty();
  }

  @Test
  void aScaleDownGoesNoLowerThanTheHighestProposalOfTheWindow() {
    assertThat(propose(0, 10, 10)).isEqualTo(10);
    assertThat(propose(15, 10, 8)).isEqualTo(10);
    assertThat(guards()).containsExactly(Guard.STABILISATION);
    assertThat(propose(30, 10, 7)).isEqualTo(10);
    assertThat(propose(45, 10, 7)).isEqualTo(10);
    // At 60 s the proposal of second 0 still counts, at 75 s the highest left is the 8 of 15 s.
    assertThat(propose(60, 10, 7)).isEqualTo(10);
    assertThat(propose(75, 10, 6)).isEqualTo(8);
    assertThat(propose(90, 8, 6)).isEqualTo(7);
  }

  @Test
  void whereNothingIsRememberedOneProposalTakesNothingAway() {
    assertThat(propose(0, 10, 6)).isEqualTo(10);
    assertThat(guards()).containsExactly(Guard.STABILISATION);
    assertThat(propose(15, 10, 6)).isEqualTo(10);
    assertThat(propose(30, 10, 6)).isEqualTo(10);
    assertThat(propose(45, 10, 6)).isEqualTo(10);
    assertThat(propose(60, 10, 6)).isEqualTo(10);
    assertThat(propose(75, 10, 6)).isEqualTo(6);
    // Then silence for longer than the window.
    assertThat(propose(400, 6, 4)).isEqualTo(6);
  }

  @Test
  void whatSomebodyElseSetIsKeptForAStabilisationWindow() {
    assertThat(proposeAgain(0, 4, 4)).isEqualTo(4);
    TelemetryBuffer telemetry = Samples.telemetry(15, 20, 1);
    fired[0] = Guard.EXTERNAL_CHANGE.bit();
    assertThat(
            Guardrails.apply(settings, workload, state, telemetry, DecisionSource.POLICY, 4, fired))
        .isEqualTo(20);
    assertThat(propose(75, 20, 4)).isEqualTo(20);
    assertThat(propose(90, 20, 4)).isEqualTo(10);
  }

  @Test
  void aClockThatIsSetBackNeitherEndsNorProlongsAWait() {
    state.tick(1000);
    assertThat(propose(1000, 10, 10)).isEqualTo(10);
    state.tick(400);
    // As if at 1000: the 10 counts for 60 s more.
    assertThat(propose(400, 10, 6)).isEqualTo(10);
    state.tick(460);
    assertThat(propose(460, 10, 6)).isEqualTo(10);
    state.tick(461);
    assertThat(propose(461, 10, 6)).isEqualTo(6);
  }

  @Test
  void afterTheFlapBudgetIsSpentAScaleDownWaitsUntilAFlapLeavesTheWindow() {
    double time = 0;
    for (int flap = 0; flap < 2; flap++) {
      assertThat(propose(time, 4, 6)).isEqualTo(6);
      assertThat(proposeAgain(time + 100, 6, 4)).isEqualTo(4);
      time += 200;
    }
    // Flaps at 100 s and 300 s.
    assertThat(propose(400, 4, 6)).isEqualTo(6);
    assertThat(proposeAgain(500, 6, 4)).isEqualTo(6);
    assertThat(guards()).containsExactly(Guard.FLAP_BUDGET);
    assertThat(proposeAgain(1000, 6, 4)).isEqualTo(6);
    assertThat(proposeAgain(1101, 6, 4)).isEqualTo(4);
  }

  @Test
  void goingFurtherDownIsNoFlap() {
    assertThat(propose(0, 10, 12)).isEqualTo(12);
    assertThat(proposeAgain(100, 12, 11)).isEqualTo(11);
    assertThat(proposeAgain(200, 11, 10)).isEqualTo(10);
    assertThat(proposeAgain(300, 10, 9)).isEqualTo(9);
    assertThat(proposeAgain(400, 9, 8)).isEqualTo(8);
    assertThat(state.flapsSince(0)).isEqualTo(1);
  }

  @Test
  void asksForNothingMoreWhilePodsAreUnschedulable() {
    TelemetryBuffer telemetry = Samples.telemetry(0, 6, 1);
    telemetry.unschedulableReplicas = 1;
    assertThat(apply(telemetry, DecisionSource.POLICY, 9)).isEqualTo(6);
    assertThat(guards()).containsExactly(Guard.UNSCHEDULABLE);
    assertThat(apply(telemetry, DecisionSource.HOLD, 0)).isEqualTo(6);
  }

  @Test
  void endsInsideTheLimits() {
    assertThat(propose(0, 30, 60)).isEqualTo(40);
    assertThat(guards()).containsExactly(Guard.MAX_REPLICAS);
    state = new GuardState(5);
    assertThat(propose(0, 1, -3)).isEqualTo(1);
    assertThat(guards()).containsExactly(Guard.MIN_REPLICAS);
  }

  @Test
  void theFailsafeRaisesOnlyAfterItsTimeAndNeverInARollout() {
    state.missingSinceSeconds = 100;
    TelemetryBuffer telemetry = Samples.telemetry(399, 3, Double.NaN);
    assertThat(apply(telemetry, DecisionSource.HOLD, 3)).isEqualTo(3);
    telemetry.timeSeconds = 400;
    telemetry.rolloutInProgress = true;
    assertThat(apply(telemetry, DecisionSource.HOLD, 3)).isEqualTo(3);
    telemetry.rolloutInProgress = false;
    // No faster than any other scale-up: from 3 at most to 7.
    assertThat(apply(telemetry, DecisionSource.HOLD, 3)).isEqualTo(7);
    assertThat(guards()).containsExactlyInAnyOrder(Guard.FAILSAFE, Guard.STEP_UP);
    telemetry.desiredReplicas = 7;
    assertThat(apply(telemetry, DecisionSource.HOLD, 7)).isEqualTo(8);
    assertThat(guards()).containsExactly(Guard.FAILSAFE);
    telemetry.desiredReplicas = 9;
    assertThat(apply(telemetry, DecisionSource.HOLD, 9)).isEqualTo(9);
  }
}
