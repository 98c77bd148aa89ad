package io.kiss.kisim.autoscale.opponents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.QueueingRule;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One server a replica, 10 requests/s each, 0.4 s to wait inside the SLO. */
class QueueingTest {
  private static Autoscaler scaler(String text) {
    return AutoscalerChoice.parse(text).create(Tick.workload());
  }

  @Test
  void asksForTheFewestReplicasByErlangCAndAllenCunneen() {
    // 5/s on one: P(wait) = 0.5, P(wait > 0.4) = 0.5 exp(-5 * 0.4 / 0.5) = 0.009: one will do.
    assertThat(scaler("queueing").decide(Tick.rate(0, 1, 5))).isEqualTo(1);
    // 8/s on one: 0.8 exp(-2 * 0.4 / 0.5) = 0.16; on two a = 0.8: a^2 / (2 + a) = 0.229,
    // 0.229 exp(-12 * 0.4 / 0.5) = 1.6e-5.
    assertThat(scaler("queueing").decide(Tick.rate(0, 1, 8))).isEqualTo(2);
    // With exponential service (cv 1) the exponent halves: 5/s on one is 0.5 exp(-2) = 0.068.
    assertThat(scaler("queueing:service-cv=1").decide(Tick.rate(0, 1, 5))).isEqualTo(2);
    assertThat(scaler("queueing:service-cv=1").decide(Tick.rate(0, 1, 4.4))).isEqualTo(1);
  }

  @Test
  void aQueueThatIsThereNowIsWorkedOffInTheStatedTime() {
    // 300 waiting, 20/s arriving, 60 s: (300 + 1200) / (10 * 60.4) = 2.48: 3. Within 20 s:
    // (300 + 400) / (10 * 20.4) = 3.43: 4.
    TelemetryBuffer backlog = Tick.rate(0, 2, 20);
    backlog.queuedRequests = 300;
    assertThat(QueueingRule.replicas(Tick.workload(), 20)).isEqualTo(3);
    assertThat(scaler("queueing").decide(backlog)).isEqualTo(3);
    assertThat(scaler("queueing:drain=20").decide(backlog)).isEqualTo(4);
    // 3000 waiting: (3000 + 1200) / 604 = 6.95.
    backlog.queuedRequests = 3000;
    assertThat(scaler("queueing").decide(backlog)).isEqualTo(7);
    backlog.queuedRequests = 1e9;
    assertThat(scaler("queueing").decide(backlog)).isEqualTo(40);
  }

  @Test
  void workingOffBySteppingThroughTimeTakesNoLongerAndOneLessWouldNotDo() {
    WorkloadSpec workload = Tick.wide();
    for (double queued : new double[] {50, 400, 2500}) {
      for (double rate : new double[] {0, 33, 120}) {
        int n = QueueingRule.replicasToDrain(workload, rate, queued, 45);
        assertThat(waitAfter(queued, rate, n, 45)).isLessThanOrEqualTo(0.4 + 1e-6);
        if (n > 1) {
          assertThat(waitAfter(queued, rate, n - 1, 45)).isGreaterThan(0.4);
        }
      }
    }
  }

  /** What a request arriving then would wait, the queue going down millisecond by millisecond. */
  private static double waitAfter(double queued, double rate, int replicas, double seconds) {
    double left = queued;
    for (int ms = 0; ms < seconds * 1000; ms++) {
      left = left + (rate - 10 * replicas) / 1000;
    }
    return left / (10 * replicas);
  }

  @Test
  void goesDownToTheHighestWishOfItsWindowAndUpAtOnce() {
    Autoscaler queueing = scaler("queueing:stabilisation=60");
    assertThat(queueing.decide(Tick.rate(0, 6, 40))).isEqualTo(5);
    assertThat(queueing.decide(Tick.rate(15, 5, 1))).isEqualTo(5);
    assertThat(queueing.decide(Tick.rate(45, 5, 1))).isEqualTo(5);
    assertThat(queueing.decide(Tick.rate(60, 5, 1))).isEqualTo(1);
    assertThat(queueing.decide(Tick.rate(75, 1, 40))).isEqualTo(5);
  }

  @Test
  void learnsFromTheMeasuredLatencyWhatTheFormulaMisses() {
    // 20/s on 4 of 10/s: load 0.5. The formula says about 0.1 s: a = 2 on 4 servers, Erlang-C
    // 0.1739, and 0.5 ln(0.1739 / 0.05) / 20 = 0.031 to wait, so 0.131 s. Measured are 0.431 s:
    // 0.3 more, 0.6 a unit of load, of which a fifth counts at first: 0.12; then 0.216.
    LatencyCorrection correction = new LatencyCorrection(Tick.workload(), 0.5);
    double formula = 0.1 + 0.5 * Math.log(4.0 / 23 / 0.05) / 20;
    for (int t = 0; t <= 45; t += 15) {
      correction.observe(slow(t, 4, formula + 0.3));
      assertThat(correction.secondsPerLoad()).as("not steady for a minute").isZero();
    }
    correction.observe(slow(60, 4, formula + 0.3));
    assertThat(correction.secondsPerLoad()).isCloseTo(0.12, within(1e-9));
    correction.observe(slow(75, 4, formula + 0.3));
    assertThat(correction.secondsPerLoad()).isCloseTo(0.216, within(1e-9));
    // Other replicas or pending ones begin a new minute; what is missing says nothing.
    correction.observe(slow(90, 5, 9));
    correction.observe(Tick.pending(slow(105, 6, 9), 1));
    correction.observe(Tick.blind(400, 5));
    assertThat(correction.secondsPerLoad()).isCloseTo(0.216, within(1e-9));
  }

