package io.kiss.cluster.train;

/**
 * A run between two updates, from which it goes on exactly.
 *
 * @param plan it follows
 * @param iteration updates done
 * @param environmentSteps learned from
 * @param seconds of training
 * @param rollbacks updates that came to nothing
 * @param episodesSince iteration at which its first episodes started
 * @param training checkpoint of optimiser, environments and the policy that acts
 */
public record RunState(
    TrainingPlan plan,
    long iteration,
    long environmentSteps,
    double seconds,
    long rollbacks,
    long episodesSince,
    byte[] training) {}
