package io.kiss.kisim.time;

import java.util.Arrays;

/**
 * Times of pending events, at most one a slot, in an indexed binary heap. Ties go to the lower
 * slot, so that the order of events never depends on the heap's history.
 */
public final class EventHeap {
  /** No event is due. */
  public static final long NEVER = Long.MAX_VALUE;

  private long[] times;
  private int[] heap;
  private int[] positions;
  private int size;

  /** An empty heap for slots below {@code slots}. */
  public EventHeap(int slots) {
    times = new long[slots];
    heap = new int[slots];
    positions = new int[slots];
    Arrays.fill(times, NEVER);
    Arrays.fill(positions, -1);
  }

  /** Makes room for slots below {@code slots}. */
  public void ensureSlots(int slots) {
    int old = times.length;
    if (slots <= old) {
      return;
    }
    int length = Math.max(slots, 2 * old);
    times = Arrays.copyOf(times, length);
    heap = Arrays.copyOf(heap, length);
    positions = Arrays.copyOf(positions, length);
    Arrays.fill(times, old, length, NEVER);
    Arrays.fill(positions, old, length, -1);
  }

  /** Removes all events. */
  public void clear() {
    for (int i = 0; i < size; i++) {
      times[heap[i]] = NEVER;
      positions[heap[i]] = -1;
    }
    size = 0;
  }

  /** Time of the next event, {@link #NEVER} without one. */
  public long nextTime() {
    return size == 0 ? NEVER : times[heap[0]];
  }

  /** Slot of the next event; there must be one. */
  public int nextSlot() {
    return heap[0];
  }

  /** When {@code slot} is due, {@link #NEVER} if it is not. */
  public long timeOf(int slot) {
    return times[slot];
  }

  /** Sets or moves the event of {@code slot}; {@link #NEVER} removes it. */
  public void schedule(int slot, long time) {
    int position = positions[slot];
    if (time == NEVER) {
      if (position >= 0) {
        remove(slot, position);
      }
      return;
    }
    long before = times[slot];
    times[slot] = time;
    if (position < 0) {
      position = size++;
      siftUp(slot, position);
    } else if (time < before) {
      siftUp(slot, position);
    } else if (time > before) {
      siftDown(slot, position);
    }
  }

  private void remove(int slot, int position) {
    times[slot] = NEVER;
    positions[slot] = -1;
    int last = heap[--size];
    if (last != slot) {
      siftUp(last, position);
      siftDown(last, positions[last]);
    }
  }

  private boolean before(long time, int slot, int other) {
    long otherTime = times[other];
    return time < otherTime || (time == otherTime && slot < other);
  }

  private void siftUp(int slot, int from) {
    long time = times[slot];
    int position = from;
    while (position > 0) {
      int parent = (position - 1) >> 1;
      int other = heap[parent];
      if (!before(time, slot, other)) {
        break;
      }
      heap[position] = other;
      positions[other] = position;
      position = parent;
    }
    heap[position] = slot;
    positions[slot] = position;
  }

  private void siftDown(int slot, int from) {
    long time = times[slot];
    int position = from;
    int half = size >> 1;
    while (position < half) {
      int child = 2 * position + 1;
      if (child + 1 < size && before(times[heap[child + 1]], heap[child + 1], heap[child])) {
        child++;
      }
      int other = heap[child];
      if (before(time, slot, other)) {
        break;
      }
      heap[position] = other;
      positions[other] = position;
      position = child;
    }
    heap[position] = slot;
    positions[slot] = position;
  }
}
