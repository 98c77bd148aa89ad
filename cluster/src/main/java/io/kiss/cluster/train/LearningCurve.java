package io.kiss.cluster.train;

import io.kiss.actors.protocol.EpisodeSummary;
import java.util.ArrayList;
import java.util.List;

/**
 * How a run went, in a bounded number of points: when there are too many, neighbours are merged, so
 * that a run of any length keeps its whole curve at even resolution.
 */
public final class LearningCurve {
  private static final int MOST_POINTS = 1024;

  private final List<Point> points = new ArrayList<>();
  private int iterationsAPoint;
  private int iterationsInLast;

  /**
   * Some iterations together.
   *
   * @param environmentSteps learned from after the last of them
   * @param episodes that ended in them
   * @param rollbacks updates undone in them
   */
  public record Point(long environmentSteps, EpisodeSummary episodes, int rollbacks) {
    Point plus(Point later) {
      return new Point(
          later.environmentSteps, episodes.plus(later.episodes), rollbacks + later.rollbacks);
    }
  }

  /** A curve without points. */
  public LearningCurve() {
    this(1, List.of());
  }

  /**
   * Goes on with a curve.
   *
   * @param iterationsAPoint that its points stand for
   */
  LearningCurve(int iterationsAPoint, List<Point> points) {
    if (iterationsAPoint < 1 || points.size() > MOST_POINTS) {
      throw new IllegalArgumentException("this is no learning curve");
    }
    this.iterationsAPoint = iterationsAPoint;
    iterationsInLast = iterationsAPoint;
    this.points.addAll(points);
  }

  /** Adds an iteration. */
  public void add(IterationReport report) {
    Point point =
        new Point(
            report.environmentSteps(), report.episodes(), report.update().epochs() == 0 ? 1 : 0);
    if (iterationsInLast < iterationsAPoint) {
      int last = points.size() - 1;
      points.set(last, points.get(last).plus(point));
      iterationsInLast++;
      return;
    }
    if (points.size() == MOST_POINTS) {
      halve();
    }
    points.add(point);
    iterationsInLast = 1;
  }

  private void halve() {
    for (int i = 0; i < MOST_POINTS / 2; i++) {
      points.set(i, points.get(2 * i).plus(points.get(2 * i + 1)));
    }
    points.subList(MOST_POINTS / 2, MOST_POINTS).clear();
    iterationsAPoint *= 2;
  }

  /** What a point stands for. */
  int iterationsAPoint() {
    return iterationsAPoint;
  }

  /** In the order of steps. */
  public List<Point> points() {
    return List.copyOf(points);
  }

  /**
   * The newest episodes up to a point.
   *
   * @param index of the point
   * @param episodes at least as many, where there are
   */
  public EpisodeSummary latest(int index, int episodes) {
    EpisodeSummary sum = EpisodeSummary.NONE;
    for (int i = index; i >= 0 && sum.count() < episodes; i--) {
      sum = sum.plus(points.get(i).episodes());
    }
    return sum;
  }

  /** The newest episodes. */
  public EpisodeSummary latest(int episodes) {
    return latest(points.size() - 1, episodes);
  }
}
