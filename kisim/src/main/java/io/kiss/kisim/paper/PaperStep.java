package io.kiss.kisim.paper;

/**
 * What was measured over a step, and what it earned.
 *
 * @param p95Ms latency that 95 % of the requests answered in it kept to, as users saw it,
 *     milliseconds; {@code NaN} where none was answered
 * @param throughput answers a second
 * @param gpuPercent share of the time of the GPU pods in which their GPUs ran, 0..100
 * @param cpuPercent the same of the CPU pods and their cores
 * @param memoryPercent memory that CPU pods hold, of what ten of them would, 0..100
 * @param gpuReplicas of the GPU Deployment, as asked for
 * @param cpuReplicas of the CPU Deployment, as asked for
 * @param reward what it earned
 */
public record PaperStep(
    double p95Ms,
    double throughput,
    double gpuPercent,
    double cpuPercent,
    double memoryPercent,
    int gpuReplicas,
    int cpuReplicas,
    PaperReward reward) {}
