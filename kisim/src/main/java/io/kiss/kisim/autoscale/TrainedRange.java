package io.kiss.kisim.autoscale;

import java.util.Locale;

/**
 * Whether observations are like those a policy was trained on.
 *
 * <p>What changes from tick to tick may leave the range seen in training by a deviation: training
 * saw the extremes of millions of ticks. What describes the Deployment itself never changes, its
 * range was drawn from edge to edge, and its deviation is that of the draw: over log-uniform
 * service times of 5 ms to 4 s one deviation is a factor of seven. Such features, logarithms all,
 * may leave the range by a fixed factor only.
 */
final class TrainedRange {
  /** An observation this far outside the trained range, in deviations, is outside... */
  private static final float LEAVE_MARGIN = 1.0f;

  /** ...until it has been within this margin again for {@link #TICKS_TO_RETURN} ticks. */
  private static final float RETURN_MARGIN = 0.5f;

  /** What describes the Deployment may lie a quarter beyond what was drawn... */
  private static final float LEAVE_FACTOR = (float) Math.log(1.25);

  /** ...and is inside again within a tenth. */
  private static final float RETURN_FACTOR = (float) Math.log(1.1);

  static final int TICKS_TO_RETURN = 3;

  private boolean outside;
  private int ticksInside;
  private int feature = -1;

  /** Starts inside, as for another policy. */
  void reset() {
    outside = false;
    ticksInside = 0;
    feature = -1;
  }

  /** Takes in an observation, and answers whether the policy is out of its depth. */
  boolean leftBy(float[] observation, PolicySnapshot policy) {
    feature = -1;
    for (int i = 0; i < observation.length && feature < 0; i++) {
      float room = room(i, policy.deviation()[i]);
      boolean inside =
          observation[i] >= policy.lowest()[i] - room
              && observation[i] <= policy.highest()[i] + room;
      // A feature that is not a number is inside of nothing.
      feature = inside ? -1 : i;
    }
    if (feature >= 0) {
      outside = true;
      ticksInside = 0;
    } else if (outside && ++ticksInside >= TICKS_TO_RETURN) {
      outside = false;
    }
    return outside;
  }

  private float room(int i, float deviation) {
    if (ObservationEncoder.describesDeployment(i)) {
      return outside ? RETURN_FACTOR : LEAVE_FACTOR;
    }
    return (outside ? RETURN_MARGIN : LEAVE_MARGIN) * deviation;
  }

  /** The feature that is outside now, for people; empty where none is. */
  String reason(float[] observation, PolicySnapshot policy) {
    if (feature < 0) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        "%s is %.2f where training saw %.2f to %.2f",
        ObservationEncoder.NAMES.get(feature),
        observation[feature],
        policy.lowest()[feature],
        policy.highest()[feature]);
  }

  boolean outside() {
    return outside;
  }

  int ticksInside() {
    return ticksInside;
  }

  /** Goes on from where another left off. */
  void restore(boolean wasOutside, int ticks) {
    outside = wasOutside;
    ticksInside = ticks;
    feature = -1;
  }
}
