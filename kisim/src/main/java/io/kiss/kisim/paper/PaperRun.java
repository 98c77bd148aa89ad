package io.kiss.kisim.paper;

/**
 * How an episode went.
 *
 * @param pattern of the traffic
 * @param seed of the episode
 * @param reward of all steps together
 * @param terms the reward's terms, each summed over the steps, as {@link PaperReward#TERMS}
 * @param p95Ms latency that 95 % of all answers kept to, milliseconds; {@code NaN} without any
 * @param throughput answers a second
 * @param unanswered requests refused or lost
 * @param gpuHours that GPU pods held
 * @param cpuPodHours that CPU pods held
 */
public record PaperRun(
    PaperPattern pattern,
    long seed,
    double reward,
    double[] terms,
    double p95Ms,
    double throughput,
    double unanswered,
    double gpuHours,
    double cpuPodHours) {}
