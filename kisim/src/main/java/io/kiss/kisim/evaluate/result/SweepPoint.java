package io.kiss.kisim.evaluate.result;

/**
 * One setting of a baseline on one trace: a point of its Pareto curve.
 *
 * @param trace name of the trace
 * @param kind of autoscaler, such as {@code hpa}
 * @param settings as the command line would give them
 * @param gpuShare GPU-seconds held over needed, mean over seeds
 * @param violatingShare mean over seeds
 */
public record SweepPoint(
    String trace, String kind, String settings, double gpuShare, double violatingShare) {}
