package io.kiss.cluster.cli;

import io.kiss.actors.protocol.TrainingBudget;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What {@code kiss train} was told. Empty: as the resumed run was told, or the default.
 *
 * @param out the policy file
 * @param resume folder of the run to go on with
 * @param force whether files that are there may be overwritten
 * @param flags configuration keys, and what the command line says they are
 */
record TrainOptions(
    Optional<Path> out,
    Optional<Path> resume,
    Optional<TrainingBudget> budget,
    List<Path> scenarios,
    OptionalInt workers,
    OptionalLong seed,
    Optional<Path> metrics,
    Optional<Path> plot,
    boolean force,
    Map<String, Object> flags) {

  /** Where the run lives: beside its policy, unless it is one to go on with. */
  Path folder() {
    return resume.orElseGet(() -> beside(out.orElseThrow()));
  }

  /** The folder of the run whose policy is written to a file. */
  static Path beside(Path out) {
    return out.resolveSibling(out.getFileName() + ".run");
  }
}
