package io.kiss.kisim.autoscale;

/**
 * The actor network in plain Java: normalise, then linear layers with tanh between them.
 *
 * <p>Workers and scalers need no native library. The weights are immutable and may be shared; the
 * working arrays are not, so each thread has a network of its own (see {@link #fork}).
 */
public final class PolicyNetwork {
  /** Normalised features are clipped to plus and minus this, in training as here. */
  public static final float OBSERVATION_CLIP = 10;

  /** From here on the hyperbolic tangent is as good as 1. */
  static final float TANH_CLIP = 7.905311f;

  private static final float SMALLEST_DEVIATION = 1e-4f;

  /** Fewer rows are sooner done one by one. */
  private static final int FEWEST_IN_A_BATCH = 24;

  /** Of a layer, taken in together where one row is done by itself. */
  private static final int INPUTS = 4;

  private final PolicySnapshot snapshot;

  /** Per layer, transposed to [in × out], so that the inner loop runs over neighbours. */
  private final float[][] matrices;

  private final float[][] biases;

  /**
   * Per layer and input, the first output that it leads to and the one behind the last: in a {@link
   * PolicyEnsemble} a member's only, which is most of the work.
   */
  private final int[][] firsts;

  private final int[][] ends;
  private final float[] scale;
  private final float[][] activations;

  /** Made when it is first needed, larger when more rows come. */
  private BatchedForward batched;