  @Test
  void asksForEnoughReplicasToBringTheMissedLatencyDownToo() {
    // 20/s with 1.2 s a unit of load: on n replicas 2.4 / n more. 0.4 s are left: n = 6 leaves
    // 0.1 + 0.4 and what little waits: with a = 2 on 6 servers nobody of 95 %. So 6, not 3.
    assertThat(QueueingRule.replicas(Tick.workload(), 20, 0.5, 0)).isEqualTo(3);
    assertThat(QueueingRule.replicas(Tick.workload(), 20, 0.5, 1.2)).isEqualTo(6);
    assertThat(QueueingRule.replicas(Tick.workload(), 20, 0.5, 1.21)).isEqualTo(7);
    List<Integer> learnt = Tick.run(scaler("queueing"), 0, 900, 4, t -> slow(t, 4, 0.7));
    List<Integer> formula =
        Tick.run(scaler("queueing:correct=false"), 0, 900, 4, t -> slow(t, 4, 0.7));
    assertThat(learnt.get(60)).isGreaterThan(formula.get(60));
  }

  private static TelemetryBuffer slow(double time, int replicas, double p95) {
    TelemetryBuffer t = Tick.rate(time, replicas, 20);
    t.p95LatencySeconds = p95;
    return t;
  }

  @Test
  void holdsWithoutARate() {
    assertThat(scaler("queueing").decide(Tick.blind(0, 9))).isEqualTo(9);
    assertThat(scaler("forecast").decide(Tick.blind(0, 9))).isEqualTo(9);
  }

  @Test
  void theForecastIsDampedHoltWintersByHand() {
    // α = 0.5, β = 0.2, φ = 0.9: after 10, 14: l = 0.5 * 14 + 0.5 * 10 = 12, b = 0.2 * 2 = 0.4;
    // two ahead 12 + (0.9 + 0.81) * 0.4 = 12.684. Then 12: l = 6 + 0.5 * 12.36 = 12.18,
    // b = 0.2 * 0.18 + 0.8 * 0.36 = 0.324.
    HoltWinters smoothing = new HoltWinters(0.5, 0.2, 0, 0.9, 0);
    assertThat(smoothing.ahead(1)).isNaN();
    smoothing.add(10);
    assertThat(smoothing.ahead(5)).isEqualTo(10);
    smoothing.add(14);
    assertThat(smoothing.ahead(2)).isCloseTo(12.684, within(1e-12));
    smoothing.add(12);
    assertThat(smoothing.ahead(1)).isCloseTo(12.18 + 0.9 * 0.324, within(1e-12));
    // A missing value is what was expected: level 12.18 + 0.2916, trend 0.2916.
    smoothing.add(Double.NaN);
    assertThat(smoothing.ahead(1)).isCloseTo(12.4716 + 0.9 * 0.2916, within(1e-12));
  }

  @Test
  void aSeasonIsLearntAndExpectedAgain() {
    HoltWinters smoothing = new HoltWinters(0.2, 0.05, 0.5, 0.9, 4);
    double[] season = {10, 30, 20, 0};
    for (int i = 0; i < 4 * 200; i++) {
      smoothing.add(100 + season[i % 4]);
    }
    for (int h = 1; h <= 8; h++) {
      assertThat(smoothing.ahead(h)).isCloseTo(100 + season[(h - 1) % 4], within(0.1));
    }
  }

  @Test
  void asksEarlyForWhatARampWillNeedWhenPodsAreReady() {
    // 1/s more each 15 s, start-up 60 s: the forecast looks 75 s ahead. At 40/s the trend is about
    // 1 a step, damped by 0.95: 40 + 0.95 + ... + 0.95^5 = 44.3 at most.
    Autoscaler forecast = scaler("forecast:correct=false");
    Autoscaler queueing = scaler("queueing:correct=false");
    List<Integer> early = Tick.run(forecast, 0, 600, 1, t -> Tick.rate(t, 0, t / 15));
    List<Integer> late = Tick.run(queueing, 0, 600, 1, t -> Tick.rate(t, 0, t / 15));
    assertThat(early.get(40)).isEqualTo(QueueingRule.replicas(Tick.workload(), 44));
    int ahead = 0;
    for (int i = 0; i < late.size(); i++) {
      assertThat(early.get(i)).isGreaterThanOrEqualTo(late.get(i));
      ahead += early.get(i) > late.get(i) ? 1 : 0;
    }
    assertThat(ahead).isGreaterThan(8);
  }

  @Test
  void theForecastIsCausalItsDecisionsDoNotDependOnWhatComes() {
    List<Integer> quiet = Tick.run(scaler("forecast"), 0, 900, 3, t -> Tick.rate(t, 0, 20));
    List<Integer> spike =
        Tick.run(scaler("forecast"), 0, 900, 3, t -> Tick.rate(t, 0, t > 450 ? 200 : 20));
    assertThat(spike.subList(0, 31)).isEqualTo(quiet.subList(0, 31));
    assertThat(spike.get(31)).isGreaterThan(quiet.get(31));
  }

  @Test
  void staticHoldsWhatItIsToldOrWhatItFinds() {
    assertThat(Tick.run(scaler("static:replicas=3"), 0, 60, 7, t -> Tick.rate(t, 0, 900)))
        .containsOnly(3);
    assertThat(Tick.run(scaler("static"), 0, 60, 7, t -> Tick.blind(t, 0))).containsOnly(7);
    assertThat(scaler("static:replicas=99").decide(Tick.at(0, 1))).isEqualTo(40);
  }
}
