package io.kiss.kisim.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.cluster.ClusterSpec;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.telemetry.TelemetrySettings;
import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.ClosedTraffic;
import io.kiss.kisim.traffic.Traffic;
import io.kiss.kisim.traffic.pattern.ClientSettings;
import io.kiss.kisim.traffic.pattern.LoadPatterns;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Deployments that share their users. */
class SharedServiceTest {
  private static final int SECONDS = 120;
  private static final Traffic USERS =
      new ClosedTraffic(
          seed -> LoadPatterns.constant(40),
          SECONDS,
          Delay.uniform(1, 2),
          Delay.NONE,
          ClientSettings.UNLIMITED);

  private static Scenario scenario(int replicas) {
    ServiceModel service =
        ServiceModel.ofServers(
            "server", 0.05, 1, ServiceNoise.EXPONENTIAL, StartUp.ofTotal(20, 0, 30));
    return new Scenario(
        "shared",
        service,
        Routing.LEAST_OUTSTANDING,
        USERS,
        SECONDS,
        ClusterSpec.AMPLE,
        0.5,
        replicas,
        10,
        TelemetrySettings.DEFAULT);
  }

  @Test
  void oneDeploymentAloneIsTheEngineItselfToTheBit() {
    long seed = 42;
    RequestLevelEngine engine = new RequestLevelEngine();
    engine.reset(scenario(2), seed);
    SharedService shared = new SharedService(1);
    shared.reset(List.of(scenario(2)), seed);
    for (int step = 0; step < 4; step++) {
      engine.setDesiredReplicas(2 + step);
      shared.setDesiredReplicas(0, 2 + step);
      engine.advance(30);
      shared.advance(30);
      Truth expected = engine.truth();
      Truth found = shared.truth(0);
      assertThat(found.requests()).isEqualTo(expected.requests()).isPositive();
      assertThat(found.served()).isEqualTo(expected.served());
      assertThat(found.waitingSeconds()).isEqualTo(expected.waitingSeconds());
      assertThat(found.latencyQuantile(0.95)).isEqualTo(expected.latencyQuantile(0.95));
      assertThat(found.gpuSeconds()).isEqualTo(expected.gpuSeconds());
    }
  }

  @Test
  void requestsAreSplitByTheSharesAndNoneIsLostInBetween() {
    SharedService shared = new SharedService(2);
    shared.reset(List.of(scenario(3), scenario(3)), 7);
    shared.setShares(3, 1);
    shared.advance(SECONDS);
    double first = shared.truth(0).requests();
    double second = shared.truth(1).requests();
    // Binomial: five standard deviations of the share at some 3000 requests are 0.04.
    assertThat(first / (first + second)).isCloseTo(0.75, within(0.04));
    Histogram seen = RequestCounts.newHistogram();
    shared.drainLatencies(seen);
    // Without network and client every answer is seen at once by the user who waits for it.
    assertThat((double) seen.getTotalCount())
        .isEqualTo(shared.truth(0).served() + shared.truth(1).served());
  }

  @Test
  void aDeploymentWithoutShareGetsNothing() {
    SharedService shared = new SharedService(2);
    shared.reset(List.of(scenario(1), scenario(3)), 7);
    shared.setShares(0, 1);
    double before = shared.truth(0).requests();
    shared.advance(SECONDS);
    assertThat(shared.truth(0).requests()).isEqualTo(before);
    assertThat(shared.truth(1).requests()).isPositive();
  }

  @Test
  void sharesAndTrafficThatCannotBeAreRefused() {
    SharedService shared = new SharedService(2);
    shared.reset(List.of(scenario(1), scenario(1)), 7);
    assertThatThrownBy(() -> shared.setShares(0, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> shared.setShares(-1, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> shared.reset(List.of(scenario(1)), 7))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
