package io.kiss.kisim.autoscale.opponents;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Published figures: saturated from 5 waiting on, 3 to spare; the HPA at once where told to. */
class LlmdWvaTest {
  private static final String AT_ONCE = ":up-stabilisation=0,stabilisation=0,up-period=15";

  private static Autoscaler wva(String settings) {
    return AutoscalerChoice.parse("wva" + settings).create(Tick.workload());
  }

  private static TelemetryBuffer queue(double time, int replicas, double waitingEach) {
    TelemetryBuffer t = Tick.at(time, replicas);
    t.queuedRequests = waitingEach * replicas;
    return t;
  }

  @Test
  void addsOneReplicaWhenTooLittleIsSpareOnAverage() {
    // 2 waiting leave 3 to spare: enough. 2.1 leave 2.9.
    assertThat(wva(AT_ONCE).decide(queue(0, 4, 2))).isEqualTo(4);
    assertThat(wva(AT_ONCE).decide(queue(0, 4, 2.1))).isEqualTo(5);
    // Saturated replicas have nothing to spare.
    assertThat(wva(AT_ONCE).decide(queue(0, 4, 5))).isEqualTo(5);
  }

  @Test
  void removesOneOnlyWhereTheOthersKeepTheirSpareAfterTakingOver() {
    // 4 with 1.5 each: 3 would have 2. 4 with 1.51: 2.013, too much.
    assertThat(wva(AT_ONCE).decide(queue(0, 4, 1.5))).isEqualTo(3);
    assertThat(wva(AT_ONCE).decide(queue(0, 4, 1.51))).isEqualTo(4);
    // The last but one may go, the last may not.
    assertThat(wva(AT_ONCE).decide(queue(0, 2, 0))).isEqualTo(1);
    assertThat(wva(AT_ONCE).decide(queue(0, 1, 0))).isEqualTo(1);
  }

  @Test
  void decidesNothingWhileReplicasAreOnTheirWay() {
    assertThat(wva(AT_ONCE).decide(Tick.pending(queue(0, 4, 9), 2))).isEqualTo(4);
    // 5 at 0 s; at 60 s it is not ready yet, so 5 stays in spite of the queue; at 120 s it is.
    Autoscaler wva = wva(AT_ONCE);
    assertThat(wva.decide(queue(0, 4, 4))).isEqualTo(5);
    assertThat(wva.decide(Tick.pending(queue(60, 5, 9), 1))).isEqualTo(5);
    assertThat(wva.decide(queue(120, 5, 9))).isEqualTo(6);
  }

  @Test
  void looksOnceAnIntervalAtTheHighestFiguresOfTheLastMinute() {
    Autoscaler wva = wva(AT_ONCE);
    assertThat(wva.decide(queue(0, 4, 2))).isEqualTo(4);
    assertThat(wva.decide(queue(15, 4, 4))).isEqualTo(4);
    assertThat(wva.decide(queue(30, 4, 0))).isEqualTo(4);
    assertThat(wva.decide(queue(45, 4, 0))).isEqualTo(4);
    // 4 waiting at 15 s are in the minute before 60 s.
    assertThat(wva.decide(queue(60, 4, 0))).isEqualTo(5);
  }

  @Test
  void theHpaThatCarriesItOutLosesStepsInsideItsTolerance() {
    // 10 to 11 is a ratio of 1.1, 9 to 10 is 1.11; 10 to 9 is 0.9, 9 to 8 is 0.89.
    assertThat(wva(AT_ONCE).decide(queue(0, 9, 9))).isEqualTo(10);
    assertThat(wva(AT_ONCE).decide(queue(0, 10, 9))).isEqualTo(10);
    assertThat(wva(AT_ONCE).decide(queue(0, 10, 0))).isEqualTo(10);
    assertThat(wva(AT_ONCE).decide(queue(0, 9, 0))).isEqualTo(8);
    assertThat(wva(AT_ONCE + ",tolerance=0").decide(queue(0, 30, 9))).isEqualTo(31);
  }

  @Test
  void theChartsHpaWaitsFourMinutesEitherWay() {
    // Lowest wish of (t - 240, t]: what it found at 0 s, then 5 from the first tick on.
    List<Integer> decisions = Tick.run(wva(""), 0, 255, 4, t -> queue(t, 4, 4));
    assertThat(decisions.subList(0, 16)).containsOnly(4);
    assertThat(decisions.get(16)).isEqualTo(5);
  }

  @Test
  void withoutAnyFigureItHoldsAndWithoutTheKvCacheTheQueueAloneDecides() {
    assertThat(Tick.run(wva(AT_ONCE), 0, 300, 6, t -> Tick.blind(t, 6))).containsOnly(6);
    assertThat(Signal.KV.total(queue(0, 4, 1), Tick.workload())).isNaN();
  }
}
