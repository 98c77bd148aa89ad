package io.kiss.kisim.evaluate;

import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.scenario.EngineChoice;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * Lets autoscalers scale many Deployments once each on the fluid engine, and compares what they
 * cost case by case with a baseline: the gate a candidate has to pass. The result does not depend
 * on the number of threads.
 */
public final class Tournament {
  static final double CONFIDENCE = 0.95;
  static final long BOOTSTRAP_SEED = 1;

  private Tournament() {}

  /**
   * Runs every entrant on every case.
   *
   * @param entrants the first is the baseline
   * @param threads that run cases at the same time
   * @throws InterruptedException if interrupted; nothing goes on running then
   */
  public static TournamentResult run(
      List<Entrant> entrants, List<TournamentCase> cases, int threads) throws InterruptedException {
    check(entrants, cases);
    List<Crew.Task<RunResult>> tasks = new ArrayList<>();
    for (TournamentCase each : cases) {
      for (Entrant entrant : entrants) {
        tasks.add(runner -> play(runner, entrant, each));
      }
    }
    try (Crew crew = new Crew(threads)) {
      return summarise(entrants, cases, crew.all(EngineChoice.FLUID, tasks));
    }
  }

  /** Lets one entrant scale one case. */
  public static RunResult play(Entrant entrant, TournamentCase each) {
    try {
      return play(new Runner(EngineChoice.FLUID), entrant, each);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted in a run", e);
    }
  }

  private static RunResult play(Runner runner, Entrant entrant, TournamentCase each)
      throws InterruptedException {
    return runner
        .run(
            each.name(),
            each.episode(),
            entrant.name(),
            entrant.maker().make(each.episode(), each.seed()),
            each.seed(),
            false)
        .result();
  }

  private static void check(List<Entrant> entrants, List<TournamentCase> cases) {
    if (entrants.isEmpty() || cases.isEmpty()) {
      throw new IllegalArgumentException("a tournament needs an entrant and a case");
    }
    Set<String> names = new HashSet<>();
    for (Entrant entrant : entrants) {
      if (!names.add(entrant.name())) {
        throw new IllegalArgumentException("two entrants are called " + entrant.name());
      }
    }
  }

  private static TournamentResult summarise(
      List<Entrant> entrants, List<TournamentCase> cases, List<RunResult> rows) {
    List<Standing> standings = new ArrayList<>();
    for (int i = 0; i < entrants.size(); i++) {
      standings.add(standing(entrants, i, cases, rows));
    }
    return new TournamentResult(entrants.get(0).name(), rows, standings);
  }

  private static Standing standing(
      List<Entrant> entrants, int index, List<TournamentCase> cases, List<RunResult> rows) {
    List<RunResult> own = new ArrayList<>();
    double[] differences = new double[cases.size()];
    double[] p95OverSlo = new double[cases.size()];
    int wins = 0;
    double gpuHours = 0;
    for (int c = 0; c < cases.size(); c++) {
      RunResult mine = rows.get(c * entrants.size() + index);
      own.add(mine);
      differences[c] = mine.costAtSlo() - rows.get(c * entrants.size()).costAtSlo();
      p95OverSlo[c] = mine.p95Seconds() / cases.get(c).episode().workload().sloSeconds();
      wins += differences[c] < 0 ? 1 : 0;
      gpuHours += mine.gpuHours();
    }
    double[] interval = Bootstrap.medianInterval(differences, CONFIDENCE, BOOTSTRAP_SEED);
    return new Standing(
        entrants.get(index).name(),
        cases.size(),
        median(own, RunResult::costAtSlo),
        median(own, RunResult::sloAttainment),
        Bootstrap.median(p95OverSlo),
        gpuHours,
        median(own, RunResult::scalingActions),
        median(own, RunResult::flaps),
        wins,
        Bootstrap.median(differences),
        interval[0],
        interval[1]);
  }

  private static double median(List<RunResult> rows, ToDoubleFunction<RunResult> value) {
    return Bootstrap.median(rows.stream().mapToDouble(value).toArray());
  }
}
