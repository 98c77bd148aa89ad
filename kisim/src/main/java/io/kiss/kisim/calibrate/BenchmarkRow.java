package io.kiss.kisim.calibrate;

/**
 * One row of a Triton benchmark; a figure that was not published is {@code NaN}.
 *
 * @param key what was measured
 * @param line of the file
 * @param instances model instances on the GPU
 * @param delaySeconds maximum queue delay of the dynamic batcher
 * @param batch items a request carries
 * @param concurrency clients, each with one request in flight
 * @param throughput items per second
 * @param p50Seconds median latency
 * @param p95Seconds 95th percentile of latency
 * @param meanSeconds mean latency
 * @param inputSeconds mean time to copy a batch in
 * @param inferSeconds mean time of the model itself
 * @param outputSeconds mean time to copy a batch out
 * @param networkSeconds mean time in client and network
 */
record BenchmarkRow(
    BenchmarkKey key,
    int line,
    double instances,
    double delaySeconds,
    double batch,
    double concurrency,
    double throughput,
    double p50Seconds,
    double p95Seconds,
    double meanSeconds,
    double inputSeconds,
    double inferSeconds,
    double outputSeconds,
    double networkSeconds) {

  /** Whether the server's share of the latency was published. */
  boolean hasSplit() {
    return inferSeconds > 0 && inputSeconds >= 0 && outputSeconds >= 0;
  }
}
