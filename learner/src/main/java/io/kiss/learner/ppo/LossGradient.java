package io.kiss.learner.ppo;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.util.List;
import java.util.stream.Stream;

/**
 * The part of the update that runs on a DJL engine: the gradient of the loss over a minibatch. The
 * weights stay with the caller, in one flat Java array.
 *
 * <p>Every array of a call hangs on a manager of its own that is closed with the call, but for
 * those of the weights and inputs where arrays are kept; so native memory does not grow. To be used
 * by one thread, since engines record gradients per thread.
 */
final class LossGradient implements AutoCloseable {
  private final Engine engine;
  private final NDManager manager;
  private final ActorCritic network;
  private final FlatTensors flatTensors;
  private final HostBuffer observations;
  private final LossInputs inputs;
  private MinibatchStatistics.Answers answers = MinibatchStatistics.Answers.NONE;

  LossGradient(Engine engine, Device device, ActorCritic network) {
    this.engine = engine;
    this.network = network;
    manager = engine.newBaseManager(device);
    NDManager keeper = DjlEngine.keeper(engine, manager);
    observations = HostBuffer.of(keeper);
    inputs = new LossInputs(network.features(), network.heads(), keeper);
    flatTensors =
        new FlatTensors(
            Stream.concat(network.actorLayers().stream(), network.criticLayers().stream()).toList(),
            keeper);
  }

  /** The manager under which all arrays hang; between calls only those that are kept. */
  NDManager manager() {
    return manager;
  }

  /**
   * What the network gives on the engine; updates do not need it, only whoever compares it with the
   * network in plain Java.
   *
   * @param critic whether the critic is asked, else the actor
   * @param normalised observations {@code [rows × features]}
   * @return {@code [rows × outputs]}
   */
  float[] outputs(float[] parameters, boolean critic, float[] normalised) {
    int features = network.features();
    try (NDManager step = manager.newSubManager()) {
      Tensors tensors = tensors(step, parameters);
      Shape shape = new Shape(normalised.length / features, features);
      NDArray input = observations.upload(step, normalised, 0, shape);
      return FlatTensors.perceptron(input, critic ? tensors.critic : tensors.actor).toFloatArray();
    }
  }

  /**
   * Computes the gradient of {@link PpoLoss} over some rows of a batch.
   *
   * @param order the batch's rows in the order of this epoch
   * @param from first of the rows in {@code order}
   * @param count of rows
   * @param returns normalised {@code [batch rows]}
   * @param gradient receives the gradient by every parameter {@code [parameters]}
   */
  MinibatchStatistics compute(
      float[] parameters,
      TrainingBatch batch,
      int[] order,
      int from,
      int count,
      float[] returns,
      PpoLoss.Coefficients coefficients,
      float[] gradient) {
    fill(batch, order, from, count, returns, coefficients);
    try (NDManager step = manager.newSubManager()) {
      PpoLoss loss = backward(tensors(step, parameters), inputs.upload(step));
      flatTensors.readGradient(gradient);
      answers = answers.withRoomFor(count);
      FlatTensors.read(loss.logProbabilities(), answers.logProbabilities(), 0);
      FlatTensors.read(loss.ratios(), answers.ratios(), 0);
      FlatTensors.read(loss.negentropies(), answers.negentropies(), 0);
      FlatTensors.read(loss.values(), answers.values(), 0);
      MinibatchStatistics.Rows rows =
          new MinibatchStatistics.Rows(order, from, count, returns, answers);
      return MinibatchStatistics.of(batch, rows, coefficients.clip(), Adam.norm(gradient));
    }
  }

  private PpoLoss backward(Tensors tensors, LossInputs.Uploaded known) {
    try (GradientCollector collector = engine.newGradientCollector()) {
      NDArray logits = FlatTensors.perceptron(known.observations(), tensors.actor);
      NDArray values = FlatTensors.perceptron(known.observations(), tensors.critic);
      PpoLoss loss = PpoLoss.of(logits, network.heads(), values, known.targets());
      collector.backward(loss.loss());
      return loss;
    }
  }

  private Tensors tensors(NDManager step, float[] parameters) {
    List<NDArray> all = flatTensors.upload(step, parameters);
    int actor = 2 * network.actor().length - 2;
    return new Tensors(all.subList(0, actor), all.subList(actor, all.size()));
  }

  /** Matrix and bias of each layer in turn. */
  private record Tensors(List<NDArray> actor, List<NDArray> critic) {}

  private void fill(
      TrainingBatch batch,
      int[] order,
      int from,
      int count,
      float[] returns,
      PpoLoss.Coefficients coefficients) {
    int features = network.features();
    int heads = network.heads().length;
    inputs.begin(count, coefficients);
    float share = 1 / Math.max(1, sum(batch.decided, order, from, count));
    // Rows lie far apart in the batch. Of loops that do little each, the processor has more
    // accesses to memory under way at once.
    for (int i = 0; i < count; i++) {
      inputs.observation(i, batch.observations, order[from + i] * features);
    }
    for (int i = 0; i < count; i++) {
      inputs.action(i, batch.masks[order[from + i]], batch.actions, order[from + i] * heads);
    }
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      boolean decided = batch.decided[row] > 0;
      inputs.worth(
          i,
          decided ? batch.oldLogProbabilities[row] : 0,
          decided ? batch.advantages[row] : 0,
          batch.decided[row] * share,
          returns[row]);
    }
  }

  private static float sum(float[] values, int[] order, int from, int count) {
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[order[i]];
    }
    return sum;
  }

  @Override
  public void close() {
    manager.close();
  }
}
