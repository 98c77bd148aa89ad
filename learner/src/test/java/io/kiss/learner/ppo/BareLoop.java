package io.kiss.learner.ppo;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.List;
import java.util.Random;

/**
 * The least that a PPO update can be on DJL: the same network, loss and minibatch, with the weights
 * and every minibatch on the engine from the start, and DJL's own Adam. No observations are
 * normalised, no rows shuffled or copied, no advantages computed, nothing is read back but the loss
 * of a minibatch, without which an engine that is lazy would fall behind.
 */
final class BareLoop implements AutoCloseable {
  private final Engine engine;
  private final NDManager manager;
  private final PpoSettings settings;
  private final int[] heads;
  private final NDArray[] actor;
  private final NDArray[] critic;
  private final LossInputs.Uploaded[] minibatches;
  private final Optimizer adam;

  BareLoop(PpoSettings settings, NetworkShape shape, int rows) {
    engine = DjlEngine.load(settings.engine());
    manager = engine.newBaseManager(Device.cpu());
    this.settings = settings;
    heads = shape.heads().stream().mapToInt(head -> head).toArray();
    ActorCritic network = ActorCritic.of(shape, settings.hidden());
    float[] parameters = network.initialParameters(1);
    actor = upload(network.actorLayers(), parameters);
    critic = upload(network.criticLayers(), parameters);
    int parts = Math.max(1, Math.round((float) rows / settings.minibatch()));
    int count = rows / parts;
    minibatches = new LossInputs.Uploaded[parts];
    Random random = new Random(1);
    for (int part = 0; part < parts; part++) {
      minibatches[part] = made(random, count, network);
    }
    adam =
        Optimizer.adam()
            .optLearningRateTracker(Tracker.fixed((float) settings.learningRate()))
            .build();
  }

  private LossInputs.Uploaded made(Random random, int count, ActorCritic network) {
    LossInputs inputs = new LossInputs(network.features(), heads, null);
    inputs.begin(
        count,
        new PpoLoss.Coefficients(settings.clip(), settings.valueCoefficient(), settings.entropy()));
    float[] observations = Segments.gaussian(random, count * network.features());
    byte[] taken = new byte[heads.length];
    for (int i = 0; i < count; i++) {
      for (int h = 0; h < heads.length; h++) {
        taken[h] = (byte) random.nextInt(heads[h]);
      }
      inputs.observation(i, observations, i * network.features());
      inputs.action(i, -1, taken, 0);
      float old = (float) -Math.log(network.actions());
      float advantage = (float) random.nextGaussian();
      inputs.worth(i, old, advantage, 1f / count, (float) random.nextGaussian());
    }
    return inputs.upload(manager);
  }

  private NDArray[] upload(List<ActorCritic.Layer> layers, float[] parameters) {
    NDArray[] tensors = new NDArray[2 * layers.size()];
    for (int l = 0; l < layers.size(); l++) {
      ActorCritic.Layer layer = layers.get(l);
      float[] matrix = java.util.Arrays.copyOfRange(parameters, layer.from(), layer.bias());
      tensors[2 * l] = manager.create(matrix, new Shape(layer.out(), layer.in()));
      tensors[2 * l + 1] = manager.create(new Shape(layer.out()));
      tensors[2 * l].setRequiresGradient(true);
      tensors[2 * l + 1].setRequiresGradient(true);
    }
    return tensors;
  }

  /** One update: every minibatch once in every epoch. */
  void update() {
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      for (int part = 0; part < minibatches.length; part++) {
        step(part);
      }
    }
  }

  private void step(int part) {
    try (NDManager step = manager.newSubManager()) {
      NDArray input = minibatches[part].observations();
      input.tempAttach(step);
      NDArray loss;
      try (GradientCollector collector = engine.newGradientCollector()) {
        NDArray logits = perceptron(input, actor);
        NDArray values = perceptron(input, critic);
        loss = PpoLoss.of(logits, heads, values, minibatches[part].targets()).loss();
        collector.backward(loss);
      }
      int id = 0;
      for (NDArray[] tensors : new NDArray[][] {actor, critic}) {
        for (NDArray tensor : tensors) {
          NDArray gradient = tensor.getGradient();
          gradient.attach(step);
          adam.update("w" + id++, tensor, gradient); // and PyTorch's gradient is zero again
        }
      }
      loss.getFloat();
    }
  }

  private static NDArray perceptron(NDArray input, NDArray[] tensors) {
    NDArray signal = input;
    for (int i = 0; i < tensors.length; i += 2) {
      signal = Linear.linear(signal, tensors[i], tensors[i + 1]).singletonOrThrow();
      if (i + 2 < tensors.length) {
        signal = Activation.tanh(signal);
      }
    }
    return signal;
  }

  @Override
  public void close() {
    manager.close();
  }
}
