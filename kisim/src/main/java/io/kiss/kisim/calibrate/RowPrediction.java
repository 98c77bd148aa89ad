package io.kiss.kisim.calibrate;

/**
 * An online row beside what was predicted for it.
 *
 * @param row as measured
 * @param predicted by the engine
 */
record RowPrediction(BenchmarkRow row, OnlinePrediction predicted) {

  /** Predicted over measured throughput, less 1. */
  double throughputError() {
    return predicted.throughput() / row.throughput() - 1;
  }

  /** Predicted over measured p95, less 1; {@code NaN} where it was not measured. */
  double p95Error() {
    return predicted.p95Seconds() / row.p95Seconds() - 1;
  }

  /**
   * Measured throughput over what Little's law makes of the measured mean latency, less 1: by how
   * much the measurement contradicts itself.
   */
  double littleError() {
    double items = row.batch() > 0 ? row.batch() : 1;
    return row.throughput() * row.meanSeconds() / (row.concurrency() * items) - 1;
  }
}
