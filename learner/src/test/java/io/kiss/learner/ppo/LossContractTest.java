package io.kiss.learner.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every engine must compute alike: the forward pass of the policy network in plain Java, and
 * the gradient of the whole loss of a reference derived by hand in double precision. That reference
 * is itself held to finite differences.
 */
class LossContractTest {
  static List<String> engines() {
    return Engines.present();
  }

  /** A made-up problem: network, weights and batch. */
  private record Problem(
      ActorCritic network, float[] parameters, TrainingBatch batch, double entropyBonus) {

    static Problem random(long seed, List<Integer> heads, List<Integer> hidden) {
      Random random = new Random(seed);
      int features = 2 + random.nextInt(5);
      NetworkShape shape = new NetworkShape("o", features, "a", heads);
      ActorCritic network = ActorCritic.of(shape, hidden);
      float[] parameters = Segments.gaussian(random, network.size());
      for (int i = 0; i < parameters.length; i++) {
        parameters[i] *= 0.5f;
      }
      TrajectorySegment segment = Segments.random(shape, 12, 3, seed);
      TrainingBatch batch =
          new TrainingBatch(
              List.of(segment),
              features,
              heads.size(),
              new ObservationNormaliser(features),
              new float[0]);
      batch.estimate(Segments.gaussian(random, batch.valued()), 0.98, 0.95);
      return new Problem(network, parameters, batch, 0.05);
    }

    ReferenceLoss reference(PpoSettings settings) {
      return new ReferenceLoss(network, batch, settings, entropyBonus);
    }
  }

  private static final List<List<Integer>> HEADS =
      List.of(List.of(3), List.of(10), List.of(2, 2), List.of(4, 3, 2), List.of(20, 12));

  private static final PpoLoss.Coefficients COEFFICIENTS = new PpoLoss.Coefficients(0.2, 0.5, 0.3);

  private static PpoSettings settings(String engine, List<Integer> hidden) {
    return Engines.settings(engine, Map.of("hidden", hidden));
  }

