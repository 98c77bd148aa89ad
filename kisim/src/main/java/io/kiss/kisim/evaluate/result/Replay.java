package io.kiss.kisim.evaluate.result;

/**
 * One run over time, by control step. Arrays are of one length and not to be changed.
 *
 * @param trace name of the trace
 * @param seed of the run
 * @param autoscaler name of the entrant
 * @param stepSeconds length of a step; the last may be shorter
 * @param arrivalsPerSecond that reached the Service, the same for all autoscalers under open
 *     traffic
 * @param desired replicas at the end of the step
 * @param ready replicas at the end of the step
 * @param p95Seconds of the requests answered in it, {@code NaN} where none was
 */
public record Replay(
    String trace,
    long seed,
    String autoscaler,
    int stepSeconds,
    float[] arrivalsPerSecond,
    short[] desired,
    short[] ready,
    float[] p95Seconds) {}
