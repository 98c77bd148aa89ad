package io.kiss.kisim.fluid;

import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;

/** How long requests take once a load has been there for long, for whoever sets an SLO. */
public final class SteadyLatency {
  private final StationaryTable table;
  private final double unit;

  private SteadyLatency(StationaryTable table, double unit) {
    this.table = table;
    this.unit = unit;
  }

  /**
   * Of a service's pods, by the same curves that the fluid engine goes by.
   *
   * @param cv coefficient of variation of the gaps between requests
   */
  public static SteadyLatency of(ServiceModel service, Routing routing, double cv) {
    return new SteadyLatency(
        StationaryTable.of(service, routing, cv), service.loneLatencySeconds());
  }

  /**
   * A quantile of the latency.
   *
   * @param pods that are ready
   * @param rate requests per second of the whole Deployment
   * @param share of the requests whose latency is not longer, 0..1
   * @return seconds; infinite at a rate beyond which nothing was measured
   */
  public double quantile(int pods, double rate, double share) {
    StationaryCurve curve = table.curve(pods);
    double flow = rate * unit;
    int node = 1;
    while (node < StationaryCurve.NODES - 2 && curve.flow[node] < flow) {
      node++;
    }
    if (curve.flow[node] < flow) {
      return Double.POSITIVE_INFINITY;
    }
    double above = curve.quantile(node, share);
    double below = curve.quantile(node - 1, share);
    double part = (flow - curve.flow[node - 1]) / (curve.flow[node] - curve.flow[node - 1]);
    return unit * (below + part * (above - below));
  }
}
