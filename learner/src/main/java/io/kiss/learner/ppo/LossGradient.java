package io.kiss.learner.ppo;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import java.util.Arrays;
import java.util.List;

/**
 * The part of the update that runs on a DJL engine: the gradient of the loss over a minibatch. The
 * weights stay with the caller, in one flat Java array.
 *
 * <p>Every array of a call hangs on a manager of its own that is closed with the call, so native
 * memory does not grow. To be used by one thread, since engines record gradients per thread.
 */
final class LossGradient implements AutoCloseable {
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
   * What the network gives on the engine; updates do not need it, only whoever compares it with the
   * network in plain Java.
   *
   * @param layers the actor's or the critic's
   * @param normalised observations {@code [rows × features]}
   * @return {@code [rows × outputs]}
   */
  float[] outputs(float[] parameters, List<ActorCritic.Layer> layers, float[] normalised) {
    int features = network.features();
    try (NDManager step = manager.newSubManager()) {
      NDArray[] tensors = upload(step, parameters, layers, 0);
      Shape shape = new Shape(normalised.length / features, features);
      NDArray input = observations.upload(step, normalised, 0, shape);
      return perceptron(input, tensors).toFloatArray();
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
    float[] observation = observations.stage(count * features);
    float[] old = oldLogProbabilities.stage(count);
    float[] advantage = advantages.stage(count);
    float[] weight = weights.stage(count);
    float[] wanted = targets.stage(count);
    float share = 1 / Math.max(1, sum(batch.decided, order, from, count));
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      System.arraycopy(batch.observations, row * features, observation, i * features, features);
      boolean decided = batch.decided[row] > 0;
      old[i] = decided ? batch.oldLogProbabilities[row] : 0;
      advantage[i] = decided ? batch.advantages[row] : 0;
      weight[i] = batch.decided[row] * share;
      wanted[i] = returns[row];
    }
    fillActions(batch, order, from, count);
    return wanted;
  }

  private void fillActions(TrainingBatch batch, int[] order, int from, int count) {
    int actions = network.actions();
    int[] heads = network.heads();
    float[] penalty = penalties.stage(count * actions);
    float[] one = chosen.stage(count * actions);
    Arrays.fill(one, 0, count * actions, 0);
    for (int i = 0; i < count; i++) {
      int row = order[from + i];
      int mask = batch.masks[row];
      int at = i * actions;
      for (int a = 0; a < actions; a++) {
        penalty[at + a] = (mask >>> a & 1) != 0 ? 0 : PpoLoss.MASKED;
      }
      for (int h = 0; h < heads.length; h++) {
        one[at + batch.actions[row * heads.length + h]] = 1;
        at += heads[h];
      }
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
