package io.kiss.kisim.env;

import org.apache.commons.rng.UniformRandomProvider;

/** Where the episodes of a {@link KisimEnvironment} come from. One instance serves one thread. */
public interface ScenarioSource {

  /**
   * Draws an episode.
   *
   * @param random where it comes from: the same state gives the same episode
   * @param rates receives the traffic, and belongs to the episode as long as it lasts; at least
   *     {@link #knots} long
   */
  Episode draw(UniformRandomProvider random, float[] rates);

  /** Places that the traffic of the longest episode takes in {@link #draw}'s array. */
  int knots();

  /**
   * Says what is drawn from, in any words that are the same for sources that draw the same: the
   * saved state of an environment is bound to it.
   */
  String identity();
}
