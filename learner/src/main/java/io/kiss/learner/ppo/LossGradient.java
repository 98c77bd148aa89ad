package io.kiss.learner.ppo;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The part of the update that runs on a DJL engine: values of observations, and the gradient of the
 * loss over a minibatch. The weights stay with the caller, in one flat Java array.
 *
 * <p>Every array of a call hangs on a manager of its own that is closed with the call, so native
 * memory does not grow. To be used by one thread, since engines record gradients per thread.
 */
final class LossGradient implements AutoCloseable {
  /** Rows of one forward pass: large enough for the engine, small enough for the cache. */
  private static final int VALUE_ROWS = 8192;

  private final Engine engine;
  private final NDManager manager;
  private final ActorCritic network;
  private final HostBuffer[] weightBuffers;
  private final HostBuffer observations = new HostBuffer();
  private final HostBuffer penalties = new HostBuffer();
  private final HostBuffer chosen = new HostBuffer();
  private final HostBuffer oldLogProbabilities = new HostBuffer();
  private final HostBuffer advantages = new HostBuffer();
  private final HostBuffer weights = new HostBuffer();
  private final HostBuffer targets = new HostBuffer();

  LossGradient(Engine engine, Device device, ActorCritic network) {
    this.engine = engine;
    this.network = network;
    manager = engine.newBaseManager(device);
    weightBuffers = new HostBuffer[2 * (network.actor().length + network.critic().length - 2)];
    for (int i = 0; i < weightBuffers.length; i++) {
      weightBuffers[i] = new HostBuffer();
    }
  }

  /** The manager under which the arrays of each call hang; empty between calls. */
  NDManager manager() {
    return manager;
  }

  /**
   * The critic's answers.
   *
   * @param normalised observations {@code [rows × features]}
   * @return normalised values {@code [rows]}
   */
  float[] values(float[] parameters, float[] normalised) {
    return forward(parameters, network.criticLayers(), normalised, 1);
  }

  /**
   * The actor's answers, as {@link io.kiss.kisim.autoscale.PolicyNetwork} gives them too.
   *
   * @param normalised observations {@code [rows × features]}
   * @return logits {@code [rows × actions]}
   */
  float[] logits(float[] parameters, float[] normalised) {
    return forward(parameters, network.actorLayers(), normalised, network.actions());
  }

  private float[] forward(
      float[] parameters, List<ActorCritic.Layer> layers, float[] normalised, int outputs) {
    int features = network.features();
    int rows = normalised.length / features;
    float[] answers = new float[rows * outputs];
    try (NDManager step = manager.newSubManager()) {
      NDArray[] tensors = upload(step, parameters, layers, 0);
      for (int from = 0; from < rows; from += VALUE_ROWS) {
        int count = Math.min(VALUE_ROWS, rows - from);
        try (NDManager chunk = step.newSubManager()) {
          NDArray input =
              observations.upload(chunk, normalised, from * features, new Shape(count, features));
          float[] answer = perceptron(input, tensors).toFloatArray();
          System.arraycopy(answer, 0, answers, from * outputs, answer.length);
        }
      }
    }
    return answers;
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
      PpoSettings settings,
      double entropyBonus,
      float[] gradient) {
    float[] wanted = fill(batch, order, from, count, returns);
    try (NDManager step = manager.newSubManager()) {
      NDArray[] actor = upload(step, parameters, network.actorLayers(), 0);
      NDArray[] critic = upload(step, parameters, network.criticLayers(), actor.length);
      NDArray input = observations.upload(step, new Shape(count, network.features()));
      PpoLoss.Targets known = uploadTargets(step, count);
      PpoLoss loss = backward(actor, critic, input, known, settings, entropyBonus);
      download(actor, network.actorLayers(), gradient);
      download(critic, network.criticLayers(), gradient);
      MinibatchStatistics.Rows rows =
          new MinibatchStatistics.Rows(
              order,
              from,
              count,
              loss.values().toFloatArray(),
              wanted,
              loss.entropies().toFloatArray());
      return MinibatchStatistics.of(
          batch,
          rows,
          loss.logProbabilities().toFloatArray(),
          settings.clip(),
          Adam.norm(gradient));
    }
  }

