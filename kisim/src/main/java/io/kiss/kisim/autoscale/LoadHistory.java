package io.kiss.kisim.autoscale;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/** Arrival rates of the last twenty minutes, one a tick; a missing rate is {@code NaN}. */
final class LoadHistory {
  static final double SPAN_SECONDS = 1200;

  private final float[] rates;
  private int head;
  private int count;

  LoadHistory(double tickSeconds) {
    rates = new float[Math.max(1, (int) Math.ceil(SPAN_SECONDS / tickSeconds))];
  }

  void reset() {
    head = 0;
    count = 0;
  }

  void add(double rate) {
    head = head + 1 == rates.length ? 0 : head + 1;
    rates[head] = (float) rate;
    if (count < rates.length) {
      count++;
    }
  }

  /** The rate {@code ago} ticks before the newest one; the oldest kept where it is not that old. */
  float at(int ago) {
    int back = Math.min(ago, count - 1);
    int index = head - back;
    return rates[index < 0 ? index + rates.length : index];
  }

  /** The highest known rate of so many ticks; negative infinity where none is known. */
  float highest(int ticks) {
    float highest = Float.NEGATIVE_INFINITY;
    int at = head;
    for (int left = Math.min(ticks, count); left > 0; left--) {
      float rate = rates[at];
      // Never true of NaN.
      highest = rate > highest ? rate : highest;
      at = at == 0 ? rates.length - 1 : at - 1;
    }
    return highest;
  }

  /**
   * Fills {@code out} with mean, highest and lowest of the known rates of the last ticks, three
   * numbers for each window.
   *
   * @param windows numbers of ticks, each at least the one before
   */
  void summarise(int[] windows, double[] out) {
    double sum = 0;
    float highest = Float.NEGATIVE_INFINITY;
    float lowest = Float.POSITIVE_INFINITY;
    int known = 0;
    int done = 0;
    int at = head;
    // From the newest backwards, so that a window's sum goes on from that of the one before.
    for (int w = 0; w < windows.length; w++) {
      int left = Math.min(windows[w], count) - done;
      done += left;
      while (left > 0) {
        int piece = Math.min(left, at + 1);
        left -= piece;
        for (int end = at - piece; at > end; at--) {
          float rate = rates[at];
          if (!Float.isNaN(rate)) {
            sum += rate;
            known++;
          }
          // Never true of NaN.
          highest = rate > highest ? rate : highest;
          lowest = rate < lowest ? rate : lowest;
        }
        at = at < 0 ? rates.length - 1 : at;
      }
      out[3 * w] = known == 0 ? Double.NaN : sum / known;
      out[3 * w + 1] = highest;
      out[3 * w + 2] = lowest;
    }
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(rates.length);
    for (float rate : rates) {
      out.writeFloat(rate);
    }
    out.writeInt(head);
    out.writeInt(count);
  }

  void read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length != rates.length) {
      throw new IOException(
          "history holds " + length + " ticks where " + rates.length + " are kept");
    }
    for (int i = 0; i < length; i++) {
      rates[i] = in.readFloat();
    }
    head = in.readInt();
    count = in.readInt();
  }
}
