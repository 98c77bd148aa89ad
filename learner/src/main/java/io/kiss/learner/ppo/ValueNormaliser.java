package io.kiss.learner.ppo;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * Running mean and deviation of returns. The critic predicts normalised returns; where the moments
 * move, its last layer is rescaled so that what it predicts stays what it was.
 *
 * @see <a href="https://arxiv.org/abs/1602.07714">van Hasselt et al., Learning values across many
 *     orders of magnitude</a> (Pop-Art)
 */
final class ValueNormaliser {
  private static final double SMALLEST_DEVIATION = 1e-4;

  private double weight;
  private double sum;
  private double squares;

  boolean isEmpty() {
    return weight == 0;
  }

  double mean() {
    return weight == 0 ? 0 : sum / weight;
  }

  double deviation() {
    if (weight == 0) {
      return 1;
    }
    double variance = squares / weight - mean() * mean();
    return Math.max(SMALLEST_DEVIATION, Math.sqrt(Math.max(0, variance)));
  }

  /**
   * Takes in a batch.
   *
   * @param rate share of the batch in the moments; the first batch counts in full
   */
  void add(float[] returns, int count, double rate) {
    double batchSum = 0;
    double batchSquares = 0;
    for (int i = 0; i < count; i++) {
      batchSum += returns[i];
      batchSquares += (double) returns[i] * returns[i];
    }
    weight += rate * (1 - weight);
    sum += rate * (batchSum / count - sum);
    squares += rate * (batchSquares / count - squares);
  }

  /**
   * Rescales a linear layer with one output from the moments before to those now.
   *
   * @param parameters its weights from {@code from} on, its bias at {@code bias}
   */
  void preserve(float[] parameters, int from, int bias, double oldMean, double oldDeviation) {
    double factor = oldDeviation / deviation();
    for (int i = from; i < bias; i++) {
      parameters[i] = (float) (parameters[i] * factor);
    }
    parameters[bias] = (float) (parameters[bias] * factor + (oldMean - mean()) / deviation());
  }

  void write(DataOutputStream out) throws IOException {
    out.writeDouble(weight);
    out.writeDouble(sum);
    out.writeDouble(squares);
  }

  void read(DataInputStream in) throws IOException {
    weight = in.readDouble();
    sum = in.readDouble();
    squares = in.readDouble();
  }
}
