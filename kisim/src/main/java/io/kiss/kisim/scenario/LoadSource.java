package io.kiss.kisim.scenario;

import io.kiss.kisim.traffic.pattern.Load;

/** Makes the load of one run; the same seed gives the same load. */
@FunctionalInterface
public interface LoadSource {
  Load create(long seed);
}
