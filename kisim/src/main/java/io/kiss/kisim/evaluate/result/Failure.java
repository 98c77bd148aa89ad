package io.kiss.kisim.evaluate.result;

/**
 * A run that came to no result; the others are not touched by it.
 *
 * @param trace name of the trace
 * @param seed of the run
 * @param autoscaler name of the entrant
 * @param reason a sentence
 */
public record Failure(String trace, long seed, String autoscaler, String reason) {}
