/**
 * What Prometheus and the Kubernetes API show of one Deployment at one tick.
 *
 * <p>Every figure of {@link io.kiss.kisim.telemetry.Telemetry} that is not the API server's is the
 * answer to a PromQL expression, W being {@link
 * io.kiss.kisim.telemetry.TelemetrySettings#rateWindowSeconds}. Each pod is a target: a proxy in it
 * (Envoy's {@code envoy_cluster_upstream_rq_total} and {@code …_rq_time_bucket}) or the server
 * itself counts requests, DCGM's exporter shows the GPU. The names below stand for whatever a
 * serving system calls them.
 *
 * <table>
 *   <caption>Telemetry in PromQL</caption>
 *   <tr><th>figure</th><th>expression</th></tr>
 *   <tr><td>arrivalRate</td><td>{@code sum(rate(arrived_total[W]))}</td></tr>
 *   <tr><td>completionRate</td><td>{@code sum(rate(latency_bucket{le="+Inf"}[W]))}, which is {@code
 *       latency_count}</td></tr>
 *   <tr><td>p50LatencySeconds</td><td>{@code histogram_quantile(0.5, sum by (le)
 *       (rate(latency_bucket[W])))}</td></tr>
 *   <tr><td>p95LatencySeconds</td><td>the same with 0.95</td></tr>
 *   <tr><td>violatingShare</td><td>{@code 1 - sum(rate(latency_bucket{le="SLO"}[W])) /
 *       sum(rate(latency_bucket{le="+Inf"}[W]))} where a bucket ends at the SLO; elsewhere the
 *       first term is interpolated linearly between the buckets around it, as {@code
 *       histogram_fraction} does, and all beyond the last finite bound violates</td></tr>
 *   <tr><td>queuedRequests</td><td>{@code sum(queued)}</td></tr>
 *   <tr><td>runningRequests</td><td>{@code sum(running)}</td></tr>
 *   <tr><td>gpuUtilisation</td><td>{@code avg(DCGM_FI_DEV_GPU_UTIL) / 100}</td></tr>
 *   <tr><td>sampleAgeSeconds</td><td>{@code time() - max(timestamp(arrived_total))}, {@code time()}
 *       being the tick's</td></tr>
 * </table>
 *
 * <p>{@link io.kiss.kisim.telemetry.SampleRing} and {@link io.kiss.kisim.telemetry.Promql} are the
 * arithmetic, held to a real Prometheus by a test; {@link io.kiss.kisim.telemetry.PodScraper} is
 * Prometheus around the request-level engine. The fluid engine has one series set for the whole
 * Deployment and the same arithmetic.
 */
package io.kiss.kisim.telemetry;
