package io.kiss.kisim.evaluate;

import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.evaluate.EvaluationLog.Tried;
import io.kiss.kisim.evaluate.result.Failure;
import io.kiss.kisim.evaluate.result.SweepPoint;
import io.kiss.kisim.scenario.EngineChoice;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tries the settings of what is to be tuned, on training traffic and on the very traces.
 *
 * <p>Training traffic is run on the fluid engine whatever runs the evaluation. The traces are run
 * on its own engine with all seeds; request by request, where only the curves want them, with the
 * first seed alone.
 */
final class Sweeps {
  private final EvaluationPlan plan;
  private final Units units;
  private final List<List<EvaluationCase>> deployments;
  private final Map<String, Boolean> hindsight = new LinkedHashMap<>();
  private final Map<String, List<AutoscalerChoice>> candidates = new LinkedHashMap<>();
  private final Set<String> beforehand = new LinkedHashSet<>();

  /** Costs by trace or Deployment and base, {@code [candidates][runs]}; failed ones are null. */
  private final Map<String, Tried[][]> tried = new LinkedHashMap<>();

  private final List<Failure> failures = new ArrayList<>();

  Sweeps(EvaluationPlan plan, Units units) {
    this.plan = plan;
    this.units = units;
    deployments = deployments(plan.cases());
    for (Entrant entrant : plan.entrants()) {
      entrant.text().filter(text -> text.tuning() != EntrantText.Tuning.NONE).ifPresent(this::want);
    }
  }

  private void want(EntrantText text) {
    String base = text.choice().toString();
    candidates.put(base, text.candidates());
    hindsight.merge(base, text.tuning() == EntrantText.Tuning.HERE, Boolean::logicalOr);
    if (text.tuning() == EntrantText.Tuning.TRAINING) {
      beforehand.add(base);
    }
  }

  private static List<List<EvaluationCase>> deployments(List<EvaluationCase> cases) {
    List<List<EvaluationCase>> groups = new ArrayList<>();
    for (EvaluationCase each : cases) {
      Optional<List<EvaluationCase>> known =
          groups.stream()
              .filter(group -> TrainingCases.sameDeployment(group.get(0).episode(), each.episode()))
              .findFirst();
      known
          .orElseGet(
              () -> {
                groups.add(new ArrayList<>());
                return groups.get(groups.size() - 1);
              })
          .add(each);
    }
    return groups;
  }

  /** Says what there is to do, and then does it. */
  void run() throws InterruptedException {
    List<Sweep> sweeps = new ArrayList<>();
    for (int d = 0; d < deployments.size(); d++) {
      if (!beforehand.isEmpty()) {
        List<Episode> episodes =
            TrainingCases.of(deployments.get(d).stream().map(EvaluationCase::episode).toList());
        for (String base : beforehand) {
          sweeps.add(training(d, base, episodes));
        }
      }
    }
    for (EvaluationCase each : plan.cases()) {
      for (String base : candidates.keySet()) {
        sweeps.add(here(each, base));
      }
    }
    for (EngineChoice engine : EngineChoice.values()) {
      run(engine, sweeps.stream().filter(sweep -> sweep.engine == engine).toList());
    }
  }

  /** Candidates on episodes, one run each: that of index i with seed i + 1. */
  private record Sweep(
      String key,
      String trace,
      EngineChoice engine,
      List<AutoscalerChoice> candidates,
      List<Episode> episodes) {}

  private Sweep training(int deployment, String base, List<Episode> episodes) {
    return new Sweep(
        trainingKey(deployment, base),
        "training traffic",
        EngineChoice.FLUID,
        candidates.get(base),
        episodes);
  }

  private Sweep here(EvaluationCase each, String base) {
    boolean all = plan.engine() == EngineChoice.FLUID || hindsight.get(base);
    List<Episode> episodes = new ArrayList<>();
    for (int seed = 1; seed <= (all ? plan.seeds() : 1); seed++) {
      episodes.add(each.episode());
    }
    return new Sweep(
        hereKey(each, base), each.name(), plan.engine(), candidates.get(base), episodes);
  }

