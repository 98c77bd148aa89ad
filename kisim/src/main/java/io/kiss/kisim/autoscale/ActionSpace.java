package io.kiss.kisim.autoscale;

/**
 * Relative steps of the replica count: they persist, so exploring one earns its own credit, where
 * an absolute target would be overwritten by the next step.
 */
public final class ActionSpace {
  private static final double[] FRACTIONS = {-0.5, -0.2, -0.1, 0, 0, 0, 0.1, 0.2, 0.5, 1.0};
  private static final int[] PODS = {0, 0, 0, -1, 0, 1, 0, 0, 0, 0};
  private static final String[] NAMES = {
    "-50%", "-20%", "-10%", "-1", "stays", "+1", "+10%", "+20%", "+50%", "+100%"
  };

  /** Number of actions. */
  public static final int SIZE = FRACTIONS.length;

  /** The action that changes nothing. */
  public static final int STAY = 4;

  /** Changes whenever the meaning of an action does: a policy is bound to it. */
  public static final String ID = "relative-10/1";

  private ActionSpace() {}

  /** Name of an action as people read it, such as {@code +20%}. */
  public static String nameOf(int action) {
    return NAMES[action];
  }

  /** The replicas an action asks for: rounded away from {@code current}, before any limit. */
  public static int apply(int action, int current) {
    double step = FRACTIONS[action] * current + PODS[action];
    return current + (int) (step < 0 ? Math.floor(step) : Math.ceil(step));
  }

  /** Writes 1 for each action that is {@link #allowed}, else 0. */
  static void mask(float[] mask, int offset, int current, int min, int max) {
    mask[offset + STAY] = 1;
    int stays = Math.max(min, Math.min(max, current));
    int smaller = stays;
    for (int a = STAY - 1; a >= 0; a--) {
      int reached = Math.max(min, Math.min(max, apply(a, current)));
      mask[offset + a] = reached < smaller ? 1 : 0;
      smaller = reached;
    }
    smaller = stays;
    for (int a = STAY + 1; a < SIZE; a++) {
      int reached = Math.max(min, Math.min(max, apply(a, current)));
      mask[offset + a] = reached > smaller ? 1 : 0;
      smaller = reached;
    }
  }

  /**
   * Whether an action makes sense: one that leaves the limits where a smaller one reaches them, or
   * asks for the same replicas as a smaller one, is masked out.
   */
  public static boolean allowed(int action, int current, int min, int max) {
    if (action == STAY) {
      return true;
    }
    int smaller = action < STAY ? action + 1 : action - 1;
    int reached = Math.max(min, Math.min(max, apply(action, current)));
    int reachedBySmaller = Math.max(min, Math.min(max, apply(smaller, current)));
    return action < STAY ? reached < reachedBySmaller : reached > reachedBySmaller;
  }

  /** The level at which half of what sampling takes is smaller and half larger. */
  public static final double MEDIAN = 0.5;

  /**
   * The action that a policy takes where it does not explore: a quantile of its distribution, since
   * actions are in order. The most probable one is not what training made of it: four ways down of
   * 15 % each lose to staying with 40 %, and the replicas stay that sampling would have let go.
   *
   * @param probabilities of the actions, those masked out 0
   * @param level share of the distribution up to which to go, above 0, below 1: {@link #MEDIAN} as
   *     training means it, more to hold more
   */
  public static int quantile(float[] probabilities, double level) {
    double below = 0;
    int last = STAY;
    for (int a = 0; a < SIZE; a++) {
      below += probabilities[a];
      if (probabilities[a] > 0) {
        last = a;
        if (below >= level) {
          return a;
        }
      }
    }
    return last;
  }
}
