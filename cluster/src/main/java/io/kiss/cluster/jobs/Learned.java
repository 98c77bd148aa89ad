package io.kiss.cluster.jobs;

import io.kiss.kisim.autoscale.PolicySnapshot;

/** A registered policy that takes part in a job, by its id. */
public record Learned(String id, PolicySnapshot policy) {}
