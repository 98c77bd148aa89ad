package io.kiss.cluster.train;

import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.List;
import java.util.Optional;

/**
 * A run between two updates, from which it goes on exactly.
 *
 * @param plan it follows
 * @param iteration updates done
 * @param environmentSteps learned from
 * @param seconds of training
 * @param rollbacks updates that came to nothing
 * @param optimizer its checkpoint
 * @param acting the policy that collects the next batch where that is an older one than the
 *     optimiser's
 * @param environments each worker's, before the next batch
 */
public record RunState(
    TrainingPlan plan,
    long iteration,
    long environmentSteps,
    double seconds,
    long rollbacks,
    byte[] optimizer,
    Optional<PolicySnapshot> acting,
    List<byte[]> environments) {}
