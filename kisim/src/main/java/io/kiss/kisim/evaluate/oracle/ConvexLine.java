package io.kiss.kisim.evaluate.oracle;

import java.util.Arrays;

/** A convex function made of straight pieces, from some point on to the right. */
final class ConvexLine {
  private final double from;
  private double valueAtFrom;
  private double slopeAtFrom;

  /** Where it bends, growing, and by how much its slope grows there. */
  private double[] at = new double[16];

  private double[] bend = new double[16];
  private int bends;

  /** Zero everywhere. */
  ConvexLine(double from) {
    this.from = from;
  }

  /** Adds a straight line through a point. */
  void addLine(double slope, double valueAtZero) {
    valueAtFrom += valueAtZero + slope * from;
    slopeAtFrom += slope;
  }

  /** Adds {@code more · max(0, x − where)}. */
  void addBend(double where, double more) {
    if (where <= from) {
      valueAtFrom += more * (from - where);
      slopeAtFrom += more;
      return;
    }
    if (bends == at.length) {
      at = Arrays.copyOf(at, 2 * bends);
      bend = Arrays.copyOf(bend, 2 * bends);
    }
    int i = bends++;
    while (i > 0 && at[i - 1] > where) {
      at[i] = at[i - 1];
      bend[i] = bend[i - 1];
      i--;
    }
    at[i] = where;
    bend[i] = more;
  }

  /**
   * Becomes the least that can be had by going from any point to each, down for nothing and up at a
   * price: slopes below zero become zero, those above the price become the price.
   */
  void letGo(double pricePerUp) {
    fill();
    double most = slopeAtFrom;
    for (int i = 0; i < bends; i++) {
      most += bend[i];
    }
    while (bends > 0 && most > pricePerUp) {
      double cut = Math.min(bend[bends - 1], most - pricePerUp);
      bend[bends - 1] -= cut;
      most -= cut;
      if (bend[bends - 1] <= 0) {
        bends--;
      } else {
        break;
      }
    }
    slopeAtFrom = Math.min(slopeAtFrom, pricePerUp);
  }

  private void fill() {
    double slope = slopeAtFrom;
    if (slope >= 0) {
      return;
    }
    double x = from;
    int i = 0;
    while (slope < 0 && i < bends) {
      valueAtFrom += slope * (at[i] - x);
      x = at[i];
      slope += bend[i++];
    }
    if (slope < 0) {
      throw new IllegalStateException("a cost that falls for ever as pods are added");
    }
    slopeAtFrom = 0;
    int kept = 0;
    if (slope > 0) {
      at[0] = x;
      bend[0] = slope;
      kept = 1;
    }
    System.arraycopy(at, i, at, kept, bends - i);
    System.arraycopy(bend, i, bend, kept, bends - i);
    bends = kept + bends - i;
  }

  /** Its lowest value. */
  double lowest() {
    fill();
    return valueAtFrom;
  }
}
