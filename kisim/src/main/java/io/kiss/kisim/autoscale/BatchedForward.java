package io.kiss.kisim.autoscale;

import java.util.Arrays;

/**
 * The forward pass of {@link PolicyNetwork} over many observations at once, to the same bits: every
 * logit is the same sum in the same order.
 *
 * <p>Activations are kept feature by feature, so that the innermost loops run over observations and
 * vectorise. Four inputs and two outputs a pass save most of the loads and stores.
 */
final class BatchedForward {
  /**
   * Rows of one pass: long enough for the vector loops, small enough for the second-level cache.
   */
  private static final int ROWS = 1024;

  private static final int INPUTS = 4;

  private final PolicySnapshot snapshot;
  private final float[] scale;
  private final int[] layers;

  /** Per layer {@code [width × rows]}; of the hidden ones every second shares its arrays. */
  private final float[][][] activations;

  /** Takes room for up to {@code rows} rows a pass. */
  BatchedForward(PolicySnapshot snapshot, float[] scale, int rows) {
    this.snapshot = snapshot;
    this.scale = scale;
    layers = snapshot.layers();
    int length = Math.min(ROWS, rows);
    activations = new float[layers.length][][];
    for (int l = 0; l < layers.length; l++) {
      activations[l] = new float[layers[l]][length];
    }
  }

  /** Most rows that one pass takes. */
  int capacity() {
    return activations[0][0].length;
  }

  /** Whether there is no use in more room for that many rows. */
  boolean isEnoughFor(int rows) {
    return capacity() >= Math.min(ROWS, rows);
  }

  /** As {@link PolicyNetwork#logits(float[], int, int, float[], int)}. */
  void logits(float[] observations, int offset, int rows, float[] logits, int logitsOffset) {
    int features = layers[0];
    int actions = layers[layers.length - 1];
    int passes = (rows + capacity() - 1) / capacity();
    for (int pass = 0; pass < passes; pass++) {
      int from = (int) ((long) rows * pass / passes);
      int count = (int) ((long) rows * (pass + 1) / passes) - from;
      normalise(observations, offset + from * features, count);
      int weight = 0;
      for (int l = 1; l < layers.length; l++) {
        weight = linear(weight, activations[l - 1], activations[l], count);
        if (l + 1 < layers.length) {
          for (float[] row : activations[l]) {
            tanh(row, count);
          }
        }
      }
      transpose(activations[layers.length - 1], count, logits, logitsOffset + from * actions);
    }
  }

  private void normalise(float[] observations, int offset, int count) {
    float[][] inputs = activations[0];
    int features = inputs.length;
    for (int i = 0; i < features; i++) {
      float[] input = inputs[i];
      float mean = snapshot.mean()[i];
      float factor = scale[i];
      for (int e = 0; e < count; e++) {
        float normalised = (observations[offset + e * features + i] - mean) * factor;
        input[e] =
            Math.max(
                -PolicyNetwork.OBSERVATION_CLIP,
                Math.min(PolicyNetwork.OBSERVATION_CLIP, normalised));
      }
    }
  }

  /**
   * One layer.
   *
   * @param from where its matrix {@code [out × in]} begins in the snapshot's weights
   * @return where the next layer's matrix begins
   */
  private int linear(int from, float[][] in, float[][] out, int count) {
    float[] w = snapshot.weights();
    int width = in.length;
    int bias = from + width * out.length;
    for (int o = 0; o < out.length; o++) {
      Arrays.fill(out[o], 0, count, w[bias + o]);
    }
    int i = 0;
    for (; i + INPUTS <= width; i += INPUTS) {
      fourInputs(w, from + i, in, i, out, count);
    }
    for (; i < width; i++) {
      for (int o = 0; o < out.length; o++) {
        add(out[o], in[i], w[from + o * width + i], count);
      }
    }
    return bias + out.length;
  }

  private static void fourInputs(
      float[] w, int from, float[][] in, int i, float[][] out, int count) {
    int width = in.length;
    int o = 0;
    for (; o + 2 <= out.length; o += 2) {
      int a = from + o * width;
      int b = a + width;
      addFourToTwo(
          out[o],
          out[o + 1],
          in[i],
          in[i + 1],
          in[i + 2],
          in[i + 3],
          w[a],
          w[a + 1],
          w[a + 2],
          w[a + 3],
          w[b],
          w[b + 1],
          w[b + 2],
          w[b + 3],
          count);
    }
    for (; o < out.length; o++) {
      for (int k = 0; k < INPUTS; k++) {
        add(out[o], in[i + k], w[from + o * width + k], count);
      }
    }
  }

  private static void addFourToTwo(
      float[] outA,
      float[] outB,
      float[] x0,
      float[] x1,
      float[] x2,
      float[] x3,
      float a0,
      float a1,
      float a2,
      float a3,
      float b0,
      float b1,
      float b2,
      float b3,
      int count) {
    for (int e = 0; e < count; e++) {
      float y0 = x0[e];
      float y1 = x1[e];
      float y2 = x2[e];
      float y3 = x3[e];
      outA[e] = outA[e] + y0 * a0 + y1 * a1 + y2 * a2 + y3 * a3;
      outB[e] = outB[e] + y0 * b0 + y1 * b1 + y2 * b2 + y3 * b3;
    }
  }

  private static void add(float[] out, float[] x, float weight, int count) {
    for (int e = 0; e < count; e++) {
      out[e] += x[e] * weight;
    }
  }

  private static void tanh(float[] values, int count) {
    for (int e = 0; e < count; e++) {
      values[e] = PolicyNetwork.tanh(values[e]);
    }
  }

  private static void transpose(float[][] columns, int count, float[] rows, int offset) {
    int width = columns.length;
    for (int a = 0; a < width; a++) {
      float[] column = columns[a];
      for (int e = 0; e < count; e++) {
        rows[offset + e * width + a] = column[e];
      }
    }
  }
}
