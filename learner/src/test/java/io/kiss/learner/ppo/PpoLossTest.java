package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kiss.actors.protocol.TrajectorySegment;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PpoLossTest {
  static List<String> engines() {
    return Engines.present();
  }

  /**
   * Two actions, uniform logits, so π = 1/2 and H = ln 2. Row 0: old probability 1/4, ratio 2,
   * advantage 1, cut to 1.2. Row 1: old probability 1, ratio 1/2, advantage -1: min(-1/2, -0.8) is
   * -0.8. Row 2 has weight 0. Row 3 has one allowed action: π = 1, H = 0, ratio 1, advantage 3.
   */
  @ParameterizedTest
  @MethodSource("engines")
  void hasTheWorkedValueForClippedMaskedAndUnweightedRows(String engine) {
    try (NDManager manager = Engine.getEngine(engine).newBaseManager(Device.cpu())) {
      PpoLoss.Targets targets =
          new PpoLoss.Targets(
              manager.create(new float[] {0, 0, 0, 0, 0, 0, 0, PpoLoss.MASKED}, new Shape(4, 2)),
              manager.create(new float[] {1, 0, 0, 1, 1, 0, 1, 0}, new Shape(4, 2)),
              manager.create(new float[] {(float) Math.log(0.25), 0, 5, 0}),
              manager.create(new float[] {1, -1, 1000, 3}),
              manager.create(new float[] {1 / 3f, 1 / 3f, 0, 1 / 3f}),
              manager.create(new float[] {0, 0, 0, 4}));
      NDArray logits = manager.create(new float[] {5, 5, -1, -1, 0, 9, 2, 7}, new Shape(4, 2));
      NDArray values = manager.create(new float[] {1, 0, 0, 1});
      PpoLoss loss = PpoLoss.of(logits, values, targets, 0.2, 0.5, 0.3);
      double policy = (1.2 - 0.8 + 3) / 3;
      double entropy = 2 * Math.log(2) / 3;
      double value = (1 + 9) / 4.0;
      assertThat((double) loss.loss().getFloat())
          .isCloseTo(0.5 * value - policy - 0.3 * entropy, within(1e-5));
      assertThat(loss.entropies().toFloatArray()[3]).isCloseTo(0, within(1e-5f));
      assertThat(loss.logProbabilities().toFloatArray()[3]).isCloseTo(0, within(1e-5f));
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void itsGradientIsThatOfFiniteDifferencesOfADoublePrecisionReference(String engineName) {
    long seed = 11;
    NetworkShape shape = new NetworkShape("o", 4, "a", 3);
    PpoSettings settings = Engines.settings(engineName, Map.of("hidden", List.of(6, 5)));
    ActorCritic network = ActorCritic.of(shape, settings.hidden());
    Random random = new Random(seed);
    float[] parameters = Segments.gaussian(random, network.size());
    TrajectorySegment segment = Segments.random(shape, 12, 3, seed);
    TrainingBatch batch = new TrainingBatch(List.of(segment), 4, new ObservationNormaliser(4));
    batch.estimate(Segments.gaussian(random, batch.valued()), 0.98, 0.95);
    int[] order = IntStream.range(0, batch.rows).toArray();
    float[] gradient = new float[network.size()];
    Engine engine = DjlEngine.load(engineName);
    try (LossGradient loss = new LossGradient(engine, Device.cpu(), network)) {
      loss.compute(
          parameters, batch, order, 0, batch.rows, batch.returns, settings, 0.05, gradient);
    }
    ReferenceLoss reference = new ReferenceLoss(network, batch, settings, 0.05);
    double[] point = new double[parameters.length];
    for (int i = 0; i < point.length; i++) {
      point[i] = parameters[i];
    }
    double largest = 0;
    double error = 0;
    for (int i = 0; i < point.length; i++) {
      double h = 1e-6;
      double at = point[i];
      point[i] = at + h;
      double above = reference.loss(point);
      point[i] = at - h;
      double below = reference.loss(point);
      point[i] = at;
      double slope = (above - below) / (2 * h);
      largest = Math.max(largest, Math.abs(slope));
      error = Math.max(error, Math.abs(slope - gradient[i]));
    }
    assertThat(largest).as("a gradient worth comparing, seed %d", seed).isGreaterThan(0.01);
    assertThat(error / largest).as("relative error, seed %d", seed).isLessThan(1e-3);
  }
}
