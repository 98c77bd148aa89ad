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
  private final NDArray[] inputs;
  private final PpoLoss.Targets[] targets;
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
    inputs = new NDArray[parts];
    targets = new PpoLoss.Targets[parts];
    Random random = new Random(1);
    for (int part = 0; part < parts; part++) {
      int features = shape.observationSize();
      inputs[part] =
          manager.create(Segments.gaussian(random, count * features), new Shape(count, features));
      targets[part] = made(random, count, shape.actionCount());
    }
    adam =
        Optimizer.adam()
            .optLearningRateTracker(Tracker.fixed((float) settings.learningRate()))
            .build();
  }

  private PpoLoss.Targets made(Random random, int count, int actions) {
    float[] chosen = new float[count * actions];
    float[] old = new float[count];
    float[] weights = new float[count];
    for (int i = 0; i < count; i++) {
      chosen[i * actions + random.nextInt(actions)] = 1;
      old[i] = (float) -Math.log(actions);
      weights[i] = 1f / count;
    }
    Shape perAction = new Shape(count, actions);
    return new PpoLoss.Targets(
        manager.create(new float[count * actions], perAction),
        manager.create(chosen, perAction),
        manager.create(old),
        manager.create(Segments.gaussian(random, count)),
        manager.create(weights),
        manager.create(Segments.gaussian(random, count)));
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
      for (int part = 0; part < inputs.length; part++) {
        step(part);
      }
    }
  }

  private void step(int part) {
    try (NDManager step = manager.newSubManager()) {
      NDArray input = inputs[part];
      input.tempAttach(step);
      NDArray loss;
      try (GradientCollector collector = engine.newGradientCollector()) {
        NDArray logits = perceptron(input, actor);
        NDArray values = perceptron(input, critic).reshape(input.getShape().get(0));
        loss =
            PpoLoss.of(
                    logits,
                    heads,
                    values,
                    targets[part],
                    settings.clip(),
                    settings.valueCoefficient(),
                    settings.entropy())
                .loss();
        collector.backward(loss);
      }
      int id = 0;
      for (NDArray[] tensors : new NDArray[][] {actor, critic}) {
        for (NDArray tensor : tensors) {
          NDArray gradient = tensor.getGradient();
          gradient.attach(step);
          adam.update("w" + id++, tensor, gradient);
          clear(gradient);
        }
      }
      loss.getFloat();
    }
  }

  /** PyTorch adds to a gradient that is there; MXNet writes over it. */
  private void clear(NDArray gradient) {
    if (engine.getEngineName().equals("PyTorch")) {
      gradient.subi(gradient);
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
