package io.kiss.cluster.live;

import io.kiss.cluster.prometheus.MetricsSources;

/** What attachments may name: templates of metrics' queries, and services. */
public record Catalog(MetricsSources sources, ServiceProfiles profiles) {}
