package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StationaryTableTest {
  /** A batch of b takes 0.98 + 0.02 b; all that wait go into the next one. */
  private static final ServiceModel BATCHING =
      new ServiceModel(
          "b",
          new DeviceType("gpu", DeviceKind.GPU, 16, 50, 300, 3.6, 1, "test"),
          new DeviceSharing.Exclusive(),
          BatchCurve.line(0.98, 0.02),
          ServiceNoise.NONE,
          DynamicBatching.greedy(64, 1),
          1,
          StartUp.INSTANT);

  private static double at(double[] values, StationaryCurve curve, double rate) {
    int node = 1;
    while (curve.flow[node + 1] < rate) {
      node++;
    }
    double part = (rate - curve.flow[node]) / (curve.flow[node + 1] - curve.flow[node]);
    return values[node] + part * (values[node + 1] - values[node]);
  }

  @ParameterizedTest
  @ValueSource(doubles = {6, 10, 15, 18})
  void aBatchingPodHoldsWhatItsCycleOfBatchesImplies(double rate) {
    // A batch is what arrived during the one before (nobody: improbable at these rates), so with
    // s(B) = τ + αB: E[B] = λτ / (1 − λα), E[B²](1 − λ²α²) = E[B] + λ²(2ατE[B] + τ²). In a cycle
    // the batch is there all the time, and those that arrive half of it on average.
    double fixed = 0.98;
    double each = 0.02;
    double batch = rate * fixed / (1 - rate * each);
    double squares =
        (batch + rate * rate * (2 * each * fixed * batch + fixed * fixed))
            / (1 - rate * rate * each * each);
    double cycle = fixed + each * batch;
    double cycleSquares = each * each * squares + 2 * each * fixed * batch + fixed * fixed;
    double inService = (each * squares + fixed * batch) / cycle;
    double present = inService + rate * cycleSquares / 2 / cycle;
    StationaryCurve curve = StationaryTable.of(BATCHING, Routing.ROUND_ROBIN, 1).curve(1);
    assertThat(at(curve.content, curve, rate)).isCloseTo(present, within(0.03 * present));
    double wait = cycleSquares / 2 / cycle;
    assertThat(at(curve.wait, curve, rate)).isCloseTo(wait, within(0.03 * wait));
    assertThat(curve.capacity).isCloseTo(64 / (0.98 + 64 * 0.02), within(0.3));
    assertThat(curve.fullService).isCloseTo(0.98 + 64 * 0.02, within(0.02));
  }

  @Test
  void aTimeScaleChangesNothingAndAnotherShapeDoes() {
    StationaryTable table = StationaryTable.of(BATCHING, Routing.ROUND_ROBIN, 1);
    for (double factor = 0.0013; factor < 50; factor *= 1.7) {
      ServiceModel scaled =
          new ServiceModel(
              "scaled",
              BATCHING.device(),
              BATCHING.sharing(),
              BatchCurve.line(0.98 * factor, 0.02 * factor),
              BATCHING.noise(),
              BATCHING.batching().withTimeout(7),
              1,
              StartUp.ofTotal(60, 0, 30));
      assertThat(StationaryTable.of(scaled, Routing.ROUND_ROBIN, 1)).isSameAs(table);
    }
    assertThat(StationaryTable.of(BATCHING, Routing.RANDOM, 1)).isNotSameAs(table);
    assertThat(StationaryTable.of(BATCHING, Routing.ROUND_ROBIN, 2)).isNotSameAs(table);
  }

  @Test
  void aShapeIsMeasuredToTheSameBitsEveryTime() {
    ServiceShape shape = ServiceShape.of(BATCHING, Routing.LEAST_OUTSTANDING, 1.5);
    StationaryRow once = StationaryMeasurement.of(shape, 4);
    StationaryRow again = StationaryMeasurement.of(shape, 4);
    assertThat(again).usingRecursiveComparison().isEqualTo(once);
  }

  @Test
  void fullerIsSlowerAllAlongTheCurve() {
    StationaryCurve curve = StationaryTable.of(BATCHING, Routing.ROUND_ROBIN, 1).curve(3);
    for (int node = 1; node < StationaryCurve.NODES; node++) {
      assertThat(curve.content[node]).isGreaterThan(curve.content[node - 1]);
      assertThat(curve.flow[node]).isGreaterThan(curve.flow[node - 1]);
      assertThat(curve.busy[node]).isBetween(curve.busy[node - 1], 1 + 1e-9);
      double median = curve.quantile(node, 0.5);
      assertThat(curve.shareWithin(node, median)).isGreaterThanOrEqualTo(0.5 - 1e-9);
      // Little's law holds between what was measured apart.
      if (node > 3 && node < StationaryCurve.NODES - 1) {
        double mean = 0;
        for (int p = 0; p < 1000; p++) {
          mean += curve.quantile(node, (p + 0.5) / 1000) / 1000;
        }
        assertThat(curve.flow[node] * mean)
            .isCloseTo(curve.content[node], within(0.05 * curve.content[node]));
      }
    }
  }
}
