package io.kiss.kisim.autoscale;

import java.util.Arrays;

/**
 * The forward pass of {@link PolicyNetwork} over many observations at once, to the same bits: every
 * logit is the same sum in the same order.
 *
 * <p>Activations are kept feature by feature, so that the innermost loops run over observations and
 * vectorise. Three inputs and two outputs a pass save most of the loads and stores; with one more
 * of either, the JIT gives up on vectors for some numbers of rows. It also does where what is
 * loaded is not put into a variable, since a store in between may have changed it.
 */
final class BatchedForward {
  /** Rows of one pass: long enough for the vector loops, small enough for the caches. */
  private static final int ROWS = 1024;

  private static final int INPUTS = 3;
  private static final int OUTPUTS = 2;

  /** Observations that are transposed together: they fit the first-level cache. */
  private static final int TILE = 64;

  /**
   * From here on loops have a copy of their own. The JIT unrolls a loop by the number of turns it
   * saw first and stays with that: one copy that began with 64 rows would halve the speed at 1024.
   */
  private static final int LONG = 192;

  /**
   * Where the eighth powers of a row sum to less, none of them is beyond {@link
   * PolicyNetwork#TANH_CLIP}; less a little, for rounding.
   */
  private static final float TAME = 0.99f * (float) Math.pow(PolicyNetwork.TANH_CLIP, 8);

  private static final int SCRATCH = 4096;

  private final PolicySnapshot snapshot;
  private final float[] scale;
  private final int[] layers;
  private final int capacity;

  /** A layer's inputs {@code [width × rows]}. */
  private final float[][] inputs;

  /** A layer's sums {@code [width × rows]}. */
  private final float[][] sums;

  /** Of each row, the sum over a layer of the eighth power of what goes into tanh. */
  private final float[] powers;

  private final float[] scratch = new float[SCRATCH];
  private final float[] tile;

  /** Takes room for up to {@code rows} rows a pass. */
  BatchedForward(PolicySnapshot snapshot, float[] scale, int rows) {
    this.snapshot = snapshot;
    this.scale = scale;
    layers = snapshot.layers();
    capacity = Math.min(ROWS, rows);
    int widest = Arrays.stream(layers).max().orElseThrow();
    // With its header of 16 bytes an array fills whole cache lines. Those that are made one after
    // the other then all begin at the same place in a line, and of the vectors that a loop reads
    // at one place either all or none cross its end.
    int length = (capacity + 3) / 16 * 16 + 12;
    inputs = new float[widest][length];
    sums = new float[widest][length];
    powers = new float[length];
    tile = new float[Math.min(TILE, capacity) * layers[0]];
  }

  /** Most rows that one pass takes. */
  int capacity() {
    return capacity;
  }

  /** Whether there is no use in more room for that many rows. */
  boolean isEnoughFor(int rows) {
    return capacity >= Math.min(ROWS, rows);
  }

  /** As {@link PolicyNetwork#logits(float[], int, int, float[], int)}. */
  void logits(float[] observations, int offset, int rows, float[] logits, int logitsOffset) {
    int features = layers[0];
    int actions = layers[layers.length - 1];
    int passes = (rows + capacity - 1) / capacity;
    for (int pass = 0; pass < passes; pass++) {
      int from = (int) ((long) rows * pass / passes);
      int count = (int) ((long) rows * (pass + 1) / passes) - from;
      normalise(observations, offset + from * features, count);
      int weight = 0;
      for (int l = 1; l < layers.length; l++) {
        weight = linear(weight, layers[l - 1], layers[l], count);
        if (l + 1 < layers.length) {
          tanh(layers[l], count);
        }
      }
      transpose(sums, actions, count, logits, logitsOffset + from * actions);
    }
  }

  private void normalise(float[] observations, int offset, int count) {
    for (int from = 0; from < count; from += TILE) {
      transposeIn(observations, offset, from, Math.min(count, from + TILE));
    }
    for (int i = 0; i < layers[0]; i++) {
      normalise(inputs[i], snapshot.mean()[i], scale[i], count);
    }
  }

