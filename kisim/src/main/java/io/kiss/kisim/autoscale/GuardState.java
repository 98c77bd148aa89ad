package io.kiss.kisim.autoscale;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * What the guardrails remember between ticks. Part of every decision's record, so that a decision
 * can be replayed.
 */
final class GuardState {
  static final int MAX_FLAPS = 32;

  /** Proposals inside the stabilisation window: a ring of times and replicas. */
  private final double[] proposalTimes;

  private final int[] proposals;
  private int proposalCount;
  private int proposalHead;

  private final double[] flapTimes = new double[MAX_FLAPS];
  private int flapHead;

  /** +1 after a scale-up, -1 after a scale-down, 0 before the first change. */
  int lastDirection;

  double lastChangeSeconds = Double.NEGATIVE_INFINITY;

  /** When telemetry went away; {@code NaN} while it is there. */
  double missingSinceSeconds = Double.NaN;

  /** Time of the newest tick. */
  private double latest = Double.NEGATIVE_INFINITY;

  /** Whether the newest proposal found nothing to go by; nothing a later tick depends on. */
  boolean startedAnew;

  /** What the newest {@link #changed} replaced; nothing a later tick depends on. */
  private int directionBefore;

  private double changeSecondsBefore;
  private double flapReplaced;
  private boolean flapAdded;

  GuardState(int proposalCapacity) {
    proposalTimes = new double[proposalCapacity];
    proposals = new int[proposalCapacity];
    reset();
  }

  void reset() {
    proposalCount = 0;
    proposalHead = 0;
    java.util.Arrays.fill(flapTimes, Double.NEGATIVE_INFINITY);
    flapHead = 0;
    lastDirection = 0;
    lastChangeSeconds = Double.NEGATIVE_INFINITY;
    missingSinceSeconds = Double.NaN;
    latest = Double.NEGATIVE_INFINITY;
  }

  /**
   * Takes in the time of a tick. Where the clock was set back, everything remembered moves back
   * with it, as if no time had passed since the tick before: what lies in the future would count
   * until that future has come.
   */
  void tick(double now) {
    double back = now - latest;
    if (back < 0) {
      for (int i = 0; i < proposalTimes.length; i++) {
        proposalTimes[i] += back;
      }
      for (int i = 0; i < flapTimes.length; i++) {
        flapTimes[i] += back;
      }
      lastChangeSeconds += back;
      missingSinceSeconds += back;
    }
    latest = now;
  }

  /** Whether anything was proposed since then. */
  boolean proposedSince(double time) {
    return highestProposalSince(time) != Integer.MIN_VALUE;
  }

  void addProposal(double time, int replicas) {
    proposalTimes[proposalHead] = time;
    proposals[proposalHead] = replicas;
    proposalHead = (proposalHead + 1) % proposals.length;
    proposalCount = Math.min(proposalCount + 1, proposals.length);
  }

  int highestProposalSince(double time) {
    int highest = Integer.MIN_VALUE;
    for (int i = 0; i < proposalCount; i++) {
      if (proposalTimes[i] >= time) {
        highest = Math.max(highest, proposals[i]);
      }
    }
    return highest;
  }

  /** The same without the newest, which the present tick has added. */
  int highestEarlierProposalSince(double time) {
    int newest = newestProposal();
    int highest = Integer.MIN_VALUE;
    for (int i = 0; i < proposalCount; i++) {
      if (i != newest && proposalTimes[i] >= time) {
        highest = Math.max(highest, proposals[i]);
      }
    }
    return highest;
  }

  /** The newest proposal was of no more than this. */
  void limitNewestProposal(int replicas) {
    proposals[newestProposal()] = Math.min(proposals[newestProposal()], replicas);
  }

  private int newestProposal() {
    return (proposalHead + proposals.length - 1) % proposals.length;
  }

  int flapsSince(double time) {
    int flaps = 0;
    for (double flap : flapTimes) {
      if (flap >= time) {
        flaps++;
      }
    }
    return flaps;
  }

  void changed(double time, int direction) {
    directionBefore = lastDirection;
    changeSecondsBefore = lastChangeSeconds;
    flapAdded = direction < 0 && lastDirection > 0;
    if (flapAdded) {
      flapReplaced = flapTimes[flapHead];
      flapTimes[flapHead] = time;
      flapHead = (flapHead + 1) % MAX_FLAPS;
    }
    lastDirection = direction;
    lastChangeSeconds = time;
  }

  /** Takes the newest {@link #changed} back. */
  void unchanged() {
    if (flapAdded) {
      flapHead = (flapHead + MAX_FLAPS - 1) % MAX_FLAPS;
      flapTimes[flapHead] = flapReplaced;
      flapAdded = false;
    }
    lastDirection = directionBefore;
    lastChangeSeconds = changeSecondsBefore;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeInt(proposals.length);
    for (int i = 0; i < proposals.length; i++) {
      out.writeDouble(proposalTimes[i]);
      out.writeInt(proposals[i]);
    }
    out.writeInt(proposalCount);
    out.writeInt(proposalHead);
    for (double flap : flapTimes) {
      out.writeDouble(flap);
    }
    out.writeInt(flapHead);
    out.writeInt(lastDirection);
    out.writeDouble(lastChangeSeconds);
    out.writeDouble(missingSinceSeconds);
    out.writeDouble(latest);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @param withLatest whether it ends in the time of the newest tick, which was once not written
   */
  void read(DataInputStream in, boolean withLatest) throws IOException {
    int length = in.readInt();
    if (length != proposals.length) {
      throw new IOException(
          "guard state holds " + length + " proposals where " + proposals.length + " are kept");
    }
    for (int i = 0; i < length; i++) {
      proposalTimes[i] = in.readDouble();
      proposals[i] = in.readInt();
    }
    proposalCount = in.readInt();
    proposalHead = in.readInt();
    for (int i = 0; i < MAX_FLAPS; i++) {
      flapTimes[i] = in.readDouble();
    }
    flapHead = in.readInt();
    lastDirection = in.readInt();
    lastChangeSeconds = in.readDouble();
    missingSinceSeconds = in.readDouble();
    latest = withLatest ? in.readDouble() : newest();
  }

  /** The newest time that is remembered. */
  private double newest() {
    double newest = lastChangeSeconds;
    for (int i = 0; i < proposalCount; i++) {
      newest = Math.max(newest, proposalTimes[i]);
    }
    return Double.isNaN(missingSinceSeconds) ? newest : Math.max(newest, missingSinceSeconds);
  }
}
