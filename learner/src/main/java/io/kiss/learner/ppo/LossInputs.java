package io.kiss.learner.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * All that one gradient step takes from its rows, written into one Java array that goes up to the
 * engine in one call: of small arrays, an engine's calls cost more than their floats.
 *
 * <p>The arrays uploaded share memory with this on some engines and are done with before the next
 * {@link #begin}.
 */
final class LossInputs {
  /** Columns of one float a row, behind observations, penalties and choices. */
  private static final int COLUMNS = 7;

  private final int features;
  private final int actions;
  private final int[] heads;
  private final HostBuffer buffer = new HostBuffer();
  private PpoLoss.Coefficients coefficients;
  private float[] values;
  private int rows;

  /**
   * @param heads number of each head's actions
   */
  LossInputs(int features, int[] heads) {
    this.features = features;
    this.heads = heads;
    actions = Arrays.stream(heads).sum();
  }

  /** Starts a step over this many rows, each of which is to be written. */
  void begin(int rows, PpoLoss.Coefficients coefficients) {
    this.rows = rows;
    this.coefficients = coefficients;
    values = buffer.stage(rows * (features + 2 * actions + COLUMNS));
    Arrays.fill(values, choices(), columns(), 0);
    Arrays.fill(
        values, column(6), column(7), (float) (coefficients.value() / rows)); // squared errors
  }

  private int penalties() {
    return rows * features;
  }

  private int choices() {
    return penalties() + rows * actions;
  }

  private int columns() {
    return choices() + rows * actions;
  }

  private int column(int number) {
    return columns() + rows * number;
  }

  /** Where a row's normalised observation goes in {@link #values}. */
  int observation(int row) {
    return row * features;
  }

  /** The array that {@link #observation} points into. */
  float[] values() {
    return values;
  }

  /**
   * Writes what a row's action was.
   *
   * @param mask allowed actions, the heads' bits one after the other
   * @param taken counted from 0 in each head, from {@code at} on
   */
  void action(int row, int mask, byte[] taken, int at) {
    int penalty = penalties() + row * actions;
    for (int a = 0; a < actions; a++) {
      values[penalty + a] = (mask >>> a & 1) != 0 ? 0 : PpoLoss.MASKED;
    }
    int choice = choices() + row * actions;
    for (int h = 0; h < heads.length; h++) {
      values[choice + taken[at + h]] = 1;
      choice += heads[h];
    }
  }

  /**
   * Writes what a row's action was worth.
   *
   * @param oldLogProbability of the actions when they were taken, together
   * @param weight of the row in policy loss and entropy; the rows' sum to 1, or are all 0
   * @param target normalised return
   */
  void worth(int row, float oldLogProbability, float advantage, float weight, float target) {
    boolean gain = advantage >= 0;
    float clip = (float) coefficients.clip();
    int at = columns() + row;
    values[at] = oldLogProbability;
    values[at + rows] = gain ? -1 : 1 - clip;
    values[at + 2 * rows] = gain ? 1 + clip : Float.POSITIVE_INFINITY;
    values[at + 3 * rows] = -weight * advantage;
    values[at + 4 * rows] = weight * (float) coefficients.entropy();
    values[at + 5 * rows] = target;
  }

  /** Brings it all to the engine. */
  Uploaded upload(NDManager manager) {
    NDArray all = buffer.upload(manager, new Shape(column(COLUMNS), 1));
    long[] borders = new long[2 + COLUMNS];
    borders[0] = penalties();
    borders[1] = choices();
    for (int column = 0; column < COLUMNS; column++) {
      borders[2 + column] = column(column);
    }
    NDList parts = all.split(borders, 0);
    Shape perAction = new Shape(rows, actions);
    return new Uploaded(
        parts.get(0).reshape(new Shape(rows, features)),
        new PpoLoss.Targets(
            parts.get(1).reshape(perAction),
            parts.get(2).reshape(perAction),
            parts.get(3),
            parts.get(4),
            parts.get(5),
            parts.get(6),
            parts.get(7),
            parts.get(8),
            parts.get(9)));
  }

  /**
   * On the engine.
   *
   * @param observations {@code [rows × features]}
   */
  record Uploaded(NDArray observations, PpoLoss.Targets targets) {}
}
