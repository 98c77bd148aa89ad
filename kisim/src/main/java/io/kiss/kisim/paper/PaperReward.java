package io.kiss.kisim.paper;

/**
 * The paper's reward of a step, term by term.
 *
 * <pre>0.4 · max(0, (Lb − L) / Lb) + 0.3 · max(0, (T − Tb) / Tb) + 0.2 · efficiency
 * + stability − 0.5 where the CPUs are busy for more than 90 %</pre>
 *
 * @param latency what p95 below the pattern's baseline earns, 0..0.4
 * @param throughput what throughput above the baseline earns, 0 or more, without a limit
 * @param efficiency what the split of the replicas earns, 0..0.2
 * @param stability of the replicas in the steps before
 * @param penalty for busy CPUs, −0.5 or 0
 */
public record PaperReward(
    double latency, double throughput, double efficiency, double stability, double penalty) {
  /** The terms' names, in their order. */
  public static final java.util.List<String> TERMS =
      java.util.List.of("latency", "throughput", "efficiency", "stability", "penalty");

  private static final double LATENCY_WEIGHT = 0.4;
  private static final double THROUGHPUT_WEIGHT = 0.3;
  private static final double EFFICIENCY_WEIGHT = 0.2;
  private static final double STABLE = 0.01;
  private static final double UNSTABLE = -0.02;
  private static final double MOST_CPU_PERCENT = 90;
  private static final double CPU_PENALTY = -0.5;
  private static final int STEADY_WINDOW = 5;
  private static final int MOST_SCALINGS = 2;

  /** Steps at an episode's start in which the released code rewards no stability yet. */
  private static final int STEPS_WITHOUT_STABILITY = 2;

  /** Computes it of what a step brought; a p95 of {@code NaN} earns nothing. */
  public static PaperReward of(
      PaperPattern pattern,
      double p95Ms,
      double throughput,
      int gpuReplicas,
      int cpuReplicas,
      double cpuPercent,
      double stability) {
    double lb = pattern.baselineMs();
    double tb = pattern.baselineThroughput();
    double faster = Double.isNaN(p95Ms) ? 0 : Math.max(0, (lb - p95Ms) / lb);
    double more = Math.max(0, (throughput - tb) / tb);
    return new PaperReward(
        LATENCY_WEIGHT * faster,
        THROUGHPUT_WEIGHT * more,
        EFFICIENCY_WEIGHT * efficiency(pattern, gpuReplicas, cpuReplicas),
        stability,
        cpuPercent > MOST_CPU_PERCENT ? CPU_PENALTY : 0);
  }

  private static double efficiency(PaperPattern pattern, int gpu, int cpu) {
    double all = gpu + cpu;
    if (all == 0) {
      return 0;
    }
    return pattern.prefersGpu() ? gpu / all : 1 - Math.abs(gpu - cpu) / all;
  }

  /**
   * The stability term.
   *
   * @param scaled whether each of the episode's steps before this one changed a number of replicas
   * @param steps how many there were
   */
  public static double stability(boolean[] scaled, int steps) {
    if (steps < STEPS_WITHOUT_STABILITY) {
      return 0;
    }
    int scalings = 0;
    for (int s = Math.max(0, steps - STEADY_WINDOW); s < steps; s++) {
      scalings += scaled[s] ? 1 : 0;
    }
    return scalings > MOST_SCALINGS ? UNSTABLE : STABLE;
  }

  /** The reward. */
  public double total() {
    return latency + throughput + efficiency + stability + penalty;
  }

  /** The terms in the order of {@link #TERMS}. */
  public double[] terms() {
    return new double[] {latency, throughput, efficiency, stability, penalty};
  }
}
