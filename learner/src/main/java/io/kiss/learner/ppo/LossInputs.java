package io.kiss.learner.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * All that one gradient step takes from its rows.
 *
 * <p>The arrays uploaded share memory with this on some engines and are done with before the next
 * {@link #begin}.
 */
final class LossInputs {
  /** Of one float a row. */
  private static final int COLUMNS = 7;

  /** By the mask's bit; a branch would often be guessed wrong. */
  private static final float[] PENALTIES = {PpoLoss.MASKED, 0};

  private final int features;
  private final int actions;
  private final int[] heads;
  private final HostBuffer observationBuffer;
  private final HostBuffer penaltyBuffer;
  private final HostBuffer choiceBuffer;
  private final HostBuffer[] columnBuffers = new HostBuffer[COLUMNS];
  private PpoLoss.Coefficients coefficients;
  private float[] penalties = {};
  private float[] choices = {};
  private float[] columns = {};
  private int rows;

  /**
   * @param heads number of each head's actions
   * @param keeper see {@link HostBuffer#of}
   */
  LossInputs(int features, int[] heads, NDManager keeper) {
    this.features = features;
    this.heads = heads;
    actions = Arrays.stream(heads).sum();
    observationBuffer = HostBuffer.of(keeper);
    penaltyBuffer = HostBuffer.of(keeper);
    choiceBuffer = HostBuffer.of(keeper);
    Arrays.setAll(columnBuffers, column -> HostBuffer.of(keeper));
  }

  /** Starts a step over this many rows, each of which is to be written. */
  void begin(int rows, PpoLoss.Coefficients coefficients) {
    this.rows = rows;
    this.coefficients = coefficients;
    observationBuffer.reserve(rows * features);
    penalties = HostBuffer.room(penalties, rows * actions);
    choices = HostBuffer.room(choices, rows * actions);
    columns = HostBuffer.room(columns, rows * COLUMNS);
    Arrays.fill(choices, 0, rows * actions, 0);
    float errorWeight = (float) (coefficients.value() / rows);
    Arrays.fill(columns, (COLUMNS - 1) * rows, COLUMNS * rows, errorWeight);
  }

  /** Writes what a row's observation was: normalised, from {@code at} on. */
  void observation(int row, float[] from, int at) {
    observationBuffer.put(row * features, from, at, features);
  }

  /**
   * Writes what a row's action was.
   *
   * @param mask allowed actions, the heads' bits one after the other
   * @param taken counted from 0 in each head, from {@code at} on
   */
  void action(int row, int mask, byte[] taken, int at) {
    int choice = row * actions;
    for (int a = 0; a < actions; a++) {
      penalties[choice + a] = PENALTIES[mask >>> a & 1];
    }
    for (int h = 0; h < heads.length; h++) {
      choices[choice + taken[at + h]] = 1;
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
    columns[row] = oldLogProbability;
    columns[row + rows] = gain ? -1 : 1 - clip;
    columns[row + 2 * rows] = gain ? 1 + clip : Float.POSITIVE_INFINITY;
    columns[row + 3 * rows] = -weight * advantage;
    columns[row + 4 * rows] = weight * (float) coefficients.entropy();
    columns[row + 5 * rows] = target;
  }

  /** Brings it all to the engine, to hang on {@code step}. */
  Uploaded upload(NDManager step) {
    Shape perRow = new Shape(rows, 1);
    NDArray[] column = new NDArray[COLUMNS];
    for (int c = 0; c < COLUMNS; c++) {
      column[c] = columnBuffers[c].upload(step, columns, c * rows, perRow);
    }
    Shape perAction = new Shape(rows, actions);
    return new Uploaded(
        observationBuffer.upload(step, new Shape(rows, features)),
        new PpoLoss.Targets(
            penaltyBuffer.upload(step, penalties, 0, perAction),
            choiceBuffer.upload(step, choices, 0, perAction),
            column[0],
            column[1],
            column[2],
            column[3],
            column[4],
            column[5],
            column[6]));
  }

  /**
   * On the engine.
   *
   * @param observations {@code [rows × features]}
   */
  record Uploaded(NDArray observations, PpoLoss.Targets targets) {}
}
