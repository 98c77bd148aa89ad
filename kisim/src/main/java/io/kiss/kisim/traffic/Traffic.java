package io.kiss.kisim.traffic;

import io.kiss.kisim.traffic.pattern.Load;

/**
 * Where a scenario's requests come from. What is random is drawn from the run's seed, and both
 * views of one seed are of the same run.
 */
public interface Traffic {

  /** The requests one by one, for the request-level engine. */
  Load load(long seed);

  /** What is expected in each second, for the fluid engine. */
  Demand demand(long seed);
}
