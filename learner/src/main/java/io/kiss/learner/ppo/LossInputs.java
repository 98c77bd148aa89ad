package io.kiss.learner.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/**
 * All that one gradient step takes from its rows. What is one float a row goes up to the engine in
 * one call and is split there: of small arrays, an engine's calls cost more than their floats.
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
  private final HostBuffer observationBuffer = new HostBuffer();
  private final HostBuffer penaltyBuffer = new HostBuffer();
  private final HostBuffer choiceBuffer = new HostBuffer();
  private final HostBuffer columnBuffer = new HostBuffer();
  private PpoLoss.Coefficients coefficients;
  private float[] observations;
  private float[] penalties;
  private float[] choices;
  private float[] columns;
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
    observations = observationBuffer.stage(rows * features);
    penalties = penaltyBuffer.stage(rows * actions);
    choices = choiceBuffer.stage(rows * actions);
    columns = columnBuffer.stage(rows * COLUMNS);
    Arrays.fill(choices, 0, rows * actions, 0);
    float errorWeight = (float) (coefficients.value() / rows);
    Arrays.fill(columns, (COLUMNS - 1) * rows, COLUMNS * rows, errorWeight);
  }

  /** Writes what a row's observation was: normalised, from {@code at} on. */
  void observation(int row, float[] from, int at) {
    System.arraycopy(from, at, observations, row * features, features);
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

  /** Brings it all to the engine. */
  Uploaded upload(NDManager manager) {
    long[] borders = new long[COLUMNS - 1];
    Arrays.setAll(borders, column -> (long) rows * (column + 1));
    NDList column = columnBuffer.upload(manager, new Shape(COLUMNS * rows, 1)).split(borders, 0);
    Shape perAction = new Shape(rows, actions);
    return new Uploaded(
        observationBuffer.upload(manager, new Shape(rows, features)),
        new PpoLoss.Targets(
            penaltyBuffer.upload(manager, perAction),
            choiceBuffer.upload(manager, perAction),
            column.get(0),
            column.get(1),
            column.get(2),
            column.get(3),
            column.get(4),
            column.get(5),
            column.get(6)));
  }

  /**
   * On the engine.
   *
   * @param observations {@code [rows × features]}
   */
  record Uploaded(NDArray observations, PpoLoss.Targets targets) {}
}
