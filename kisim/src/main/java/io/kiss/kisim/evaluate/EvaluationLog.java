package io.kiss.kisim.evaluate;

import io.kiss.kisim.evaluate.result.Replay;
import io.kiss.kisim.evaluate.result.RunResult;
import java.util.Optional;

/**
 * Keeps what is finished, so that an evaluation that was stopped goes on from there. Failures are
 * not kept: they are tried again. Called from several threads.
 */
public interface EvaluationLog {

  /** Forgets everything. */
  EvaluationLog NONE =
      new EvaluationLog() {
        @Override
        public Optional<Run> run(String trace, long seed, String autoscaler) {
          return Optional.empty();
        }

        @Override
        public Optional<Tried> tried(String key) {
          return Optional.empty();
        }

        @Override
        public void add(Run run) {}

        @Override
        public void add(String key, Tried tried) {}
      };

  /**
   * A run of an entrant.
   *
   * @param result its figures
   * @param replay the same over time, for the first seed of each trace
   */
  record Run(RunResult result, Optional<Replay> replay) {}

  /**
   * What settings cost in one run of a sweep.
   *
   * @param gpuShare GPU-seconds held over needed
   * @param violatingShare requests that missed the SLO or were not answered, over those that left
   */
  record Tried(double gpuShare, double violatingShare) {
    double costAtSlo(double violationPrice) {
      return gpuShare + violationPrice * violatingShare;
    }
  }

  /** The run, if it is finished. */
  Optional<Run> run(String trace, long seed, String autoscaler);

  /** What is known under the key. */
  Optional<Tried> tried(String key);

  /** Keeps a run. */
  void add(Run run);

  /** Keeps what settings cost. */
  void add(String key, Tried tried);
}
