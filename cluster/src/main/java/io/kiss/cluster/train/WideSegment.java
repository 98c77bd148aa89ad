package io.kiss.cluster.train;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.TrajectorySegment;
import java.lang.reflect.Array;
import java.util.List;
import java.util.function.Function;

/** Segments of equal steps side by side, as if one worker had collected in all environments. */
final class WideSegment {
  private WideSegment() {}

  /** One segment of as many steps; the environments of the first come first. */
  static TrajectorySegment of(List<TrajectorySegment> parts) {
    TrajectorySegment first = parts.get(0);
    if (parts.size() == 1) {
      return first;
    }
    int steps = first.steps();
    int environments = parts.stream().mapToInt(TrajectorySegment::environments).sum();
    EpisodeSummary episodes =
        parts.stream()
            .map(TrajectorySegment::episodes)
            .reduce(EpisodeSummary.NONE, EpisodeSummary::plus);
    return new TrajectorySegment(
        first.worker(),
        first.incarnation(),
        first.sequence(),
        first.iteration(),
        steps,
        environments,
        (float[]) sideBySide(parts, steps, TrajectorySegment::observations),
        (int[]) sideBySide(parts, steps, TrajectorySegment::masks),
        (byte[]) sideBySide(parts, steps, TrajectorySegment::actions),
        (float[]) sideBySide(parts, steps, TrajectorySegment::logProbabilities),
        (float[]) sideBySide(parts, steps, TrajectorySegment::rewards),
        (byte[]) sideBySide(parts, steps, TrajectorySegment::flags),
        terminal(parts),
        (float[]) sideBySide(parts, 1, TrajectorySegment::lastObservations),
        episodes);
  }

  /**
   * Step by step, the parts' rows one behind the other.
   *
   * @param array of a part: primitive, of a whole number of elements a step
   */
  private static Object sideBySide(
      List<TrajectorySegment> parts, int steps, Function<TrajectorySegment, Object> array) {
    int length = parts.stream().mapToInt(part -> Array.getLength(array.apply(part))).sum();
    Object all = Array.newInstance(array.apply(parts.get(0)).getClass().getComponentType(), length);
    int to = 0;
    for (int t = 0; t < steps; t++) {
      for (TrajectorySegment part : parts) {
        Object from = array.apply(part);
        int row = Array.getLength(from) / steps;
        System.arraycopy(from, t * row, all, to, row);
        to += row;
      }
    }
    return all;
  }

  /** The observations that episodes ended on, in the order of the rows they ended in. */
  private static float[] terminal(List<TrajectorySegment> parts) {
    TrajectorySegment first = parts.get(0);
    int features = first.lastObservations().length / first.environments();
    int length = parts.stream().mapToInt(part -> part.terminalObservations().length).sum();
    float[] all = new float[length];
    int[] next = new int[parts.size()];
    int to = 0;
    for (int t = 0; t < first.steps(); t++) {
      for (int p = 0; p < parts.size(); p++) {
        TrajectorySegment part = parts.get(p);
        int ended = ended(part, t) * features;
        System.arraycopy(part.terminalObservations(), next[p], all, to, ended);
        next[p] += ended;
        to += ended;
      }
    }
    return all;
  }

  private static int ended(TrajectorySegment part, int step) {
    int ended = 0;
    for (int e = 0; e < part.environments(); e++) {
      int flags = part.flags()[step * part.environments() + e];
      ended += (flags & (TrajectorySegment.TERMINATED | TrajectorySegment.TRUNCATED)) != 0 ? 1 : 0;
    }
    return ended;
  }
}
