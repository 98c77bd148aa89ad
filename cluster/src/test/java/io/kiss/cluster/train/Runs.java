package io.kiss.cluster.train;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.UpdateStatistics;
import java.nio.file.Path;
import java.util.List;

/** Made-up runs. */
final class Runs {
  private Runs() {}

  /** Iteration i: 1000 steps, two episodes of return i each; undone where {@code epochs} is 0. */
  static IterationReport report(long i, int epochs) {
    return new IterationReport(
        i,
        1000 * i,
        0.5 * i,
        2000,
        new EpisodeSummary(2, 2 * i, 1.8, 6),
        new UpdateStatistics(0.1, 0.2, 0.3, 0.4, 0.5, Double.NaN, 0.7, epochs),
        1e-3,
        0);
  }

  static LearningCurve curve(int iterations) {
    LearningCurve curve = new LearningCurve();
    for (int i = 1; i <= iterations; i++) {
      curve.add(report(i, 4));
    }
    return curve;
  }

  static Checkpoint checkpoint(long iteration) {
    Path here = Path.of("").toAbsolutePath();
    return new Checkpoint(
        new TrainingOrder(
            "run",
            here.resolve("p.kiss"),
            here.resolve("m"),
            here.resolve("c.svg"),
            List.of(here.resolve("s.conf")),
            "MXNet",
            "auto",
            TrainingBudget.ofSeconds(60)),
        "settings",
        new RunState(
            new TrainingPlan(3, 2, 4, 8), iteration, 64 * iteration, 1.5, 1, 0, new byte[] {1, 2}),
        curve(5));
  }
}
