package io.kiss.kisim.evaluate;

import io.kiss.kisim.env.Episode;

/**
 * A Deployment that every entrant scales once.
 *
 * @param name in results
 * @param episode what happens
 * @param seed of the engine
 */
public record TournamentCase(String name, Episode episode, long seed) {}