  @Test
  void theReferencesGradientIsThatOfFiniteDifferencesOfItsLoss() {
    for (long seed = 1; seed <= 5; seed++) {
      List<Integer> heads = HEADS.get((int) seed % HEADS.size());
      Problem problem = Problem.random(seed, heads, List.of(6, 5));
      ReferenceLoss reference = problem.reference(settings("MXNet", List.of(6, 5)));
      double[] point = ReferenceLoss.toDoubles(problem.parameters());
      double[] gradient = reference.gradient(point);
      double largest =
          IntStream.range(0, point.length)
              .mapToDouble(i -> Math.abs(gradient[i]))
              .max()
              .getAsDouble();
      assertThat(largest).as("a gradient worth comparing, seed %d", seed).isGreaterThan(0.01);
      for (int i = 0; i < point.length; i++) {
        double h = 1e-6;
        double at = point[i];
        point[i] = at + h;
        double above = reference.loss(point);
        point[i] = at - h;
        double below = reference.loss(point);
        point[i] = at;
        assertThat(gradient[i])
            .as("seed %d, heads %s, parameter %d", seed, heads, i)
            .isCloseTo((above - below) / (2 * h), within(1e-6 * Math.max(1, largest)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theGradientOfTheWholeLossIsTheReferencesInEveryTensor(String engineName) {
    double worst = 0;
    for (long seed = 1; seed <= 10; seed++) {
      List<Integer> heads = HEADS.get((int) seed % HEADS.size());
      List<Integer> hidden = seed % 2 == 0 ? List.of(64, 64) : List.of(7);
      Problem problem = Problem.random(seed, heads, hidden);
      PpoSettings settings = settings(engineName, hidden);
      double[] expected =
          problem.reference(settings).gradient(ReferenceLoss.toDoubles(problem.parameters()));
      float[] gradient = new float[expected.length];
      TrainingBatch batch = problem.batch();
      int[] order = IntStream.range(0, batch.rows).toArray();
      Engine engine = DjlEngine.load(engineName);
      try (LossGradient loss = new LossGradient(engine, Device.cpu(), problem.network())) {
        loss.compute(
            problem.parameters(),
            batch,
            order,
            0,
            batch.rows,
            batch.returns,
            new PpoLoss.Coefficients(settings.clip(), settings.valueCoefficient(), 0.05),
            gradient);
      }
      for (List<ActorCritic.Layer> layers :
          List.of(problem.network().actorLayers(), problem.network().criticLayers())) {
        for (ActorCritic.Layer layer : layers) {
          worst = Math.max(worst, relativeError(expected, gradient, layer.from(), layer.bias()));
          worst = Math.max(worst, relativeError(expected, gradient, layer.bias(), layer.end()));
        }
      }
      assertThat(worst).as("relative error, seed %d, heads %s", seed, heads).isLessThan(1e-3);
    }
    System.out.printf("%s: largest relative gradient error of a tensor %.2g%n", engineName, worst);
  }

  /** Euclidean norm of the difference over that of the expected. */
  private static double relativeError(double[] expected, float[] found, int from, int to) {
    double difference = 0;
    double norm = 0;
    for (int i = from; i < to; i++) {
      difference += Math.pow(expected[i] - found[i], 2);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void actorAndCriticAnswerAsThePlainJavaNetworkDoes(String engineName) {
    int rows = 3000; // more than one pass of the batched network
    for (List<Integer> hidden : List.of(List.of(64, 64), List.of(33), List.of(8, 16, 5))) {
      Random random = new Random(hidden.size());
      NetworkShape shape = new NetworkShape("o", 29, "a", List.of(10, 3));
      ActorCritic network = ActorCritic.of(shape, hidden);
      PpoState state = PpoState.random(shape, network, 3);
      for (int i = 0; i < state.parameters.length; i++) {
        state.parameters[i] += (float) (0.1 * random.nextGaussian());
      }
      float[] raw = Segments.gaussian(random, rows * 29);
      byte[] all = new byte[rows];
      java.util.Arrays.fill(all, (byte) 1);
      state.observations.add(raw, all, (byte) 1);
      float[] normalised = new float[raw.length];
      state.observations.normalise(raw, normalised, 0);
      PolicySnapshot snapshot = state.snapshot();
      float[] plain = new float[rows * 13];
      new PolicyNetwork(snapshot).logits(raw, 0, rows, plain, 0);
      try (LossGradient loss =
          new LossGradient(DjlEngine.load(engineName), Device.cpu(), network)) {
        float[] logits = loss.outputs(state.parameters, false, normalised);
        float[] values = loss.outputs(state.parameters, true, normalised);
        assertThat(largestDifference(plain, logits)).as("hidden %s", hidden).isLessThan(1e-5f);
        assertThat(largestDifference(state.values(normalised, rows), values))
            .as("critic, hidden %s", hidden)
            .isLessThan(1e-5f);
      }
    }
  }

  private static float largestDifference(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    float worst = 0;
    for (int i = 0; i < a.length; i++) {
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
    }
    return worst;
  }

  /**
   * Two actions, uniform logits, so π = 1/2 and H = ln 2. Row 0: old probability 1/4, ratio 2,
   * advantage 1, cut to 1.2. Row 1: old probability 1, ratio 1/2, advantage -1: min(-1/2, -0.8) is
   * -0.8. Row 2 has weight 0. Row 3 has one allowed action: π = 1, H = 0, ratio 1, advantage 3.
   */
  @ParameterizedTest
  @MethodSource("engines")
  void hasTheWorkedValueForClippedMaskedAndUnweightedRows(String engine) {
    try (NDManager manager = DjlEngine.load(engine).newBaseManager(Device.cpu())) {
      LossInputs inputs = new LossInputs(1, new int[] {2}, null);
      inputs.begin(4, COEFFICIENTS);
      inputs.action(0, 0b11, new byte[] {0}, 0);
      inputs.worth(0, (float) Math.log(0.25), 1, 1 / 3f, 0);
      inputs.action(1, 0b11, new byte[] {0, 1}, 1);
      inputs.worth(1, 0, -1, 1 / 3f, 0);
      inputs.action(2, 0b11, new byte[] {0}, 0);
      inputs.worth(2, 5, 1000, 0, 0);
      inputs.action(3, 0b01, new byte[] {0}, 0);
      inputs.worth(3, 0, 3, 1 / 3f, 4);
      NDArray logits = manager.create(new float[] {5, 5, -1, -1, 0, 9, 2, 7}, new Shape(4, 2));
      NDArray values = manager.create(new float[] {1, 0, 0, 1}, new Shape(4, 1));
      PpoLoss loss = PpoLoss.of(logits, new int[] {2}, values, inputs.upload(manager).targets());
      double policy = (1.2 - 0.8 + 3) / 3;
      double entropy = 2 * Math.log(2) / 3;
      double value = (1 + 9) / 4.0;
      assertThat((double) loss.loss().getFloat())
          .isCloseTo(0.5 * value - policy - 0.3 * entropy, within(1e-5));
      float ln2 = (float) Math.log(2);
      double p = 1 / (1 + Math.exp(9));
      float negentropy = (float) (p * Math.log(p) + (1 - p) * Math.log(1 - p));
      assertThat(loss.logProbabilities().toFloatArray())
          .containsExactly(new float[] {-ln2, -ln2, (float) Math.log(p), 0}, within(1e-5f));
      assertThat(loss.ratios().toFloatArray())
          .as("row 2 has the old log-probability 5")
          .containsExactly(new float[] {2, 0.5f, (float) (p * Math.exp(-5)), 1}, within(1e-5f));
      assertThat(loss.negentropies().toFloatArray())
          .containsExactly(new float[] {-ln2, -ln2, negentropy, 0}, within(1e-5f));
      assertThat(loss.values().toFloatArray()).containsExactly(1, 0, 0, 1);
    }
  }

  /**
   * Heads of 2 and 3 actions. First: logits 0 and ln 3, so π = 1/4 and 3/4. Second: its middle
   * action is masked and the others alike, so π = 1/2. The actions taken have 3/4 · 1/2 together;
   * the old probability was 3/8 · 1/1.1, so the ratio is 1.1 and is not cut. The large logits of
   * one head must not starve the other: the second lies 1000 above the first.
   */
  @ParameterizedTest
  @MethodSource("engines")
  void headsAreIndependentChoicesWhoseLogProbabilitiesAndEntropiesAddUp(String engine) {
    try (NDManager manager = DjlEngine.load(engine).newBaseManager(Device.cpu())) {
      LossInputs inputs = new LossInputs(1, new int[] {2, 3}, null);
      inputs.begin(1, COEFFICIENTS);
      inputs.action(0, 0b10111, new byte[] {1, 2}, 0);
      inputs.worth(0, (float) Math.log(3.0 / 8 / 1.1), 2, 1, 0);
      float ln3 = (float) Math.log(3);
      NDArray logits = manager.create(new float[] {0, ln3, 1000, 1003, 1000}, new Shape(1, 5));
      NDArray values = manager.create(new float[] {0}, new Shape(1, 1));
      PpoLoss loss = PpoLoss.of(logits, new int[] {2, 3}, values, inputs.upload(manager).targets());
      double entropy = -0.25 * Math.log(0.25) - 0.75 * Math.log(0.75) + Math.log(2);
      assertThat(loss.logProbabilities().getFloat())
          .isCloseTo((float) Math.log(0.375), within(1e-5f));
      assertThat(loss.negentropies().getFloat()).isCloseTo((float) -entropy, within(1e-5f));
      assertThat((double) loss.loss().getFloat()).isCloseTo(-1.1 * 2 - 0.3 * entropy, within(1e-5));
    }
  }

  /**
   * Three rows the policy decided, with ratios 1, 1.5 and 0.5 and advantages 1, 1 and -1, and one
   * it did not: KL = mean of (ρ - 1) - ln ρ, two of three ratios beyond 1 ± 0.2.
   */
  @Test
  void klAndClipFractionAreThoseWorkedOutByHand() {
    NetworkShape shape = new NetworkShape("o", 1, "a", 2);
    TrajectorySegment segment = Segments.random(shape, 4, 1, 1);
    for (int i = 0; i < 4; i++) {
      segment.flags()[i] = i == 3 ? 0 : TrajectorySegment.POLICY_DECIDED;
      segment.logProbabilities()[i] = (float) Math.log(0.4);
    }
    TrainingBatch batch =
        new TrainingBatch(
            List.of(unended(segment)), 1, 1, new ObservationNormaliser(1), new float[0]);
    float[] advantages = {1, 1, -1, 50};
    System.arraycopy(advantages, 0, batch.advantages, 0, 4);
    double[] now = {0.4, 0.6, 0.2, 1};
    float[] logProbabilities = new float[4];
    float[] ratios = new float[4];
    for (int i = 0; i < 4; i++) {
      logProbabilities[i] = (float) Math.log(now[i]);
      ratios[i] = (float) (now[i] / 0.4);
    }
    float[] negentropies = {-0.5f, -0.6f, -0.7f, -9};
    MinibatchStatistics.Answers answers =
        new MinibatchStatistics.Answers(
            logProbabilities, ratios, negentropies, new float[] {1, 2, 3, 4});
    MinibatchStatistics.Rows rows =
        new MinibatchStatistics.Rows(
            new int[] {0, 1, 2, 3}, 0, 4, new float[] {1, 1, 1, 1}, answers);
    MinibatchStatistics statistics = MinibatchStatistics.of(batch, rows, 0.2, 7);
    double kl = (0 + (0.5 - Math.log(1.5)) + (-0.5 - Math.log(0.5))) / 3;
    assertThat(statistics.approximateKl()).isCloseTo(kl, within(1e-6));
    assertThat(statistics.clipFraction()).isCloseTo(2 / 3.0, within(1e-9));
    assertThat(statistics.policyLoss()).isCloseTo(-(1 + 1.2 - 0.8) / 3, within(1e-6));
    assertThat(statistics.entropy()).isCloseTo(0.6, within(1e-6));
    assertThat(statistics.valueLoss()).isCloseTo((0 + 1 + 4 + 9) / 4.0, within(1e-9));
    assertThat(statistics.gradientNorm()).isEqualTo(7);
  }

  private static TrajectorySegment unended(TrajectorySegment s) {
    return new TrajectorySegment(
        s.worker(),
        s.incarnation(),
        s.sequence(),
        s.iteration(),
        s.steps(),
        s.environments(),
        s.observations(),
        s.masks(),
        s.actions(),
        s.logProbabilities(),
        s.rewards(),
        s.flags(),
        new float[0],
        s.lastObservations(),
        s.episodes());
  }
}
