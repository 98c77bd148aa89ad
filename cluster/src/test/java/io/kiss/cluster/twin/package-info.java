/**
 * A service that exists only as numbers, beside a real Kubernetes and a real Prometheus: its pods
 * are those that the API server shows, its latency follows from how many are ready and how much
 * load is offered. It shares no code with KISim, so that the two can disagree.
 */
package io.kiss.cluster.twin;
