package io.kiss.learner.ppo;

import io.kiss.kisim.autoscale.PolicyNetwork;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Running mean, variance and range of every feature over all observations a policy acted on; batch
 * moments are merged by Chan's formula.
 */
final class ObservationNormaliser {
  /** Floor of the deviation, so that a feature that never moved is not divided by zero. */
  static final float SMALLEST_DEVIATION = 1e-4f;

  private double count;
  private final double[] mean;
  private final double[] squares;
  private final float[] lowest;
  private final float[] highest;

  /** Has seen nothing: mean 0, deviation 1, and a range that nothing is inside of. */
  ObservationNormaliser(int features) {
    mean = new double[features];
    squares = new double[features];
    lowest = new float[features];
    highest = new float[features];
    Arrays.fill(lowest, Float.MAX_VALUE);
    Arrays.fill(highest, -Float.MAX_VALUE);
  }

  boolean isEmpty() {
    return count == 0;
  }

  /**
   * Takes in the rows that are flagged.
   *
   * @param observations raw {@code [rows × features]}
   * @param flags a row counts where this has the bit {@code flag} {@code [rows]}
   */
  void add(float[] observations, byte[] flags, byte flag) {
    int features = mean.length;
    // Sums about what the mean is so far, or a first row: small beside it, nothing cancels out.
    float[] about = null;
    double[] sum = new double[features];
    double[] squared = new double[features];
    int rows = 0;
    for (int row = 0; row < flags.length; row++) {
      if ((flags[row] & flag) != 0) {
        int from = row * features;
        if (about == null) {
          about = isEmpty() ? Arrays.copyOfRange(observations, from, from + features) : mean();
        }
        rows++;
        for (int i = 0; i < features; i++) {
          double d = (double) observations[from + i] - about[i];
          sum[i] += d;
          squared[i] += d * d;
        }
        for (int i = 0; i < features; i++) {
          lowest[i] = Math.min(lowest[i], observations[from + i]);
        }
        for (int i = 0; i < features; i++) {
          highest[i] = Math.max(highest[i], observations[from + i]);
        }
      }
    }
    if (rows > 0) {
      merge(about, sum, squared, rows);
    }
  }

  /** Merges moments of so many rows about a point. */
  private void merge(float[] about, double[] sum, double[] squared, int rows) {
    double total = count + rows;
    for (int i = 0; i < mean.length; i++) {
      double shift = sum[i] / rows;
      double delta = about[i] + shift - mean[i];
      double deviations = Math.max(0, squared[i] - sum[i] * shift);
      mean[i] += delta * rows / total;
      squares[i] += deviations + delta * delta * count * rows / total;
    }
    count = total;
  }

  float[] mean() {
    float[] floats = new float[mean.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) mean[i];
    }
    return floats;
  }

  float[] deviation() {
    float[] floats = new float[mean.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] =
          count == 0 ? 1 : Math.max(SMALLEST_DEVIATION, (float) Math.sqrt(squares[i] / count));
    }
    return floats;
  }

  float[] lowest() {
    return lowest.clone();
  }

  float[] highest() {
    return highest.clone();
  }

  boolean isFinite() {
    boolean finite = true;
    for (int i = 0; i < mean.length; i++) {
      finite &= Double.isFinite(mean[i]) && Double.isFinite(squares[i]);
    }
    return finite;
  }

  /** Normalises as {@link PolicyNetwork} does, into {@code to} from {@code offset} on. */
  void normalise(float[] raw, float[] to, int offset) {
    float[] means = mean();
    float[] scales = deviation();
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 1 / scales[i];
    }
    normalise(raw, raw.length, means, scales, to, offset);
  }

  /**
   * The same by figures of somewhere else.
   *
   * @param length of {@code raw} that is looked at, whole rows
   * @param scales one over each feature's deviation
   */
  static void normalise(
      float[] raw, int length, float[] means, float[] scales, float[] to, int offset) {
    for (int at = 0; at < length; at += means.length) {
      for (int i = 0; i < means.length; i++) {
        float normalised = (raw[at + i] - means[i]) * scales[i];
        to[offset + at + i] =
            Math.max(
                -PolicyNetwork.OBSERVATION_CLIP,
                Math.min(PolicyNetwork.OBSERVATION_CLIP, normalised));
      }
    }
  }

  void write(DataOutputStream out) throws IOException {
    out.writeDouble(count);
    Bytes.write(out, mean);
    Bytes.write(out, squares);
    Bytes.write(out, lowest);
    Bytes.write(out, highest);
  }

  void read(DataInputStream in) throws IOException {
    count = in.readDouble();
    Bytes.read(in, mean);
    Bytes.read(in, squares);
    Bytes.read(in, lowest);
    Bytes.read(in, highest);
  }
}
