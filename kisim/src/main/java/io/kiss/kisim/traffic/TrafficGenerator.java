package io.kiss.kisim.traffic;

import org.apache.commons.rng.UniformRandomProvider;

/** Draws the shape of a stretch of traffic. */
@FunctionalInterface
public interface TrafficGenerator {

  /**
   * Fills the first {@code seconds} places with rates; the highest is 1, none is negative.
   *
   * @param rates receives one rate a second
   * @param seconds length of the stretch, at least 1
   * @param random where the draw comes from: the same state gives the same traffic
   */
  void fill(float[] rates, int seconds, UniformRandomProvider random);
}
