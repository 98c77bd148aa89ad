package io.kiss.kisim.fluid;

import java.util.Arrays;

/**
 * When the requests that stand in a line arrived, second by second, so that the age of its head can
 * be told: the line is served in order of arrival.
 */
final class Backlog {
  private static final int LEAST = 16;

  /** Arrivals of each second, a ring by the second's number of the first {@link #size} of these. */
  private double[] arrivals = new double[LEAST];

  /** A power of two; not that of the array, which an earlier run may have left longer. */
  private int size = LEAST;

  private int newest;

  /** The head arrived in this second... */
  private int head;

  /** ...and this many in the seconds after it. */
  private double behindHead;

  /** Forgets all; {@code second} is the next one to come. */
  void reset(int second) {
    size = LEAST;
    Arrays.fill(arrivals, 0, size, 0);
    newest = second - 1;
    head = second;
    behindHead = 0;
  }

  /** Nobody stands in line at the end of this second, in which so many arrived. */
  void idle(int second, double arriving) {
    arrivals[second & (size - 1)] = arriving;
    newest = second;
    head = second;
    behindHead = 0;
  }

  /**
   * Age of the head of a line at the end of a second.
   *
   * @param second the one after that of the last call
   * @param arriving in this second
   * @param length of the line
   */
  double age(int second, double arriving, double length) {
    if (second - head >= size) {
      grow();
    }
    arrivals[second & (size - 1)] = arriving;
    if (newest < second) {
      behindHead = head < second ? behindHead + arriving : 0;
      newest = second;
    }
    return ageOf(length);
  }

  private double ageOf(double length) {
    int mask = size - 1;
    int oldest = newest - mask;
    while (behindHead > length && head < newest) {
      head++;
      behindHead = head == newest ? 0 : behindHead - arrivals[head & mask];
    }
    while (behindHead + arrivals[head & mask] < length && head > oldest) {
      behindHead += arrivals[head & mask];
      head--;
    }
    double inHead = arrivals[head & mask];
    double part = inHead > 0 ? Math.min(1, Math.max(0, length - behindHead) / inHead) : 1;
    return newest - head + part;
  }

  /** Length of the line that has arrived within the last {@code seconds}. */
  double within(double seconds) {
    int mask = size - 1;
    int whole = (int) seconds;
    double sum = 0;
    int last = Math.max(newest - whole + 1, newest - mask);
    for (int second = newest; second >= last; second--) {
      sum += arrivals[second & mask];
    }
    return sum + (seconds - whole) * arrivals[(newest - whole) & mask];
  }

  /** Takes over the past of {@code other}, in which a share of its arrivals came here. */
  void copy(Backlog other, double share) {
    if (arrivals.length < other.size) {
      arrivals = new double[other.size];
    }
    size = other.size;
    Arrays.fill(arrivals, 0, size, 0);
    newest = other.newest;
    int mask = size - 1;
    int from = other.newest - other.size + 1;
    for (int second = from; second <= other.newest; second++) {
      arrivals[second & mask] = share * other.arrivals[second & (other.size - 1)];
    }
    head = other.head;
    behindHead = share * other.behindHead;
  }

  /** A share of each second's arrivals is here no more. */
  void scale(double share) {
    for (int i = 0; i < size; i++) {
      arrivals[i] *= share;
    }
    behindHead *= share;
  }

  /** Adds the past of another line, from now on one with this. */
  void merge(Backlog other) {
    while (size < other.size) {
      grow();
    }
    int mask = size - 1;
    int from = other.newest - other.size + 1;
    for (int second = from; second <= other.newest; second++) {
      arrivals[second & mask] += other.arrivals[second & (other.size - 1)];
    }
    head = Math.min(head, other.head);
    behindHead = 0;
    for (int second = head + 1; second <= newest; second++) {
      behindHead += arrivals[second & mask];
    }
  }

  private void grow() {
    if (arrivals.length < 2 * size) {
      arrivals = Arrays.copyOf(arrivals, 2 * size);
    }
    Arrays.fill(arrivals, size, 2 * size, 0);
    for (int at = 0; at < size; at++) {
      int second = newest - ((newest - at) & (size - 1));
      int place = second & (2 * size - 1);
      if (place != at) {
        arrivals[place] = arrivals[at];
        arrivals[at] = 0;
      }
    }
    size *= 2;
  }
}
