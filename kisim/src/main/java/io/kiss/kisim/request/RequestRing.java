package io.kiss.kisim.request;

import io.kiss.kisim.time.ExactSum;

/** Requests waiting in order: when each arrived, and the tag its load gave it. */
final class RequestRing {
  private long[] arrivals;
  private int[] tags;
  private int head;
  private int size;

  RequestRing(int capacity) {
    int length = Integer.highestOneBit(Math.max(16, capacity) - 1) << 1;
    arrivals = new long[length];
    tags = new int[length];
  }

  int size() {
    return size;
  }

  void add(long arrival, int tag) {
    if (size == arrivals.length) {
      grow();
    }
    int at = (head + size++) & (arrivals.length - 1);
    arrivals[at] = arrival;
    tags[at] = tag;
  }

  long firstArrival() {
    return arrivals[head];
  }

  int firstTag() {
    return tags[head];
  }

  void removeFirst() {
    head = (head + 1) & (arrivals.length - 1);
    size--;
  }

  /** Adds the age of every request at {@code now} to {@code sum}. */
  void addAges(long now, ExactSum sum) {
    for (int i = 0; i < size; i++) {
      sum.add(now - arrivals[(head + i) & (arrivals.length - 1)]);
    }
  }

  /** Moves the first {@code count} requests to {@code toArrivals} and {@code toTags}. */
  void moveTo(long[] toArrivals, int[] toTags, int offset, int count) {
    int length = arrivals.length;
    int first = Math.min(count, length - head);
    System.arraycopy(arrivals, head, toArrivals, offset, first);
    System.arraycopy(tags, head, toTags, offset, first);
    if (first < count) {
      System.arraycopy(arrivals, 0, toArrivals, offset + first, count - first);
      System.arraycopy(tags, 0, toTags, offset + first, count - first);
    }
    head = (head + count) & (length - 1);
    size -= count;
  }

  private void grow() {
    int length = arrivals.length;
    long[] moreArrivals = new long[2 * length];
    int[] moreTags = new int[2 * length];
    int count = size;
    moveTo(moreArrivals, moreTags, 0, count);
    arrivals = moreArrivals;
    tags = moreTags;
    head = 0;
    size = count;
  }
}
