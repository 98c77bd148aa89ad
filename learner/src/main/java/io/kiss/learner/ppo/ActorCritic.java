package io.kiss.learner.ppo;

import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Where the weights of two perceptrons that share nothing lie in one flat vector: the actor's in
 * {@link PolicySnapshot}'s layout, then the critic's likewise.
 *
 * @param actor layer sizes from the observation to the logits
 * @param critic layer sizes from the observation to the value
 * @param heads logits of each choice, in their order
 */
record ActorCritic(int[] actor, int[] critic, int[] heads) {
  private static final double HIDDEN_GAIN = Math.sqrt(2);
  private static final double POLICY_GAIN = 0.01;
  private static final double VALUE_GAIN = 1;

  /** One linear layer: its matrix {@code [out × in]}, then its bias {@code [out]}. */
  record Layer(int from, int in, int out) {
    int bias() {
      return from + in * out;
    }

    int end() {
      return bias() + out;
    }
  }

  static ActorCritic of(NetworkShape shape, List<Integer> hidden) {
    return new ActorCritic(
        layers(shape.observationSize(), hidden, shape.actionCount()),
        layers(shape.observationSize(), hidden, 1),
        shape.heads().stream().mapToInt(head -> head).toArray());
  }

  private static int[] layers(int in, List<Integer> hidden, int out) {
    int[] layers = new int[hidden.size() + 2];
    layers[0] = in;
    for (int i = 0; i < hidden.size(); i++) {
      layers[i + 1] = hidden.get(i);
    }
    layers[layers.length - 1] = out;
    return layers;
  }

  int features() {
    return actor[0];
  }

  /** Logits of all heads. */
  int actions() {
    return actor[actor.length - 1];
  }

  /** Number of the actor's weights, with which the vector begins. */
  int actorSize() {
    return PolicySnapshot.weightCount(actor);
  }

  int size() {
    return actorSize() + PolicySnapshot.weightCount(critic);
  }

  List<Layer> actorLayers() {
    return layersFrom(actor, 0);
  }

  List<Layer> criticLayers() {
    return layersFrom(critic, actorSize());
  }

  private static List<Layer> layersFrom(int[] sizes, int start) {
    List<Layer> layers = new ArrayList<>();
    int from = start;
    for (int i = 1; i < sizes.length; i++) {
      Layer layer = new Layer(from, sizes[i - 1], sizes[i]);
      layers.add(layer);
      from = layer.end();
    }
    return layers;
  }

  /**
   * Orthogonal matrices and zero biases: gain √2 in hidden layers, 0.01 before the logits, so that
   * the first policy is nearly uniform, 1 before the value. The same seed gives the same weights on
   * every engine.
   */
  float[] initialParameters(long seed) {
    Random random = new Random(seed);
    float[] parameters = new float[size()];
    fill(parameters, actorLayers(), POLICY_GAIN, random);
    fill(parameters, criticLayers(), VALUE_GAIN, random);
    return parameters;
  }

  private static void fill(float[] parameters, List<Layer> layers, double headGain, Random random) {
    for (Layer layer : layers) {
      boolean head = layer.equals(layers.get(layers.size() - 1));
      double gain = head ? headGain : HIDDEN_GAIN;
      boolean wide = layer.in() >= layer.out();
      int vectors = Math.min(layer.in(), layer.out());
      double[][] basis = orthonormal(vectors, Math.max(layer.in(), layer.out()), random);
      for (int o = 0; o < layer.out(); o++) {
        for (int i = 0; i < layer.in(); i++) {
          double entry = wide ? basis[o][i] : basis[i][o];
          parameters[layer.from() + o * layer.in() + i] = (float) (gain * entry);
        }
      }
    }
  }

  /** Gaussian vectors made orthonormal by Gram and Schmidt, each twice against rounding. */
  private static double[][] orthonormal(int vectors, int length, Random random) {
    double[][] basis = new double[vectors][length];
    for (int v = 0; v < vectors; v++) {
      double[] vector = basis[v];
      for (int i = 0; i < length; i++) {
        vector[i] = random.nextGaussian();
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int u = 0; u < v; u++) {
          double along = dot(vector, basis[u]);
          for (int i = 0; i < length; i++) {
            vector[i] -= along * basis[u][i];
          }
        }
      }
      double norm = Math.sqrt(dot(vector, vector));
      for (int i = 0; i < length; i++) {
        vector[i] /= norm;
      }
    }
    return basis;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
