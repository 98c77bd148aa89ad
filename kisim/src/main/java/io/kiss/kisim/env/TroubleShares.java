package io.kiss.kisim.env;

/**
 * Shares of the episodes in which something is harder than usual, each drawn on its own, 0..1.
 *
 * @param scarce GPUs for fewer than all replicas the Deployment may have, and no more to come
 * @param autoscaled nodes that have to be asked for, half of the time spot nodes
 * @param faults containers, GPUs and nodes that fail
 * @param outages scrapes that fail for a while
 * @param missing a metric that is away for a while
 * @param lag answers that are older than they could be
 * @param unevenArrivals gaps between requests that are not exponential
 */
public record TroubleShares(
    double scarce,
    double autoscaled,
    double faults,
    double outages,
    double missing,
    double lag,
    double unevenArrivals) {

  /** What the shipped policies are trained with. */
  public static final TroubleShares DEFAULT =
      new TroubleShares(0.03, 0.06, 0.06, 0.06, 0.04, 0.1, 0.3);

  /** Everything goes well. */
  public static final TroubleShares NONE = new TroubleShares(0, 0, 0, 0, 0, 0, 0);

  public TroubleShares {
    for (double share :
        new double[] {scarce, autoscaled, faults, outages, missing, lag, unevenArrivals}) {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException("a share of episodes must be in 0..1, not " + share);
      }
    }
    if (scarce + autoscaled > 1) {
      throw new IllegalArgumentException("scarce and autoscaled exclude each other: at most 1");
    }
  }

  /** The same with another share of outages. */
  public TroubleShares withOutages(double share) {
    return new TroubleShares(scarce, autoscaled, faults, share, missing, lag, unevenArrivals);
  }
}
