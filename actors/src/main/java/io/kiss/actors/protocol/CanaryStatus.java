package io.kiss.actors.protocol;

import java.util.Optional;

/**
 * How a canary does. Observed since the controller last started or the stage began.
 *
 * @param elapsedSeconds of observation, on the clusters' clocks
 * @param observationSeconds that one stage takes at least
 * @param looks taken at the figures
 * @param champion empty: nothing seen yet
 * @param candidate empty: nothing seen yet
 * @param sentence where it stands, for people
 */
public record CanaryStatus(
    PolicyRef policy,
    int stage,
    double share,
    boolean byTime,
    double elapsedSeconds,
    double observationSeconds,
    int looks,
    Optional<ArmFigures> champion,
    Optional<ArmFigures> candidate,
    String sentence)
    implements ControlMessage {

  /**
   * What one arm did.
   *
   * @param units scalers, or their slots of time, that were seen
   * @param requests that arrived
   * @param violatingShare of the requests
   * @param cost replicas held for each that the load needed
   */
  public record ArmFigures(int units, double requests, double violatingShare, double cost)
      implements ControlMessage {}
}
