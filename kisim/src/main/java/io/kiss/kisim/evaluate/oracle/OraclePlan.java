package io.kiss.kisim.evaluate.oracle;

/**
 * What a scaler that knows the future does with one episode.
 *
 * @param tickSeconds time between two of its decisions
 * @param desired replicas to ask for at each tick; not to be changed
 * @param costAtSlo what that costs, run on the fluid engine with the seed it was planned for
 * @param lowerBound no path of replicas costs less on the fluid engine with that seed
 */
public record OraclePlan(int tickSeconds, int[] desired, double costAtSlo, double lowerBound) {}
