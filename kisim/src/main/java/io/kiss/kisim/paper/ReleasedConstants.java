package io.kiss.kisim.paper;

/**
 * What the paper's released code rewards when its load generator does not answer: it then takes
 * constants for measurements, and the reward is what follows from them, whatever the agent does.
 */
public final class ReleasedConstants {
  /** In place of the p95, milliseconds. */
  public static final double P95_MS = 1000;

  /** In place of the throughput, requests per second. */
  public static final double THROUGHPUT = 5;

  /** In place of each Deployment's replicas. */
  public static final int REPLICAS = 3;

  /** In place of the CPUs' utilisation, percent. */
  public static final double CPU_PERCENT = 50;

  /** Steps an episode gets when every answer is waited for in vain. */
  public static final int STEPS = 5;

  private ReleasedConstants() {}

  /** The reward of an episode of {@link #STEPS}. */
  public static double episodeReward(PaperPattern pattern) {
    boolean[] never = new boolean[STEPS];
    double sum = 0;
    for (int step = 0; step < STEPS; step++) {
      sum +=
          PaperReward.of(
                  pattern,
                  P95_MS,
                  THROUGHPUT,
                  REPLICAS,
                  REPLICAS,
                  CPU_PERCENT,
                  PaperReward.stability(never, step))
              .total();
    }
    return sum;
  }

  /** The same as the paper's plotting script has it, to three decimals. */
  public static double plotted(PaperPattern pattern) {
    return switch (pattern) {
      case RANDOM -> 1.761;
      case RAMP -> 2.710;
      case SPIKE -> 0.530;
      case PERIODIC -> 2.160;
    };
  }
}
