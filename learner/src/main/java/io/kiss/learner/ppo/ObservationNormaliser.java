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
    double[] sum = new double[features];
    int rows = 0;
    for (int row = 0; row < flags.length; row++) {
      if ((flags[row] & flag) != 0) {
        rows++;
        for (int i = 0, at = row * features; i < features; i++, at++) {
          sum[i] += observations[at];
          lowest[i] = Math.min(lowest[i], observations[at]);
          highest[i] = Math.max(highest[i], observations[at]);
        }
      }
    }
    if (rows > 0) {
      merge(observations, flags, flag, sum, rows);
    }
  }

  private void merge(float[] observations, byte[] flags, byte flag, double[] sum, int rows) {
    int features = mean.length;
    double[] deviations = new double[features];
    for (int i = 0; i < features; i++) {
      sum[i] /= rows;
    }
    for (int row = 0; row < flags.length; row++) {
      if ((flags[row] & flag) != 0) {
        for (int i = 0, at = row * features; i < features; i++, at++) {
          double d = observations[at] - sum[i];
          deviations[i] += d * d;
        }
      }
    }
    double total = count + rows;
    for (int i = 0; i < features; i++) {
      double delta = sum[i] - mean[i];
      mean[i] += delta * rows / total;
      squares[i] += deviations[i] + delta * delta * count * rows / total;
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
