package io.kiss.kisim.autoscale.opponents;

/**
 * NVIDIA Dynamo's planner with an SLA as its target.
 *
 * @param load whether the load loop runs
 * @param throughput whether the throughput loop runs
 * @param loadSeconds period of the load loop
 * @param throughputSeconds period of the throughput loop
 * @param sensitivity scale down when the latency predicted is below this share of the SLA
 * @param leastObservations before the regression counts
 * @param mostObservations kept
 * @param buckets the loads of kept observations are spread over
 */
public record DynamoParameters(
    boolean load,
    boolean throughput,
    double loadSeconds,
    double throughputSeconds,
    double sensitivity,
    int leastObservations,
    int mostObservations,
    int buckets) {

  /** Dynamo's figures, with both loops. */
  public static final DynamoParameters DEFAULT =
      new DynamoParameters(true, true, 5, 180, 0.8, 5, 64, 16);

  public DynamoParameters {
    if (!load && !throughput) {
      throw new IllegalArgumentException("load or throughput must be on");
    }
    if (!(loadSeconds > 0 && throughputSeconds > loadSeconds)) {
      throw new IllegalArgumentException(
          "the load loop must be the faster one: "
              + loadSeconds
              + " s and "
              + throughputSeconds
              + " s");
    }
    if (!(sensitivity > 0 && sensitivity <= 1)) {
      throw new IllegalArgumentException("sensitivity must be in (0, 1], not " + sensitivity);
    }
    if (leastObservations < 2 || mostObservations < leastObservations || buckets < 1) {
      throw new IllegalArgumentException(
          "observations must be 2 <= least <= most, in at least one bucket");
    }
  }
}
