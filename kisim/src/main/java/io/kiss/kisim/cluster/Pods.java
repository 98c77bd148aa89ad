package io.kiss.kisim.cluster;

import io.kiss.kisim.time.EventHeap;
import java.util.Arrays;

/** The Deployment's pods: plain columns, a row used again once its pod is gone. */
final class Pods {
  /** No pod. */
  static final byte GONE = 0;

  /** The scheduler has not looked at it yet. */
  static final byte CREATED = 1;

  /** No node has room. */
  static final byte UNSCHEDULABLE = 2;

  /** Bound, and not yet Ready: for the first time or again. */
  static final byte STARTING = 3;

  /** In the Service. */
  static final byte READY = 4;

  /** In the Service still, though its node is lost. */
  static final byte UNREACHABLE = 5;

  /** On a lost node, out of the Service. */
  static final byte STRANDED = 6;

  /** Terminating, has something to finish. */
  static final byte DRAINING = 7;

  /** Terminating on a lost node, where nobody confirms its end. */
  static final byte DOOMED = 8;

  private static final int STATES = 9;
  private static final int FIRST_ROWS = 8;

  byte[] state = new byte[FIRST_ROWS];

  /** Device it is bound to, -1: none. */
  int[] device = new int[FIRST_ROWS];

  /** How many pods were created before it. */
  int[] number = new int[FIRST_ROWS];

  /** Since when it is not Ready, of a pod that is not. */
  long[] since = new long[FIRST_ROWS];

  /** When the next thing happens to it by itself. */
  final EventHeap due = new EventHeap(FIRST_ROWS);

  /** Rows of the pods not terminating, oldest first. */
  private int[] alive = new int[FIRST_ROWS];

  /** Container restarts of each pod; with the next two there only once a pod crashed. */
  private int[] restarts;

  /** Of those, the ones each soon after the other. */
  private byte[] inARow;

  private long[] restarted;
  private final int[] counts = new int[STATES];
  private int aliveCount;
  private int rows;
  private int firstFree;
  private int created;

  void reset() {
    Arrays.fill(state, 0, rows, GONE);
    Arrays.fill(device, 0, rows, -1);
    Arrays.fill(counts, 0);
    due.clear();
    aliveCount = 0;
    rows = 0;
    firstFree = 0;
    created = 0;
  }

  /** A new pod's row. */
  int add(long now) {
    int pod = firstFree;
    while (pod < rows && state[pod] != GONE) {
      pod++;
    }
    firstFree = pod + 1;
    if (pod == rows) {
      rows++;
      if (rows > state.length) {
        grow();
      }
    }
    device[pod] = -1;
    number[pod] = created++;
    since[pod] = now;
    if (restarts != null) {
      restarts[pod] = 0;
      inARow[pod] = 0;
    }
    if (aliveCount == alive.length) {
      alive = Arrays.copyOf(alive, 2 * aliveCount);
    }
    alive[aliveCount++] = pod;
    move(pod, CREATED);
    return pod;
  }

  void move(int pod, byte to) {
    counts[state[pod]]--;
    counts[to]++;
    state[pod] = to;
  }

  /** The pod is terminating, or gone. */
  void forget(int pod) {
    int i = aliveCount - 1;
    while (alive[i] != pod) {
      i--;
    }
    System.arraycopy(alive, i + 1, alive, i, --aliveCount - i);
  }

  /** The row may be used again. */
  void free(int pod) {
    device[pod] = -1;
    firstFree = Math.min(firstFree, pod);
  }

  int count(byte which) {
    return counts[which];
  }

  int ready() {
    return counts[READY] + counts[UNREACHABLE];
  }

  int terminating() {
    return counts[DRAINING] + counts[DOOMED];
  }

  int aliveCount() {
    return aliveCount;
  }

  /** The row of a pod not terminating, oldest first. */
  int alive(int index) {
    return alive[index];
  }

  /** Rows in use are below this. */
  int rows() {
    return rows;
  }

  boolean isAlive(int pod) {
    return state[pod] != GONE && state[pod] < DRAINING;
  }

  boolean isReady(int pod) {
    return state[pod] == READY || state[pod] == UNREACHABLE;
  }

  /** The pod of this state at {@code index}, oldest first; there must be one. */
  int oldest(byte which, int index) {
    int seen = 0;
    for (int i = 0; ; i++) {
      if (state[alive[i]] == which && seen++ == index) {
        return alive[i];
      }
    }
  }

  /** The pod to end first: without a node, then not Ready, then Ready, each the youngest. */
  int dispensable() {
    int best = -1;
    int bestRank = Integer.MAX_VALUE;
    for (int i = aliveCount - 1; i >= 0 && bestRank > 0; i--) {
      int rank = rank(alive[i]);
      if (rank < bestRank) {
        best = alive[i];
        bestRank = rank;
      }
    }
    return best;
  }

  private int rank(int pod) {
    if (state[pod] <= UNSCHEDULABLE) {
      return 0;
    }
    return isReady(pod) ? 2 : 1;
  }

  /** Container restarts so far. */
  int restarts(int pod) {
    return restarts == null ? 0 : restarts[pod];
  }

  /** Of those, the ones each soon after the other. */
  int restartsInARow(int pod) {
    return inARow == null ? 0 : inARow[pod];
  }

  /** When its container was started the last time after a crash. */
  long restarted(int pod) {
    return restarted[pod];
  }

  void restart(int pod, int nowInARow, long at) {
    if (restarts == null) {
      restarts = new int[state.length];
      inARow = new byte[state.length];
      restarted = new long[state.length];
    }
    restarts[pod]++;
    inARow[pod] = (byte) Math.min(nowInARow, Byte.MAX_VALUE);
    restarted[pod] = at;
  }

  private void grow() {
    int length = 2 * state.length;
    state = Arrays.copyOf(state, length);
    device = Arrays.copyOf(device, length);
    number = Arrays.copyOf(number, length);
    since = Arrays.copyOf(since, length);
    due.ensureSlots(length);
    if (restarts != null) {
      restarts = Arrays.copyOf(restarts, length);
      inARow = Arrays.copyOf(inARow, length);
      restarted = Arrays.copyOf(restarted, length);
    }
  }
}