  private void transposeIn(float[] observations, int offset, int from, int to) {
    int features = layers[0];
    // What is read in its order comes from memory sooner; the copy is in the first-level cache.
    System.arraycopy(observations, offset + from * features, tile, 0, (to - from) * features);
    for (int i = 0; i < features; i++) {
      float[] input = inputs[i];
      for (int e = from, at = i; e < to; e++, at += features) {
        input[e] = tile[at];
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
   * @param from where its matrix {@code [outputs × width]} begins in the snapshot's weights
   * @return where the next layer's matrix begins
   */
  private int linear(int from, int width, int outputs, int count) {
    float[] w = snapshot.weights();
    int bias = from + width * outputs;
    for (int o = 0; o < outputs; o++) {
      Arrays.fill(sums[o], 0, count, w[bias + o]);
    }
    int i = 0;
    for (; width - i == INPUTS || width - i > INPUTS + 1; i += INPUTS) {
      if (count < LONG) {
        addShort(sums, outputs, inputs, width, i, w, from, count);
      } else {
        addLong(sums, outputs, inputs, width, i, w, from, count);
      }
    }
    for (; width - i >= 2; i += 2) {
      addTwo(sums, outputs, inputs, width, i, w, from, count);
    }
    addRest(from, width, i, outputs, count);
    return bias + outputs;
  }

  /** What pairs of outputs leave over: the last of an odd number, and an only input. */
  private void addRest(int from, int width, int done, int outputs, int count) {
    float[] w = snapshot.weights();
    int paired = outputs / OUTPUTS * OUTPUTS;
    for (int o = 0; o < outputs; o++) {
      for (int i = o < paired ? done : 0; i < width; i++) {
        add(sums[o], inputs[i], w[from + o * width + i], count);
      }
    }
  }

  private static void addShort(
      float[][] out, int outputs, float[][] in, int width, int i, float[] w, int from, int count) {
    float[] x0 = in[i];
    float[] x1 = in[i + 1];
    float[] x2 = in[i + 2];
    for (int o = 0; o + OUTPUTS <= outputs; o += OUTPUTS) {
      float[] y0 = out[o];
      float[] y1 = out[o + 1];
      int at = from + o * width + i;
      float v0 = w[at];
      float v1 = w[at + 1];
      float v2 = w[at + 2];
      int next = at + width;
      float w0 = w[next];
      float w1 = w[next + 1];
      float w2 = w[next + 2];
      for (int e = 0; e < count; e++) {
        float a = x0[e];
        float b = x1[e];
        float c = x2[e];
        y0[e] = y0[e] + a * v0 + b * v1 + c * v2;
        y1[e] = y1[e] + a * w0 + b * w1 + c * w2;
      }
    }
  }

  /** The same; the JIT compiles it on its own, for the long loops it sees here. */
  private static void addLong(
      float[][] out, int outputs, float[][] in, int width, int i, float[] w, int from, int count) {
    float[] x0 = in[i];
    float[] x1 = in[i + 1];
    float[] x2 = in[i + 2];
    for (int o = 0; o + OUTPUTS <= outputs; o += OUTPUTS) {
      float[] y0 = out[o];
      float[] y1 = out[o + 1];
      int at = from + o * width + i;
      float v0 = w[at];
      float v1 = w[at + 1];
      float v2 = w[at + 2];
      int next = at + width;
      float w0 = w[next];
      float w1 = w[next + 1];
      float w2 = w[next + 2];
      for (int e = 0; e < count; e++) {
        float a = x0[e];
        float b = x1[e];
        float c = x2[e];
        y0[e] = y0[e] + a * v0 + b * v1 + c * v2;
        y1[e] = y1[e] + a * w0 + b * w1 + c * w2;
      }
    }
  }

  /** The same for two inputs, where threes do not come out even. */
  private static void addTwo(
      float[][] out, int outputs, float[][] in, int width, int i, float[] w, int from, int count) {
    float[] x0 = in[i];
    float[] x1 = in[i + 1];
    for (int o = 0; o + OUTPUTS <= outputs; o += OUTPUTS) {
      float[] y0 = out[o];
      float[] y1 = out[o + 1];
      int at = from + o * width + i;
      float v0 = w[at];
      float v1 = w[at + 1];
      int next = at + width;
      float w0 = w[next];
      float w1 = w[next + 1];
      for (int e = 0; e < count; e++) {
        float a = x0[e];
        float b = x1[e];
        y0[e] = y0[e] + a * v0 + b * v1;
        y1[e] = y1[e] + a * w0 + b * w1;
      }
    }
  }

  private static void add(float[] out, float[] x, float weight, int count) {
    for (int e = 0; e < count; e++) {
      out[e] += x[e] * weight;
    }
  }

  /** Takes the sums to the next layer's inputs. */
  private void tanh(int width, int count) {
    if (count < LONG) {
      tanhTogether(width, count);
      return;
    }
    Arrays.fill(powers, 0, count, 0);
    for (int c = 0; c < width; c++) {
      addPowers(sums[c], powers, count);
      tanhUncut(sums[c], inputs[c], count);
    }
    if (!isTame(count)) {
      for (int c = 0; c < width; c++) {
        tanh(sums[c], inputs[c], count);
      }
    }
  }

  /**
   * Whether nothing had to be cut. Cutting is half of tanh's work, mostly for nothing, and so it is
   * only done where this shows afterwards that it was needed.
   */
  private boolean isTame(int count) {
    boolean tame = true;
    for (int e = 0; e < count; e++) {
      tame &= powers[e] < TAME; // false also of what is not a number
    }
    return tame;
  }

  /** Of several columns in one loop, so that it is a long one for few rows too. */
  private void tanhTogether(int width, int count) {
    int together = scratch.length / count;
    for (int from = 0; from < width; from += together) {
      int to = Math.min(width, from + together);
      for (int c = from; c < to; c++) {
        System.arraycopy(sums[c], 0, scratch, (c - from) * count, count);
      }
      tanh(scratch, scratch, (to - from) * count);
      for (int c = from; c < to; c++) {
        System.arraycopy(scratch, (c - from) * count, inputs[c], 0, count);
      }
    }
  }

  private static void addPowers(float[] from, float[] powers, int count) {
    for (int e = 0; e < count; e++) {
      float square = from[e] * from[e];
      float fourth = square * square;
      powers[e] += fourth * fourth;
    }
  }

  private static void tanhUncut(float[] from, float[] to, int count) {
    for (int e = 0; e < count; e++) {
      to[e] = PolicyNetwork.tanhUncut(from[e]);
    }
  }

  private static void tanh(float[] from, float[] to, int count) {
    for (int e = 0; e < count; e++) {
      to[e] = PolicyNetwork.tanh(from[e]);
    }
  }

  private static void transpose(float[][] columns, int width, int count, float[] rows, int offset) {
    for (int a = 0; a < width; a++) {
      float[] column = columns[a];
      for (int e = 0; e < count; e++) {
        rows[offset + e * width + a] = column[e];
      }
    }
  }
}