  private PpoLoss backward(
      NDArray[] actor,
      NDArray[] critic,
      NDArray input,
      PpoLoss.Targets known,
      PpoSettings settings,
      double entropyBonus) {
    for (NDArray[] tensors : new NDArray[][] {actor, critic}) {
      for (NDArray tensor : tensors) {
        tensor.setRequiresGradient(true);
      }
    }
    try (GradientCollector collector = engine.newGradientCollector()) {
      NDArray logits = perceptron(input, actor);
      NDArray values = perceptron(input, critic).reshape(input.getShape().get(0));
      PpoLoss loss =
          PpoLoss.of(
              logits,
              network.heads(),
              values,
              known,
              settings.clip(),
              settings.valueCoefficient(),
              entropyBonus);
      collector.backward(loss.loss());
      return loss;
    }
  }

  private static NDArray perceptron(NDArray input, NDArray[] tensors) {
    NDArray signal = input;
    for (int i = 0; i < tensors.length; i += 2) {
      signal = Linear.linear(signal, tensors[i], tensors[i + 1]).singletonOrThrow();
      if (i + 2 < tensors.length) {
        signal = Activation.tanh(signal); // MXNet: twice the rows a second of NDArray.tanh
      }
    }
    return signal;
  }

  private NDArray[] upload(
      NDManager step, float[] parameters, List<ActorCritic.Layer> layers, int buffer) {
    NDArray[] tensors = new NDArray[2 * layers.size()];
    for (int l = 0; l < layers.size(); l++) {
      ActorCritic.Layer layer = layers.get(l);
      HostBuffer matrix = weightBuffers[buffer + 2 * l];
      HostBuffer bias = weightBuffers[buffer + 2 * l + 1];
      Shape shape = new Shape(layer.out(), layer.in());
      tensors[2 * l] = matrix.upload(step, parameters, layer.from(), shape);
      tensors[2 * l + 1] = bias.upload(step, parameters, layer.bias(), new Shape(layer.out()));
    }
    return tensors;
  }

  private static void download(
      NDArray[] tensors, List<ActorCritic.Layer> layers, float[] gradient) {
    for (int l = 0; l < layers.size(); l++) {
      ActorCritic.Layer layer = layers.get(l);
      float[] matrix = tensors[2 * l].getGradient().toFloatArray();
      float[] bias = tensors[2 * l + 1].getGradient().toFloatArray();
      System.arraycopy(matrix, 0, gradient, layer.from(), matrix.length);
      System.arraycopy(bias, 0, gradient, layer.bias(), bias.length);
    }
  }

  /** Fills the buffers, and returns the returns of the rows. */
  private float[] fill(TrainingBatch batch, int[] order, int from, int count, float[] returns) {
    int features = network.features();
    int actions = network.actions();
    FloatBuffer observation = observations.fill(count * features);
    FloatBuffer penalty = penalties.fill(count * actions);
    FloatBuffer one = chosen.fill(count * actions);
    FloatBuffer old = oldLogProbabilities.fill(count);
    FloatBuffer advantage = advantages.fill(count);
    FloatBuffer weight = weights.fill(count);
    float[] wanted = new float[count];
    float[] penaltyRow = new float[actions];
    float[] oneRow = new float[actions];
    float share = 1 / Math.max(1, sum(batch.decided, order, from, count));
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      int mask = batch.masks[row];
      observation.put(batch.observations, row * features, features);
      for (int a = 0; a < actions; a++) {
        penaltyRow[a] = (mask >>> a & 1) != 0 ? 0 : PpoLoss.MASKED;
        oneRow[a] = 0;
      }
      markChosen(batch, row, oneRow);
      penalty.put(penaltyRow);
      one.put(oneRow);
      boolean decided = batch.decided[row] > 0;
      old.put(decided ? batch.oldLogProbabilities[row] : 0);
      advantage.put(decided ? batch.advantages[row] : 0);
      weight.put(batch.decided[row] * share);
      wanted[i] = returns[row];
    }
    targets.fill(count).put(wanted);
    return wanted;
  }

  private void markChosen(TrainingBatch batch, int row, float[] oneRow) {
    int[] heads = network.heads();
    int head = 0;
    for (int h = 0; h < heads.length; h++) {
      oneRow[head + batch.actions[row * heads.length + h]] = 1;
      head += heads[h];
    }
  }

  private static float sum(float[] values, int[] order, int from, int count) {
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[order[i]];
    }
    return sum;
  }

  private PpoLoss.Targets uploadTargets(NDManager step, int count) {
    Shape perAction = new Shape(count, network.actions());
    Shape perRow = new Shape(count);
    return new PpoLoss.Targets(
        penalties.upload(step, perAction),
        chosen.upload(step, perAction),
        oldLogProbabilities.upload(step, perRow),
        advantages.upload(step, perRow),
        weights.upload(step, perRow),
        targets.upload(step, perRow));
  }

  @Override
  public void close() {
    manager.close();
  }
}
