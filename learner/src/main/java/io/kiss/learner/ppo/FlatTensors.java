package io.kiss.learner.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** Cuts the flat vector of an {@link ActorCritic} into tensors on an engine, and runs them. */
final class FlatTensors {
  private final List<ActorCritic.Layer> layers;

  /** Where in the flat vector one tensor ends and the next begins. */
  private final long[] borders;

  /**
   * @param layers of one perceptron or of several, with nothing between them in the vector
   */
  FlatTensors(List<ActorCritic.Layer> layers) {
    this.layers = List.copyOf(layers);
    borders =
        layers.stream()
            .flatMapToLong(layer -> LongStream.of(layer.bias(), layer.end()))
            .limit(2L * layers.size() - 1)
            .toArray();
  }

  /** Matrix and bias of each layer in turn, in a way that gradients flow back through. */
  List<NDArray> cut(NDArray flat) {
    NDList parts = flat.split(borders, 0);
    List<NDArray> all = new ArrayList<>(parts.size());
    for (ActorCritic.Layer layer : layers) {
      all.add(parts.get(all.size()).reshape(new Shape(layer.out(), layer.in())));
      all.add(parts.get(all.size()));
    }
    return all;
  }

  /**
   * What one perceptron gives.
   *
   * @param input {@code [rows × features]}
   * @param tensors its matrices and biases
   * @return {@code [rows × outputs]}
   */
  static NDArray perceptron(NDArray input, List<NDArray> tensors) {
    NDArray signal = input;
    for (int i = 0; i < tensors.size(); i += 2) {
      signal = Linear.linear(signal, tensors.get(i), tensors.get(i + 1)).singletonOrThrow();
      if (i + 2 < tensors.size()) {
        signal = Activation.tanh(signal); // MXNet: twice the rows a second of NDArray.tanh
      }
    }
    return signal;
  }
}
