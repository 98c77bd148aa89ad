package io.kiss.kisim.evaluate;

import io.kiss.kisim.env.Episode;
import io.kiss.kisim.evaluate.result.TraceInfo;

/**
 * A Deployment under a trace or scenario, which every entrant scales once a seed.
 *
 * @param info what reports say of it; its name is unique in its evaluation
 * @param episode what happens
 */
public record EvaluationCase(TraceInfo info, Episode episode) {

  /** Name in results. */
  public String name() {
    return info.name();
  }

  /** Of a scenario, with what reports say of it taken from the episode. */
  public static EvaluationCase of(String name, String source, Episode episode) {
    return of(name, source, 0, 1, episode);
  }

  /**
   * Of a trace that was cut and rescaled.
   *
   * @param fromSeconds where in the source it begins
   * @param factor its counts were multiplied by
   */
  public static EvaluationCase of(
      String name, String source, int fromSeconds, double factor, Episode episode) {
    return new EvaluationCase(
        new TraceInfo(
            name,
            source,
            fromSeconds,
            episode.scenario().seconds(),
            factor,
            episode.scenario().service().name(),
            episode.scenario().service().device().name(),
            episode.workload().sloSeconds(),
            episode.workload().startupSeconds(),
            episode.workload().minReplicas(),
            episode.workload().maxReplicas(),
            episode.scenario().initialReplicas(),
            episode.workload().replicaCapacity(),
            episode.scenario().service().batching().queueTimeoutSeconds()),
        episode);
  }
}