  private void run(EngineChoice engine, List<Sweep> sweeps) throws InterruptedException {
    List<Units.Unit<Tried>> work = new ArrayList<>();
    for (Sweep sweep : sweeps) {
      for (AutoscalerChoice candidate : sweep.candidates) {
        for (int i = 0; i < sweep.episodes.size(); i++) {
          work.add(unit(sweep, candidate, i));
        }
      }
    }
    int at = 0;
    List<Units.Outcome<Tried>> outcomes = units.all(engine, work);
    for (Sweep sweep : sweeps) {
      Tried[][] costs = new Tried[sweep.candidates.size()][sweep.episodes.size()];
      for (Tried[] row : costs) {
        for (int i = 0; i < row.length; i++) {
          Units.Outcome<Tried> outcome = outcomes.get(at++);
          row[i] = outcome.result();
          outcome.failure().ifPresent(failures::add);
        }
      }
      tried.put(sweep.key, costs);
    }
  }

  private Units.Unit<Tried> unit(Sweep sweep, AutoscalerChoice candidate, int index) {
    Episode episode = sweep.episodes.get(index);
    long seed = index + 1;
    String key = sweep.key + "|" + seed + "|" + candidate;
    return new Units.Unit<>(
        sweep.trace,
        seed,
        candidate.toString(),
        Units.work(sweep.engine, episode.scenario()),
        log -> log.tried(key),
        runner -> runner.attempt(episode, candidate.create(episode.workload()), seed),
        (log, result) -> log.add(key, result));
  }

  private static String trainingKey(int deployment, String base) {
    return "training|" + deployment + "|" + base;
  }

  private static String hereKey(EvaluationCase each, String base) {
    return "trace|" + each.name() + "|" + base;
  }

  /**
   * The settings that an entrant runs a case with.
   *
   * @throws IllegalArgumentException with a sentence if no setting could be tried to the end
   */
  AutoscalerChoice settings(EntrantText text, EvaluationCase each) {
    String base = text.choice().toString();
    return switch (text.tuning()) {
      case NONE -> text.choice();
      case TRAINING -> pick(base, trainingKey(deploymentOf(each), base));
      case HERE -> pick(base, hereKey(each, base));
    };
  }

  private int deploymentOf(EvaluationCase each) {
    for (int d = 0; d < deployments.size(); d++) {
      if (deployments.get(d).contains(each)) {
        return d;
      }
    }
    throw new IllegalArgumentException(each.name() + " is not evaluated");
  }

  private AutoscalerChoice pick(String base, String key) {
    List<AutoscalerChoice> complete = new ArrayList<>();
    List<double[]> costs = new ArrayList<>();
    Tried[][] all = tried.get(key);
    for (int c = 0; c < all.length; c++) {
      if (complete(all[c])) {
        double[] row = new double[all[c].length];
        for (int i = 0; i < row.length; i++) {
          row[i] = all[c][i].costAtSlo(plan.violationPrice());
        }
        complete.add(candidates.get(base).get(c));
        costs.add(row);
      }
    }
    if (complete.isEmpty()) {
      throw new IllegalArgumentException(
          "no setting of " + base + " could be tried to the end; see the failures of its settings");
    }
    return TuningSweep.pick(complete, costs.toArray(double[][]::new)).best().choice();
  }

  private static boolean complete(Tried[] row) {
    for (Tried each : row) {
      if (each == null) {
        return false;
      }
    }
    return true;
  }

  /** What was found on the traces, by trace, autoscaler and setting. */
  List<SweepPoint> points() {
    List<SweepPoint> points = new ArrayList<>();
    for (EvaluationCase each : plan.cases()) {
      candidates.forEach(
          (base, choices) -> {
            Tried[][] costs = tried.get(hereKey(each, base));
            for (int c = 0; c < costs.length; c++) {
              if (complete(costs[c])) {
                points.add(point(each.name(), base, choices.get(c), costs[c]));
              }
            }
          });
    }
    return points;
  }

  private static SweepPoint point(
      String trace, String base, AutoscalerChoice choice, Tried[] runs) {
    double gpu = 0;
    double violating = 0;
    for (Tried run : runs) {
      gpu += run.gpuShare() / runs.length;
      violating += run.violatingShare() / runs.length;
    }
    return new SweepPoint(trace, base, choice.toString(), gpu, violating);
  }

  /** Settings that could not be tried. */
  List<Failure> failures() {
    return failures;
  }

  /** How much there is to do, as {@link Units} counts it. */
  double work() {
    double work = 0;
    for (String base : beforehand) {
      work += candidates.get(base).size() * (double) TrainingCases.COUNT * deployments.size();
    }
    work *= TrainingCases.MEAN_SECONDS;
    for (EvaluationCase each : plan.cases()) {
      for (String base : candidates.keySet()) {
        Sweep sweep = here(each, base);
        work +=
            sweep.candidates.size()
                * sweep.episodes.size()
                * Units.work(plan.engine(), each.episode().scenario());
      }
    }
    return work;
  }
}
