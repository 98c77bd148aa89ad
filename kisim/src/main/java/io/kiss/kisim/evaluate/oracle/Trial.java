package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.fluid.FluidEngine;

/** Runs of the fluid engine itself: what a path of replicas really costs. */
final class Trial {
  private final FluidEngine engine = FluidEngine.withoutLatencies();
  private final Episode episode;
  private final long seed;
  private int runs;

  Trial(Episode episode, long seed) {
    this.episode = episode;
    this.seed = seed;
  }

  /** Requests present at second 0, whatever is decided from then on. */
  double presentAtStart() {
    engine.reset(episode.scenario(), seed);
    return engine.requestsPresent();
  }

  /**
   * Cost-at-SLO of a path.
   *
   * @param desired replicas to ask for at each second
   */
  double cost(int[] desired) {
    runs++;
    engine.reset(episode.scenario(), seed);
    int seconds = episode.scenario().seconds();
    int now = 0;
    while (now < seconds) {
      int until = now + 1;
      while (until < seconds && desired[until] == desired[now]) {
        until++;
      }
      engine.setDesiredReplicas(desired[now]);
      engine.advance(until - now);
      now = until;
    }
    Truth truth = engine.truth();
    double needed = truth.neededGpuSeconds();
    double gpuShare = truth.gpuSeconds() / needed;
    double violatingShare = truth.violating() / Math.max(1e-9, truth.departed());
    return gpuShare + episode.workload().violationPrice() * violatingShare;
  }

  /** Requests that were still present at the end of the last run. */
  double presentAtEnd() {
    return engine.requestsPresent();
  }

  int runs() {
    return runs;
  }
}
