package io.kiss.actors.protocol;

import java.util.List;

/**
 * What the scalers of a namespace saw at one tick, while a canary is on its way; those only whose
 * decisions are carried out. No reply.
 *
 * @param term of the assignment they run
 * @param timeSeconds on the cluster's clock
 */
public record CanaryObserved(
    String cluster, String namespace, long term, double timeSeconds, List<Tick> ticks)
    implements ControllerProtocol.Command {

  public CanaryObserved {
    ticks = List.copyOf(ticks);
  }

  /**
   * One scaler's tick.
   *
   * @param requests that arrived
   * @param violating those of them that violated the SLO
   * @param replicaSeconds replicas held, times the tick
   * @param neededSeconds replicas that the arrivals needed at full load, times the tick
   */
  public record Tick(
      String deployment,
      Assignment.Arm arm,
      double requests,
      double violating,
      double replicaSeconds,
      double neededSeconds)
      implements ControlMessage {}
}