  /** Makes the network of a snapshot. */
  public PolicyNetwork(PolicySnapshot snapshot) {
    this.snapshot = snapshot;
    int[] layers = snapshot.layers();
    matrices = new float[layers.length - 1][];
    biases = new float[layers.length - 1][];
    firsts = new int[layers.length - 1][];
    ends = new int[layers.length - 1][];
    int from = 0;
    for (int l = 0; l < matrices.length; l++) {
      int in = layers[l];
      int out = layers[l + 1];
      matrices[l] = new float[in * out];
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          matrices[l][i * out + o] = snapshot.weights()[from + o * in + i];
        }
      }
      findConnections(l, in, out);
      from += in * out;
      biases[l] = java.util.Arrays.copyOfRange(snapshot.weights(), from, from + out);
      from += out;
    }
    scale = new float[layers[0]];
    for (int i = 0; i < scale.length; i++) {
      scale[i] = 1 / divisor(snapshot, i);
    }
    activations = workingArrays(layers);
  }

  private PolicyNetwork(PolicyNetwork shared) {
    snapshot = shared.snapshot;
    matrices = shared.matrices;
    biases = shared.biases;
    firsts = shared.firsts;
    ends = shared.ends;
    scale = shared.scale;
    activations = workingArrays(snapshot.layers());
  }

  private void findConnections(int layer, int in, int out) {
    firsts[layer] = new int[in];
    ends[layer] = new int[in];
    for (int i = 0; i < in; i++) {
      int first = 0;
      while (first < out && matrices[layer][i * out + first] == 0) {
        first++;
      }
      int end = out;
      while (end > first && matrices[layer][i * out + end - 1] == 0) {
        end--;
      }
      firsts[layer][i] = first;
      ends[layer][i] = end;
    }
  }

  /** What a feature's distance from its mean is divided by. */
  static float divisor(PolicySnapshot snapshot, int feature) {
    return Math.max(SMALLEST_DEVIATION, snapshot.deviation()[feature]);
  }

  private static float[][] workingArrays(int[] layers) {
    float[][] arrays = new float[layers.length][];
    for (int l = 0; l < layers.length; l++) {
      arrays[l] = new float[layers[l]];
    }
    return arrays;
  }

  /** The same weights with working arrays of its own, for another thread. */
  public PolicyNetwork fork() {
    return new PolicyNetwork(this);
  }

  /** The snapshot this network was made of. */
  public PolicySnapshot snapshot() {
    return snapshot;
  }

  /**
   * Computes the logits of one observation.
   *
   * @param observation raw features from {@code offset} on
   * @param logits receives one float an action from {@code logitsOffset} on, head after head
   */
  public void logits(float[] observation, int offset, float[] logits, int logitsOffset) {
    float[] input = activations[0];
    float[] mean = snapshot.mean();
    for (int i = 0; i < input.length; i++) {
      float normalised = (observation[offset + i] - mean[i]) * scale[i];
      input[i] = Math.max(-OBSERVATION_CLIP, Math.min(OBSERVATION_CLIP, normalised));
    }
    for (int l = 0; l < matrices.length; l++) {
      float[] output = activations[l + 1];
      linear(l, activations[l], output);
      if (l + 1 < matrices.length) {
        for (int o = 0; o < output.length; o++) {
          output[o] = tanh(output[o]);
        }
      }
    }
    float[] last = activations[activations.length - 1];
    System.arraycopy(last, 0, logits, logitsOffset, last.length);
  }

  /**
   * Computes the logits of many observations, to the same bits as one by one, several times as
   * fast.
   *
   * @param observations raw {@code [rows × features]} from {@code offset} on
   * @param logits receives {@code [rows × actions]} from {@code logitsOffset} on
   */
  public void logits(float[] observations, int offset, int rows, float[] logits, int logitsOffset) {
    if (rows < FEWEST_IN_A_BATCH) {
      int features = activations[0].length;
      int actions = activations[activations.length - 1].length;
      for (int row = 0; row < rows; row++) {
        logits(observations, offset + row * features, logits, logitsOffset + row * actions);
      }
      return;
    }
    if (batched == null || !batched.isEnoughFor(rows)) {
      batched = new BatchedForward(snapshot, scale, rows);
    }
    batched.logits(observations, offset, rows, logits, logitsOffset);
  }

  private void linear(int layer, float[] input, float[] output) {
    float[] matrix = matrices[layer];
    int out = output.length;
    System.arraycopy(biases[layer], 0, output, 0, out);
    int i = 0;
    for (; i + INPUTS <= input.length; i += INPUTS) {
      int first = out;
      int end = 0;
      for (int k = i; k < i + INPUTS; k++) {
        first = Math.min(first, firsts[layer][k]);
        end = Math.max(end, ends[layer][k]);
      }
      add(matrix, i * out, first, end, input, i, output);
    }
    for (; i < input.length; i++) {
      int row = i * out;
      for (int o = firsts[layer][i]; o < ends[layer][i]; o++) {
        output[o] += input[i] * matrix[row + o];
      }
    }
  }

  /**
   * Takes in {@value #INPUTS} inputs, which saves most of the loads and stores; the order of every
   * sum stays.
   *
   * @param row where the matrix has the first of them
   */
  private static void add(
      float[] matrix, int row, int first, int end, float[] input, int i, float[] output) {
    float a = input[i];
    float b = input[i + 1];
    float c = input[i + 2];
    float d = input[i + 3];
    int second = row + output.length;
    int third = second + output.length;
    int fourth = third + output.length;
    for (int o = first; o < end; o++) {
      output[o] =
          output[o]
              + a * matrix[row + o]
              + b * matrix[second + o]
              + c * matrix[third + o]
              + d * matrix[fourth + o];
    }
  }

  /**
   * Hyperbolic tangent as a ratio of polynomials, within 1e-6 of the exact one: a loop over it
   * vectorises where {@link Math#tanh} cannot. The minimax coefficients are those published in
   * Eigen's {@code generic_fast_tanh_float}.
   */
  static float tanh(float x) {
    return tanhUncut(Math.max(-TANH_CLIP, Math.min(TANH_CLIP, x)));
  }

  /** The same where the argument lies within plus and minus {@link #TANH_CLIP}. */
  static float tanhUncut(float c) {
    float s = c * c;
    float numerator = -2.76076847742355e-16f;
    numerator = numerator * s + 2.00018790482477e-13f;
    numerator = numerator * s - 8.60467152213735e-11f;
    numerator = numerator * s + 5.12229709037114e-08f;
    numerator = numerator * s + 1.48572235717979e-05f;
    numerator = numerator * s + 6.37261928875436e-04f;
    numerator = numerator * s + 4.89352455891786e-03f;
    float denominator = 1.19825839466702e-06f;
    denominator = denominator * s + 1.18534705686654e-04f;
    denominator = denominator * s + 2.26843463243900e-03f;
    denominator = denominator * s + 4.89352518554385e-03f;
    return c * numerator / denominator;
  }

  /**
   * The most probable allowed action of one head.
   *
   * @param from the head's first logit
   * @param to behind its last
   * @return counted from {@code from}; -1 where the mask allows none
   */
  public static int argmax(float[] logits, float[] mask, int from, int to) {
    int best = -1;
    for (int a = from; a < to; a++) {
      if (mask[a] > 0 && (best < 0 || logits[a] > logits[from + best])) {
        best = a - from;
      }
    }
    return best;
  }

  /** Turns the only head's logits into probabilities in place; masked actions get none. */
  public static void softmax(float[] logits, float[] mask) {
    softmax(logits, mask, 0, logits.length);
  }

  /**
   * Turns one head's logits into probabilities in place; masked actions get none.
   *
   * @param from the head's first logit
   * @param to behind its last
   */
  public static void softmax(float[] logits, float[] mask, int from, int to) {
    float highest = Float.NEGATIVE_INFINITY;
    for (int a = from; a < to; a++) {
      if (mask[a] > 0) {
        highest = Math.max(highest, logits[a]);
      }
    }
    float sum = 0;
    for (int a = from; a < to; a++) {
      logits[a] = mask[a] > 0 ? (float) Math.exp(logits[a] - highest) : 0;
      sum += logits[a];
    }
    for (int a = from; a < to; a++) {
      logits[a] /= sum;
    }
  }
}
