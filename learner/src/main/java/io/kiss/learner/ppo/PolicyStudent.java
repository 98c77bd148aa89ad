package io.kiss.learner.ppo;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.Arrays;
import java.util.List;

/**
 * A policy's network that learns to choose as another policy does, however large that one is: the
 * gradient is that of the mean KL divergence of its distribution from the teacher's.
 *
 * <p>It sees by the teacher's normaliser and counts as trained where the teacher does. The same
 * seed and lessons give the same weights, bit for bit. To be used by one thread.
 *
 * @see <a href="https://arxiv.org/abs/1511.06295">Rusu et al., Policy Distillation</a>
 */
public final class PolicyStudent implements AutoCloseable {
  private final PpoSettings settings;
  private final PolicySnapshot teacher;
  private final ActorCritic network;
  private final FlatTensors flatTensors;
  private final float[] scales;
  private final Engine engine;
  private final NDManager manager;
  private final HostBuffer observationBuffer;
  private final HostBuffer penaltyBuffer;
  private final HostBuffer targetBuffer;
  private float[] normalised = {};
  private float[] penalties = {};
  private float[] targets = {};

  /** The actor's alone. */
  private final float[] parameters;

  private final float[] gradient;
  private final float[] first;
  private final float[] second;
  private long steps;

  /**
   * Loads the engine; the first policy is nearly uniform.
   *
   * @param settings engine, device, hidden layers and the limit of a gradient's norm are read
   * @param teacher its observation, actions, normaliser and range; one choice at a time
   * @throws IllegalStateException naming the setting that cannot be had here
   */
  public PolicyStudent(PpoSettings settings, PolicySnapshot teacher, long seed) {
    this.settings = settings;
    this.teacher = teacher;
    NetworkShape shape =
        new NetworkShape(
            teacher.observationId(),
            teacher.layers()[0],
            teacher.actionId(),
            teacher.layers()[teacher.layers().length - 1]);
    network = ActorCritic.of(shape, settings.hidden());
    parameters = Arrays.copyOf(network.initialParameters(seed), network.actorSize());
    gradient = new float[parameters.length];
    first = new float[parameters.length];
    second = new float[parameters.length];
    scales = new float[network.features()];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 1 / Math.max(ObservationNormaliser.SMALLEST_DEVIATION, teacher.deviation()[i]);
    }
    engine = DjlEngine.load(settings.engine());
    Device device = DjlEngine.device(engine, settings.device());
    manager = engine.newBaseManager(device);
    NDManager keeper = DjlEngine.keeper(engine, manager);
    flatTensors = new FlatTensors(network.actorLayers(), keeper);
    observationBuffer = HostBuffer.of(keeper);
    penaltyBuffer = HostBuffer.of(keeper);
    targetBuffer = HostBuffer.of(keeper);
  }

  /**
   * Takes one step of Adam.
   *
   * @param observations raw {@code [rows × features]}
   * @param masks above 0 where an action is allowed {@code [rows × actions]}
   * @param probabilities of the teacher, 0 where masked {@code [rows × actions]}
   * @return mean KL divergence from the teacher before the step, nats a row
   */
  public double learn(
      float[] observations, float[] masks, float[] probabilities, int rows, double learningRate) {
    int features = network.features();
    int actions = network.actions();
    normalised = HostBuffer.room(normalised, rows * features);
    ObservationNormaliser.normalise(
        observations, rows * features, teacher.mean(), scales, normalised, 0);
    penalties = HostBuffer.room(penalties, rows * actions);
    targets = HostBuffer.room(targets, rows * actions);
    double negentropy = 0;
    for (int i = 0; i < rows * actions; i++) {
      double p = probabilities[i];
      penalties[i] = masks[i] > 0 ? 0 : PpoLoss.MASKED;
      targets[i] = (float) (-p / rows);
      negentropy += p > 0 ? p * Math.log(p) : 0;
    }
    double crossEntropy;
    try (NDManager step = manager.newSubManager()) {
      List<NDArray> tensors = flatTensors.upload(step, parameters);
      Shape perAction = new Shape(rows, actions);
      NDArray input = observationBuffer.upload(step, normalised, 0, new Shape(rows, features));
      NDArray penalty = penaltyBuffer.upload(step, penalties, 0, perAction);
      NDArray target = targetBuffer.upload(step, targets, 0, perAction);
      NDArray loss;
      try (GradientCollector collector = engine.newGradientCollector()) {
        NDArray logits = FlatTensors.perceptron(input, tensors);
        loss = logits.add(penalty).logSoftmax(1).mul(target).sum();
        collector.backward(loss);
      }
      flatTensors.readGradient(gradient);
      crossEntropy = loss.getFloat();
    }
    double factor = Adam.clipFactor(Adam.norm(gradient), settings.maxGradientNorm());
    Adam.step(parameters, gradient, first, second, ++steps, learningRate, factor);
    return crossEntropy + negentropy / rows;
  }

  /** The policy so far. */
  public PolicySnapshot snapshot() {
    return new PolicySnapshot(
        teacher.observationId(),
        teacher.actionId(),
        network.actor(),
        parameters.clone(),
        teacher.mean(),
        teacher.deviation(),
        teacher.lowest(),
        teacher.highest());
  }

  /** The manager under which all arrays hang; between steps only those that are kept. */
  NDManager manager() {
    return manager;
  }

  /** Where it learns, for people: {@code cpu} or {@code gpu:N}. */
  public String deviceName() {
    Device device = manager.getDevice();
    return device.isGpu() ? "gpu:" + device.getDeviceId() : "cpu";
  }

  @Override
  public void close() {
    manager.close();
  }
}
