package io.kiss.kisim.evaluate;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.evaluate.EvaluationLog.Run;
import io.kiss.kisim.evaluate.result.EntrantInfo;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.Failure;
import io.kiss.kisim.evaluate.result.Replay;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.evaluate.result.TraceInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * Lets every entrant scale every case with every seed: first what is to be tuned is tuned, then all
 * run. What comes out depends on the plan alone, not on the number of threads and not on where an
 * earlier attempt was stopped.
 */
public final class Evaluation {
  /** About what a plan of the Oracle is, in seconds that the fluid engine simulates. */
  private static final double PLAN_WORK = 1.5e6;

  private final EvaluationPlan plan;
  private final Units units;
  private final Sweeps sweeps;
  private final Progress progress;
  private final double work;
  private double worked;

  /** Is told how far it is. */
  @FunctionalInterface
  public interface Progress {
    /** This share of the work is done, 0..1; called from several threads, one at a time. */
    void done(double share);
  }

  private Evaluation(EvaluationPlan plan, Crew crew, EvaluationLog log, Progress progress) {
    this.plan = plan;
    this.progress = progress;
    units = new Units(crew, log, this::worked);
    sweeps = new Sweeps(plan, units);
    double runs = 0;
    for (EvaluationCase each : plan.cases()) {
      for (Entrant entrant : plan.entrants()) {
        runs += plan.seeds() * work(each, entrant);
      }
    }
    work = runs + sweeps.work();
  }

  /**
   * Finds out what the plan asks for.
   *
   * @param jobs runs at the same time
   * @param log of what is finished
   * @throws InterruptedException if interrupted; nothing goes on running then, and the log has what
   *     was finished
   */
  public static EvaluationResults run(
      EvaluationPlan plan, int jobs, EvaluationLog log, Progress progress)
      throws InterruptedException {
    try (Crew crew = new Crew(jobs)) {
      return new Evaluation(plan, crew, log, progress).run();
    }
  }

  private double work(EvaluationCase each, Entrant entrant) {
    double run = Units.work(plan.engine(), each.episode().scenario());
    return entrant.role() == EntrantInfo.Role.ORACLE ? run + PLAN_WORK : run;
  }

  private synchronized void worked(double more) {
    worked += more;
    progress.done(Math.min(1, worked / work));
  }

  private EvaluationResults run() throws InterruptedException {
    sweeps.run();
    List<Units.Outcome<Run>> outcomes = units.all(plan.engine(), runs());
    List<RunResult> runs = new ArrayList<>();
    List<Replay> replays = new ArrayList<>();
    List<Failure> failures = new ArrayList<>(sweeps.failures());
    for (Units.Outcome<Run> outcome : outcomes) {
      outcome.failure().ifPresent(failures::add);
      if (outcome.failure().isEmpty()) {
        runs.add(outcome.result().result());
        outcome.result().replay().ifPresent(replays::add);
      }
    }
    List<TraceInfo> traces = plan.cases().stream().map(EvaluationCase::info).toList();
    return new EvaluationResults(
        plan.command(),
        plan.version(),
        plan.engine().toString(),
        plan.violationPrice(),
        traces,
        plan.entrants().stream().map(this::info).toList(),
        runs,
        sweeps.points(),
        replays,
        failures);
  }

  private List<Units.Unit<Run>> runs() {
    List<Units.Unit<Run>> runs = new ArrayList<>();
    for (EvaluationCase each : plan.cases()) {
      for (long seed = 1; seed <= plan.seeds(); seed++) {
        for (Entrant entrant : plan.entrants()) {
          runs.add(unit(each, seed, entrant));
        }
      }
    }
    return runs;
  }

  private Units.Unit<Run> unit(EvaluationCase each, long seed, Entrant entrant) {
    Episode episode = each.episode();
    boolean replay = seed == 1;
    return new Units.Unit<>(
        each.name(),
        seed,
        entrant.name(),
        work(each, entrant),
        log ->
            log.run(each.name(), seed, entrant.name())
                .filter(run -> !replay || run.replay().isPresent()),
        runner ->
            runner.run(
                each.name(), episode, entrant.name(), make(entrant, each, seed), seed, replay),
        EvaluationLog::add);
  }

  private Autoscaler make(Entrant entrant, EvaluationCase each, long seed) {
    Episode episode = each.episode();
    return entrant.text().isPresent()
        ? sweeps.settings(entrant.text().get(), each).create(episode.workload())
        : entrant.maker().make(episode, seed);
  }

  private EntrantInfo info(Entrant entrant) {
    Map<String, String> settings = new LinkedHashMap<>();
    entrant
        .text()
        .ifPresent(
            text -> {
              for (EvaluationCase each : plan.cases()) {
                try {
                  settings.put(each.name(), sweeps.settings(text, each).toString());
                } catch (IllegalArgumentException e) {
                  // None could be tried: the failures say so.
                }
              }
            });
    boolean here = entrant.role() == EntrantInfo.Role.TUNED_HERE;
    if (!here && new LinkedHashSet<>(settings.values()).size() == 1) {
      String only = settings.values().iterator().next();
      settings.clear();
      settings.put("", only);
    }
    return new EntrantInfo(entrant.name(), entrant.role(), settings, entrant.policySha256());
  }
}
