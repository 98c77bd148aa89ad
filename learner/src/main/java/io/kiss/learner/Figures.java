package io.kiss.learner;

import io.kiss.actors.protocol.EpisodeSummary;
import java.util.ArrayDeque;

/** Steps per second and means over the latest episodes. Times are {@code System.nanoTime}'s. */
final class Figures {
  private record Steps(long nanos, long steps) {}

  private final long windowNanos;
  private final int episodeWindow;
  private final ArrayDeque<Steps> recent = new ArrayDeque<>();
  private final ArrayDeque<EpisodeSummary> latest = new ArrayDeque<>();
  private long recentSteps;
  private int latestCount;

  Figures(LearnerSettings settings) {
    windowNanos = settings.rateWindow().toNanos();
    episodeWindow = settings.episodeWindow();
  }

  /** Marks the moment from which steps are counted: the rate has no past beyond it. */
  void startRate(long nanos) {
    recent.clear();
    recent.add(new Steps(nanos, 0));
    recentSteps = 0;
  }

  void addSteps(long nanos, long steps) {
    recent.add(new Steps(nanos, steps));
    recentSteps += steps;
    while (recent.size() > 2 && nanos - recent.peekFirst().nanos() > windowNanos) {
      recent.removeFirst();
      recentSteps -= recent.peekFirst().steps();
      // The oldest entry left only marks where the window begins.
      recent.addFirst(new Steps(recent.removeFirst().nanos(), 0));
    }
  }

  double stepsPerSecond(long nanos) {
    if (recent.isEmpty() || nanos <= recent.peekFirst().nanos()) {
      return 0;
    }
    return recentSteps * 1e9 / (nanos - recent.peekFirst().nanos());
  }

  void addEpisodes(EpisodeSummary episodes) {
    if (episodes.count() == 0) {
      return;
    }
    latest.add(episodes);
    latestCount += episodes.count();
    while (latestCount - latest.peekFirst().count() >= episodeWindow) {
      latestCount -= latest.removeFirst().count();
    }
  }

  /** Sums over the latest episodes, at least as many as the window asks for where there are. */
  EpisodeSummary episodes() {
    EpisodeSummary sum = EpisodeSummary.NONE;
    for (EpisodeSummary some : latest) {
      sum = sum.plus(some);
    }
    return sum;
  }
}
