package io.kiss.kisim.autoscale;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * What hours of a Deployment's load leave behind in a few numbers: how far it rises while a pod
 * starts, the highest it was, and what of it the replicas could bear.
 *
 * <p>A rise is the logarithm of the highest load within the last start-up time over the load before
 * it, loads counted in replicas plus {@value #FLOOR}: what a scaler that asks for pods only once
 * they are needed is short of.
 */
final class LoadMemory {
  /** Replicas added to loads, so that a rise from nothing is not infinite. */
  private static final double FLOOR = 0.25;

  private static final double RISES_SECONDS = 2 * 3600;
  private static final double WORST_SECONDS = 4 * 3600;
  private static final double KEPT_SECONDS = 3600;
  private static final double SOON_SECONDS = 300;
  private static final double LATE_SECONDS = 1800;

  /** Violating share up to which the SLO counts as kept. */
  private static final double KEPT_SHARE = 0.005;

  private static final double BLOCK_SECONDS = 300;
  private static final int BLOCKS = 72;
  private static final int BLOCKS_OF_TWENTY_MINUTES = 4;
  private static final int BLOCKS_OF_AN_HOUR = 12;

  private final double tickSeconds;
  private final int ticksPerBlock;

  /** Highest load of each block of five minutes, a ring. */
  private final float[] blocks = new float[BLOCKS];

  private int block;
  private int ticksInBlock;
  private float highestOfEarlierMinutes;
  private float highestOfEarlierHour;
  private float highestOfAllEarlier;

  private double ticks;
  private double meanRise;
  private double meanSquare;
  private double worstRise;
  private double logKept;
  private double soon;
  private double late;
  private double judged;

  LoadMemory(double tickSeconds) {
    this.tickSeconds = tickSeconds;
    ticksPerBlock = Math.max(1, (int) Math.round(BLOCK_SECONDS / tickSeconds));
    reset();
  }

  void reset() {
    Arrays.fill(blocks, 0);
    block = 0;
    ticksInBlock = 0;
    highestOfEarlierMinutes = 0;
    highestOfEarlierHour = 0;
    highestOfAllEarlier = 0;
    ticks = 0;
    meanRise = 0;
    meanSquare = 0;
    worstRise = 0;
    logKept = -4;
    soon = 0;
    late = 0;
    judged = 0;
  }

  /**
   * Takes in a tick's load.
   *
   * @param rate now, requests per second; {@code NaN} where it is not known
   * @param highest of the last start-up time, in which {@code before} is the first
   * @param capacity of a replica, requests per second
   */
  void addLoad(double rate, double before, double highest, double capacity) {
    if (Double.isNaN(rate)) {
      return;
    }
    if (ticksInBlock == ticksPerBlock) {
      nextBlock();
    }
    ticksInBlock++;
    blocks[block] = Math.max(blocks[block], (float) rate);
    if (Double.isNaN(before)) {
      return;
    }
    ticks++;
    double rise =
        highest <= before
            ? 0
            : Math.log((highest / capacity + FLOOR) / (before / capacity + FLOOR));
    // At first every tick counts alike, later those of the last hours.
    double weight = Math.max(1 / ticks, tickSeconds / RISES_SECONDS);
    meanRise += weight * (rise - meanRise);
    meanSquare += weight * (rise * rise - meanSquare);
    worstRise = Math.max(rise, worstRise * (1 - tickSeconds / WORST_SECONDS));
  }

  private void nextBlock() {
    block = (block + 1) % BLOCKS;
    blocks[block] = 0;
    ticksInBlock = 0;
    float minutes = 0;
    float hour = 0;
    float all = 0;
    for (int b = 1; b < BLOCKS; b++) {
      float each = blocks[(block - b + BLOCKS) % BLOCKS];
      all = Math.max(all, each);
      minutes = b < BLOCKS_OF_TWENTY_MINUTES ? all : minutes;
      hour = b < BLOCKS_OF_AN_HOUR ? all : hour;
    }
    highestOfEarlierMinutes = minutes;
    highestOfEarlierHour = hour;
    highestOfAllEarlier = all;
  }

  /**
   * Takes in how a tick's load was borne.
   *
   * @param logLoadPerReady logarithm of the load per ready replica
   * @param violatingShare of the requests, {@code NaN} where it is not known
   */
  void addOutcome(double logLoadPerReady, double violatingShare) {
    if (Double.isNaN(violatingShare)) {
      return;
    }
    judged++;
    soon += Math.max(1 / judged, tickSeconds / SOON_SECONDS) * (violatingShare - soon);
    late += Math.max(1 / judged, tickSeconds / LATE_SECONDS) * (violatingShare - late);
    logKept = Math.max(-4, logKept - tickSeconds / KEPT_SECONDS);
    if (violatingShare <= KEPT_SHARE) {
      logKept = Math.max(logKept, logLoadPerReady);
    }
  }

  /** Mean rise, of about two hours. */
  double meanRise() {
    return meanRise;
  }

  /** Root of the mean squared rise, of about two hours. */
  double usualRise() {
    return Math.sqrt(meanSquare);
  }

  /** Highest rise, which fades over some hours. */
  double worstRise() {
    return worstRise;
  }

  /** Highest rate of about twenty minutes. */
  double highestOfTwentyMinutes() {
    return Math.max(blocks[block], highestOfEarlierMinutes);
  }

  /** Highest rate of about an hour. */
  double highestOfHour() {
    return Math.max(blocks[block], highestOfEarlierHour);
  }

  /** Highest rate of about six hours. */
  double highestOfHours() {
    return Math.max(blocks[block], highestOfAllEarlier);
  }

  /** Logarithm of the highest load per ready replica that kept the SLO, fading over an hour. */
  double logKept() {
    return logKept;
  }

  /** Mean violating share, of about five minutes. */
  double violatingSoon() {
    return soon;
  }

  /** Mean violating share, of about half an hour. */
  double violatingLate() {
    return late;
  }

  void write(DataOutputStream out) throws IOException {
    for (float each : blocks) {
      out.writeFloat(each);
    }
    out.writeInt(block);
    out.writeInt(ticksInBlock);
    out.writeFloat(highestOfEarlierMinutes);
    out.writeFloat(highestOfEarlierHour);
    out.writeFloat(highestOfAllEarlier);
    for (double each :
        new double[] {ticks, meanRise, meanSquare, worstRise, logKept, soon, late, judged}) {
      out.writeDouble(each);
    }
  }

  void read(DataInputStream in) throws IOException {
    for (int b = 0; b < BLOCKS; b++) {
      blocks[b] = in.readFloat();
    }
    block = in.readInt();
    ticksInBlock = in.readInt();
    if (block < 0 || block >= BLOCKS || ticksInBlock < 0 || ticksInBlock > ticksPerBlock) {
      throw new IOException("the load memory is of another tick");
    }
    highestOfEarlierMinutes = in.readFloat();
    highestOfEarlierHour = in.readFloat();
    highestOfAllEarlier = in.readFloat();
    ticks = in.readDouble();
    meanRise = in.readDouble();
    meanSquare = in.readDouble();
    worstRise = in.readDouble();
    logKept = in.readDouble();
    soon = in.readDouble();
    late = in.readDouble();
    judged = in.readDouble();
  }
}
