package io.kiss.kisim.estimate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ServiceEstimatorTest {
  private final ServiceEstimator estimator = new ServiceEstimator();
  private double time;

  /** Two replicas, 20 requests/s, 0.1 s each by Little's law, GPUs 40 % busy. */
  private static TelemetryBuffer quiet() {
    TelemetryBuffer t = new TelemetryBuffer(8);
    t.sampleAgeSeconds = 5;
    t.arrivalRate = 20;
    t.completionRate = 20;
    t.p50LatencySeconds = 0.12;
    t.p95LatencySeconds = 0.2;
    t.queuedRequests = 0;
    t.runningRequests = 2;
    t.gpuUtilisation = 0.4;
    t.desiredReplicas = 2;
    t.readyReplicas = 2;
    return t;
  }

  private void see(TelemetryBuffer telemetry, int times) {
    for (int i = 0; i < times; i++) {
      telemetry.timeSeconds = time;
      estimator.observe(telemetry);
      time += 15;
    }
  }

  private static void about(OptionalDouble estimate, double truth) {
    assertThat(estimate.orElseThrow()).isCloseTo(truth, within(1e-9 * truth));
  }

  @Test
  void nothingIsKnownUntilItWasSeenFourTimesWithReplicasThatStayedForAMinute() {
    // Ticks at 0, 15, 30 and 45 s are too soon after the first sight.
    see(quiet(), 7);
    assertThat(estimator.replicaCapacity()).isEmpty();
    assertThat(estimator.serviceTimeSeconds()).isEmpty();
    assertThat(estimator.startupSeconds()).isEmpty();
    see(quiet(), 1);
    about(estimator.replicaCapacity(), 20 / 2 / 0.4);
    assertThat(estimator.startupSeconds()).isEmpty();
  }

  @Test
  void theServiceTimeIsTheMedianLatencyUntilThirtyRequestsWereSeenInService() {
    see(quiet(), 4 + 14);
    about(estimator.serviceTimeSeconds(), 0.12);
    // 2 at a time: the fifteenth makes it 30.
    see(quiet(), 1);
    about(estimator.serviceTimeSeconds(), 2 / 20.0);
  }

  @Test
  void atFullLoadBatchesTakeLongerAndDoNotCountAsServiceTime() {
    TelemetryBuffer full = quiet();
    full.completionRate = 100;
    full.arrivalRate = 100;
    full.runningRequests = 40;
    see(quiet(), 4 + 20);
    see(full, 20);
    about(estimator.serviceTimeSeconds(), 0.1);
  }

  @Test
  void anOverloadThatWasThereFromTheStartIsEndedByWhatFullBatchesTakeUntilOneIsSeenWithout() {
    TelemetryBuffer full = quiet();
    full.arrivalRate = 120;
    full.completionRate = 100;
    full.queuedRequests = 50;
    full.runningRequests = 40;
    see(full, 4 + 4);
    about(estimator.replicaCapacity(), 50);
    about(estimator.serviceTimeSeconds(), 0.4);
    see(quiet(), 15);
    about(estimator.serviceTimeSeconds(), 0.1);
  }

  @Test
  void aQueueThatIsBeingWorkedOffDoesNotShortenTheServiceTime() {
    TelemetryBuffer afterwards = quiet();
    // The window still counts what the queue gave; in service is what comes in now.
    afterwards.completionRate = 40;
    see(afterwards, 4 + 60);
    see(quiet(), 15);
    about(estimator.serviceTimeSeconds(), 0.1);
    see(afterwards, 60);
    about(estimator.serviceTimeSeconds(), 0.1);
  }

  @Test
  void afterAGapRatesTeachNothingUntilTheirWindowIsFullAgain() {
    TelemetryBuffer missing = quiet();
    missing.completionRate = Double.NaN;
    TelemetryBuffer halfAWindow = quiet();
    halfAWindow.completionRate = 10;
    halfAWindow.arrivalRate = 10;
    see(quiet(), 4 + 15);
    see(missing, 1);
    see(halfAWindow, 3);
    see(quiet(), 15);
    about(estimator.serviceTimeSeconds(), 0.1);
    time += 120;
    see(halfAWindow, 3);
    see(quiet(), 15);
    about(estimator.serviceTimeSeconds(), 0.1);
  }

  @Test
  void whereRequestsWaitAtEveryReplicaItIsTheCapacityThatIsCompleted() {
    TelemetryBuffer saturated = quiet();
    saturated.arrivalRate = 90;
    saturated.completionRate = 60;
    saturated.queuedRequests = 50;
    saturated.gpuUtilisation = 1;
    see(quiet(), 10);
    see(saturated, 3);
    about(estimator.replicaCapacity(), 25);
    see(saturated, 1);
    about(estimator.replicaCapacity(), 30);
  }

  @Test
  void aQueueThatOnlyWaitsForItsBatchDoesNotHideWhatFullBatchesDo() {
    TelemetryBuffer batching = quiet();
    batching.queuedRequests = 4;
    TelemetryBuffer saturated = quiet();
    saturated.arrivalRate = 90;
    saturated.completionRate = 60;
    saturated.queuedRequests = 50;
    see(batching, 4 + 20);
    see(saturated, 10);
    about(estimator.replicaCapacity(), 30);
  }

  @Test
  void whatIsMissingOrInARolloutTeachesNothing() {
    TelemetryBuffer missing = quiet();
    missing.completionRate = Double.NaN;
    see(missing, 20);
    TelemetryBuffer rollout = quiet();
    rollout.rolloutInProgress = true;
    see(rollout, 20);
    TelemetryBuffer rateOnly = quiet();
    rateOnly.p50LatencySeconds = Double.NaN;
    rateOnly.queuedRequests = Double.NaN;
    rateOnly.runningRequests = Double.NaN;
    rateOnly.gpuUtilisation = Double.NaN;
    see(rateOnly, 20);
    assertThat(estimator.replicaCapacity()).isEmpty();
    assertThat(estimator.serviceTimeSeconds()).isEmpty();
  }

  @Test
  void whileReplicasComeAndGoRatesOverAWindowAreNotHeldAgainstThem() {
    for (int i = 0; i < 40; i++) {
      TelemetryBuffer t = quiet();
      t.readyReplicas = 2 + i / 3 % 2;
      see(t, 1);
    }
    assertThat(estimator.replicaCapacity()).isEmpty();
  }

  @Test
  void aPodsStartUpIsItsAgeWhenItIsSeenReadyLessHalfATick() {
    TelemetryBuffer waiting = quiet();
    waiting.pendingReplicas = 1;
    for (int age : new int[] {10, 25, 40}) {
      waiting.pendingAgesSeconds[0] = age;
      see(waiting, 1);
    }
    assertThat(estimator.startupSeconds()).isEmpty();
    TelemetryBuffer ready = quiet();
    ready.readyReplicas = 3;
    see(ready, 1);
    // Between 40 s and 55 s.
    about(estimator.startupSeconds(), 47.5);
  }

  @Test
  void aPodThatWasReadyBeforeIsNoStartUpWhenItIsReadyAgain() {
    see(quiet(), 10);
    TelemetryBuffer lost = quiet();
    lost.readyReplicas = 1;
    lost.pendingReplicas = 1;
    for (int age : new int[] {1600, 1615}) {
      lost.pendingAgesSeconds[0] = age;
      see(lost, 1);
    }
    see(quiet(), 1);
    assertThat(estimator.startupSeconds()).isEmpty();
  }

  @Test
  void aPendingPodThatIsDeletedHasNoStartUp() {
    TelemetryBuffer waiting = quiet();
    waiting.pendingReplicas = 1;
    waiting.pendingAgesSeconds[0] = 10;
    see(waiting, 1);
    see(quiet(), 1);
    assertThat(estimator.startupSeconds()).isEmpty();
  }
}
