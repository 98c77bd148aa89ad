package io.kiss.actors.protocol;

import java.util.List;

/**
 * What is made of a cluster's GPU budget, as its namespaces have told the controller since it
 * started.
 *
 * @param used GPUs that their replicas take
 * @param wished GPUs they would take if there were enough
 * @param given GPUs that they were told they may take
 * @param waitingFor namespaces that have not said what they need; until they do, shares stay
 */
public record ClusterGpus(
    String cluster, long budget, long used, long wished, long given, List<String> waitingFor)
    implements ControlMessage {

  public ClusterGpus {
    waitingFor = waitingFor == null ? List.of() : List.copyOf(waitingFor);
  }
}
