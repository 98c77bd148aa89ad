package io.kiss.actors.live;

/** Everything about one cluster. */
public record LiveCluster(ClusterPort cluster, MetricsPort metrics, LiveClock clock) {}
