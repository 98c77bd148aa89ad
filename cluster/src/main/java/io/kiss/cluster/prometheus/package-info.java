/**
 * Telemetry of live clusters from Prometheus, or whatever answers its query API.
 *
 * <p>{@link io.kiss.cluster.prometheus.PrometheusMetrics} is the port. Which series of a serving
 * system are which figure stands in templates ({@code conf/metrics/*.conf}, {@link
 * io.kiss.cluster.prometheus.MetricsSources}); each figure is one query for a whole namespace. What
 * the figures mean is what {@link io.kiss.kisim.telemetry} simulates, and the arithmetic on
 * histograms is its own.
 */
package io.kiss.cluster.prometheus;
