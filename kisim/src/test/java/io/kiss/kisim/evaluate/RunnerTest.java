package io.kiss.kisim.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.ScenarioRanges;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.scenario.EngineChoice;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunnerTest {
  /** Drawn Deployments, some of them overloaded so that long lines form. */
  private static final List<TournamentCase> CASES =
      TournamentCases.heldOut(
          12, 17, EnvironmentSettings.DEFAULT.with(ScenarioRanges.DEFAULT.withShapes(3)));

  private static RunResult run(Runner runner, TournamentCase each) throws InterruptedException {
    Entrant queueing = Entrant.of(EntrantText.parse("queueing"));
    return runner
        .run(
            each.name(),
            each.episode(),
            queueing.name(),
            queueing.maker().make(each.episode(), each.seed()),
            each.seed(),
            false)
        .result();
  }

  @Test
  void whatAnEngineRanBeforeChangesNoBit() throws InterruptedException {
    Runner kept = new Runner(EngineChoice.FLUID);
    for (TournamentCase each : CASES) {
      assertThat(run(kept, each)).isEqualTo(run(new Runner(EngineChoice.FLUID), each));
    }
  }

  @Test
  void anAttemptCostsWhatTheRunInFullCosts() throws InterruptedException {
    Runner runner = new Runner(EngineChoice.FLUID);
    for (TournamentCase each : CASES.subList(0, 4)) {
      RunResult full = run(runner, each);
      EvaluationLog.Tried tried =
          runner.attempt(
              each.episode(),
              EntrantText.parse("queueing").choice().create(each.episode().workload()),
              each.seed());
      assertThat(tried.gpuShare()).isCloseTo(full.gpuShare(), within(1e-12));
      // Sums of thousands of doubles, added up in another order.
      assertThat(tried.violatingShare()).isCloseTo(full.violatingShare(), within(1e-12));
    }
  }
}
