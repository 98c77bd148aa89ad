package io.kiss.cluster.train;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.UpdateStatistics;

/**
 * What one iteration did.
 *
 * @param iteration from 1
 * @param environmentSteps learned from so far
 * @param seconds of training so far
 * @param stepsPerSecond of this iteration
 * @param episodes that ended in its batch
 * @param update its statistics; 0 epochs where it was undone
 * @param learningRate at which the schedule stood; what undone updates took off it is not in it
 * @param rollbacks updates undone so far
 */
public record IterationReport(
    long iteration,
    long environmentSteps,
    double seconds,
    double stepsPerSecond,
    EpisodeSummary episodes,
    UpdateStatistics update,
    double learningRate,
    long rollbacks) {}
