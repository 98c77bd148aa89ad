package io.kiss.kisim.traffic;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** The random numbers of traffic, apart from those of the service and the cluster. */
final class TrafficRandom {
  private static final long STREAM = 1_000;

  private TrafficRandom() {}

  static UniformRandomProvider of(long seed) {
    return RandomSource.XO_RO_SHI_RO_128_PP.create(seed * 0x9E3779B97F4A7C15L + STREAM);
  }
}
