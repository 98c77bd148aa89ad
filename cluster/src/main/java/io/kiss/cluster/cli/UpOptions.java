package io.kiss.cluster.cli;

import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What {@code kiss up} was told.
 *
 * @param trainSeconds training budget; above 0
 * @param policy to scale with instead of training one
 * @param trace traffic of the demo; empty: generated
 * @param once end after a stretch of scaling, with a summary as the last line
 * @param port of the admin API; empty: as configured
 * @param data folder; empty: as configured
 * @param workers rollout workers; empty: as configured
 * @param seed of training and demo; empty: as configured
 * @param verbose show every decision and the log's warnings
 */
public record UpOptions(
    double trainSeconds,
    Optional<PolicyFile> policy,
    Optional<ArrivalTrace> trace,
    boolean once,
    OptionalInt port,
    Optional<Path> data,
    OptionalInt workers,
    OptionalLong seed,
    boolean verbose) {}
