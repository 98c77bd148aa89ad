package io.kiss.actors.live;

import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.Optional;

/**
 * A scalable object as the cluster shows it.
 *
 * @param name of the Deployment
 * @param desiredReplicas {@code spec.replicas}
 * @param resourceVersion to write back with, so that a change in between is noticed
 * @param refusal why it must not be scaled, such as an HPA that targets it; empty: it may be
 * @param profile what its service profile says, limits and SLO included; empty: unknown, so the
 *     scaler may look but not act
 */
public record Workload(
    String name,
    int desiredReplicas,
    String resourceVersion,
    Optional<String> refusal,
    Optional<WorkloadSpec> profile) {}
