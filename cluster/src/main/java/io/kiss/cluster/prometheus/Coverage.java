package io.kiss.cluster.prometheus;

import io.kiss.actors.live.MetricsPort.Target;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Since when the samples of each workload have come without a gap, as far as rounds have seen.
 *
 * <p>Prometheus' {@code rate()} divides by the whole window and fills what lacks in front of the
 * first sample with half a scrape interval at most, so that it is the right choice for a pod that
 * has just begun, and far too low where only scrapes were missing: a quarter of a minute after a
 * gap of a minute it shows three eighths of the rate. The first round that sees samples again does
 * not know since when they came, and its rates are unknown; until a window is full again, such
 * workloads are then asked for with one that begins behind the gap. The first round of all asks
 * whether there were samples when its window began, since it has seen nothing itself; where there
 * were none, be it for a gap or because pods have only begun, it does as behind a gap.
 */
final class Coverage {
  /** Of a window: a scrape may be lost, or be late, before that is a gap. */
  private static final double GAP = 1 / 3.0;

  /**
   * Of a window: how far from its beginning a sample may be for a node that knows no more. One in
   * 15 s is inside, and what is missing at most cannot be seen in a rate.
   */
  private static final double OPENING = 1 / 8.0;

  /** So that the sample a window begins with is inside, however long answers take. */
  private static final double SLACK_SECONDS = 0.2;

  private final double windowSeconds;
  private final Map<String, Seen> seen = new HashMap<>();

  /** Of one workload; seconds of a clock that never jumps, {@code NaN}: not yet. */
  private static final class Seen {
    private double newestSample = Double.NaN;

    /** The last round in which Prometheus answered, and whether one since then had no answer. */
    private double answered = Double.NaN;

    private boolean silent;

    /** Samples at both ends of the newest gap. */
    private double beforeGap = Double.NaN;

    private double behindGap = Double.NaN;
  }

  /** Workloads behind a gap, and the window that they all share. */
  record Resumed(Set<String> workloads, Duration window) {
    private static final Resumed NONE = new Resumed(Set.of(), Duration.ZERO);
  }

  Coverage(double windowSeconds) {
    this.windowSeconds = windowSeconds;
  }

  /** How long ago a window must have its first sample. */
  Duration opening() {
    return Duration.ofMillis((long) (1000 * (1 - OPENING) * windowSeconds));
  }

  /** Whether there are any of which no sample was seen yet. */
  synchronized boolean hasUnseen(List<Target> targets) {
    return targets.stream()
        .map(target -> seen.get(target.workload().name()))
        .anyMatch(was -> was == null || Double.isNaN(was.newestSample));
  }

  /** Who is to be asked for with a window of their own in a round that begins now. */
  synchronized Resumed resumed(List<Target> targets, double now) {
    Set<String> workloads = new HashSet<>();
    double begin = Double.NEGATIVE_INFINITY;
    for (Target target : targets) {
      String name = target.workload().name();
      double begins = begins(seen.getOrDefault(name, new Seen()), now);
      if (!Double.isNaN(begins)) {
        workloads.add(name);
        begin = Math.max(begin, begins);
      }
    }
    return workloads.isEmpty()
        ? Resumed.NONE
        : new Resumed(workloads, Duration.ofMillis((long) (1000 * (now - begin + SLACK_SECONDS))));
  }

  /** Where its window begins; {@code NaN}: it has the usual one. */
  private double begins(Seen was, double now) {
    double from = now - windowSeconds;
    return was.beforeGap < from && was.behindGap > from ? was.behindGap : Double.NaN;
  }

  /** Whether samples were missing when it was asked for last, for all that is known. */
  private boolean isBlind(Seen was) {
    return was.silent || was.answered - was.newestSample > GAP * windowSeconds;
  }

  /**
   * Takes in what a round showed.
   *
   * @param ageSeconds of the newest sample; {@code NaN}: there is none
   * @param answered whether Prometheus said anything of it
   * @param openingAgeSeconds of the newest sample that is as old as {@link #opening} or older;
   *     {@code NaN}: not known, or none
   * @return whether rates of this round may be too low: their window may be half empty
   */
  synchronized boolean see(
      String workload, double now, double ageSeconds, boolean answered, double openingAgeSeconds) {
    Seen was = seen.computeIfAbsent(workload, name -> new Seen());
    if (!answered) {
      was.silent = true;
      return false;
    }
    boolean doubtful = false;
    double newest = now - ageSeconds;
    if (Double.isNaN(was.newestSample) && !Double.isNaN(newest)) {
      doubtful = !(openingAgeSeconds <= (1 + OPENING) * windowSeconds);
      was.beforeGap = doubtful ? Double.NEGATIVE_INFINITY : now - openingAgeSeconds;
      was.behindGap = doubtful ? newest : now - openingAgeSeconds;
    } else if (isBlind(was) && newest > was.newestSample) {
      doubtful = was.newestSample < now - windowSeconds;
      was.beforeGap = was.newestSample;
      was.behindGap = newest;
    }
    if (!Double.isNaN(newest)) {
      was.newestSample = newest;
      was.silent = false;
    }
    was.answered = now;
    return doubtful;
  }

  /** Forgets all others. */
  synchronized void keep(Set<String> workloads) {
    seen.keySet().retainAll(workloads);
  }
}
