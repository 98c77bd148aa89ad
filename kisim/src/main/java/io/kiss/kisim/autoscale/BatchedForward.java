package io.kiss.kisim.autoscale;

import java.util.Arrays;

/**
 * The forward pass of {@link PolicyNetwork} over many observations at once, to the same bits: every
 * logit is the same sum in the same order.
 *
 * <p>Activations are kept feature by feature, so that the innermost loops run over observations and
 * vectorise. Four inputs a pass save most of the loads and stores; with six, or with two outputs,
 * the JIT gives up on vectors.
 */
final class BatchedForward {
  /** Rows of one pass: long enough for the vector loops, small enough for the caches. */
  private static final int ROWS = 512;

  private static final int INPUTS = 4;

  /** Observations that are transposed together: they fit the first-level cache. */
  private static final int TILE = 64;

  /**
   * From here on loops have a copy of their own. The JIT unrolls a loop by the number of turns it
   * saw first and stays with that: one copy that began with 64 rows would halve the speed at 1024.
   */
  private static final int LONG = 192;

  private final PolicySnapshot snapshot;
  private final float[] scale;
  private final int[] layers;

  /** Per layer {@code [width × rows]}. */
  private final float[][][] activations;

  private final float[] scratch = new float[8 * ROWS];

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
          tanh(activations[l], count);
        }
      }
      transpose(activations[layers.length - 1], count, logits, logitsOffset + from * actions);
    }
  }

  private void normalise(float[] observations, int offset, int count) {
    float[][] inputs = activations[0];
    for (int from = 0; from < count; from += TILE) {
      transposeIn(observations, offset, from, Math.min(count, from + TILE));
    }
    for (int i = 0; i < inputs.length; i++) {
      normalise(inputs[i], snapshot.mean()[i], scale[i], count);
    }
  }

  private void transposeIn(float[] observations, int offset, int from, int to) {
    float[][] inputs = activations[0];
    int features = inputs.length;
    for (int i = 0; i < features; i++) {
      float[] input = inputs[i];
      for (int e = from; e < to; e++) {
        input[e] = observations[offset + e * features + i];
      }
    }
  }

  private static void normalise(float[] values, float mean, float factor, int count) {
    for (int e = 0; e < count; e++) {
      float normalised = (values[e] - mean) * factor;
      values[e] =
          Math.max(
              -PolicyNetwork.OBSERVATION_CLIP,
              Math.min(PolicyNetwork.OBSERVATION_CLIP, normalised));
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
      for (int o = 0; o < out.length; o++) {
        addFour(out[o], in, i, w, from + o * width + i, count);
      }
    }
    for (; i < width; i++) {
      for (int o = 0; o < out.length; o++) {
        add(out[o], in[i], w[from + o * width + i], count);
      }
    }
    return bias + out.length;
  }

  private static void addFour(float[] out, float[][] in, int i, float[] w, int at, int count) {
    float[] x0 = in[i];
    float[] x1 = in[i + 1];
    float[] x2 = in[i + 2];
    float[] x3 = in[i + 3];
    if (count < LONG) {
      addFour(out, x0, x1, x2, x3, w[at], w[at + 1], w[at + 2], w[at + 3], count);
    } else {
      addFourLong(out, x0, x1, x2, x3, w[at], w[at + 1], w[at + 2], w[at + 3], count);
    }
  }

  private static void addFour(
      float[] out,
      float[] x0,
      float[] x1,
      float[] x2,
      float[] x3,
      float w0,
      float w1,
      float w2,
      float w3,
      int count) {
    for (int e = 0; e < count; e++) {
      out[e] = out[e] + x0[e] * w0 + x1[e] * w1 + x2[e] * w2 + x3[e] * w3;
    }
  }

  /** The same; the JIT compiles it on its own, for the long loops it sees here. */
  private static void addFourLong(
      float[] out,
      float[] x0,
      float[] x1,
      float[] x2,
      float[] x3,
      float w0,
      float w1,
      float w2,
      float w3,
      int count) {
    for (int e = 0; e < count; e++) {
      out[e] = out[e] + x0[e] * w0 + x1[e] * w1 + x2[e] * w2 + x3[e] * w3;
    }
  }

  private static void add(float[] out, float[] x, float weight, int count) {
    for (int e = 0; e < count; e++) {
      out[e] += x[e] * weight;
    }
  }

  /** Of several columns in one loop, so that it is a long one for few rows too. */
  private void tanh(float[][] columns, int count) {
    int together = scratch.length / count;
    for (int from = 0; from < columns.length; from += together) {
      int to = Math.min(columns.length, from + together);
      for (int c = from; c < to; c++) {
        System.arraycopy(columns[c], 0, scratch, (c - from) * count, count);
      }
      tanh(scratch, (to - from) * count);
      for (int c = from; c < to; c++) {
        System.arraycopy(scratch, (c - from) * count, columns[c], 0, count);
      }
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
