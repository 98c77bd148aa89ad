package io.kiss.kisim.evaluate;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.function.Function;

/**
 * An autoscaler that takes part in a tournament.
 *
 * @param name in results, unique in its tournament
 * @param factory makes a fresh one for each case; called from several threads
 */
public record Entrant(String name, Function<WorkloadSpec, Autoscaler> factory) {}
