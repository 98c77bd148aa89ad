package io.kiss.learner.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Brings the flat vector of an {@link ActorCritic} to an engine as tensors, and runs them. */
final class FlatTensors {
  private final List<ActorCritic.Layer> layers;
  private final List<HostBuffer> buffers = new ArrayList<>();
  private List<NDArray> uploaded = List.of();

  /**
   * @param layers of one perceptron or of several
   * @param keeper see {@link HostBuffer#of}
   */
  FlatTensors(List<ActorCritic.Layer> layers, NDManager keeper) {
    this.layers = List.copyOf(layers);
    for (int tensor = 0; tensor < 2 * layers.size(); tensor++) {
      buffers.add(HostBuffer.withGradient(keeper));
    }
  }

  /** Matrix and bias of each layer in turn, gradients wanted, for as long as the step lasts. */
  List<NDArray> upload(NDManager step, float[] parameters) {
    List<NDArray> all = new ArrayList<>(buffers.size());
    for (ActorCritic.Layer layer : layers) {
      Shape matrix = new Shape(layer.out(), layer.in());
      all.add(buffers.get(all.size()).upload(step, parameters, layer.from(), matrix));
      Shape bias = new Shape(layer.out());
      all.add(buffers.get(all.size()).upload(step, parameters, layer.bias(), bias));
    }
    uploaded = all;
    return all;
  }

  /**
   * Reads the gradient by what was uploaded last.
   *
   * @param gradient receives it where the parameters lie
   */
  void readGradient(float[] gradient) {
    int tensor = 0;
    for (ActorCritic.Layer layer : layers) {
      read(uploaded.get(tensor++).getGradient(), gradient, layer.from());
      read(uploaded.get(tensor++).getGradient(), gradient, layer.bias());
    }
  }

  /** Copies an array to {@code at}; once, where the engine lets its memory be looked at. */
  static void read(NDArray from, float[] to, int at) {
    FloatBuffer floats = from.toByteBuffer(true).order(ByteOrder.nativeOrder()).asFloatBuffer();
    floats.get(to, at, floats.remaining());
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
