package io.kiss.kisim.evaluate;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.fluid.FluidEngine;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;

/**
 * Lets autoscalers scale the same Deployments on the fluid engine, each at its own tick, and
 * compares what they cost. The result does not depend on the number of threads.
 */
public final class Tournament {
  private static final double CONFIDENCE = 0.95;
  private static final long BOOTSTRAP_SEED = 1;

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
    ExecutorService pool = Executors.newFixedThreadPool(threads, Tournament::daemon);
    try {
      List<Future<CaseResult>> futures = new ArrayList<>();
      for (TournamentCase each : cases) {
        for (Entrant entrant : entrants) {
          futures.add(pool.submit(() -> play(entrant, each)));
        }
      }
      List<CaseResult> rows = new ArrayList<>();
      for (Future<CaseResult> future : futures) {
        rows.add(future.get());
      }
      return summarise(entrants, cases, rows);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a tournament case failed: " + e.getCause(), e.getCause());
    } finally {
      pool.shutdownNow();
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "tournament");
    thread.setDaemon(true);
    return thread;
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

  /** Lets one entrant scale one case. */
  public static CaseResult play(Entrant entrant, TournamentCase each) {
    Episode episode = each.episode();
    Scenario scenario = episode.scenario();
    Autoscaler autoscaler = entrant.factory().apply(episode.workload());
    int tick = (int) Math.round(autoscaler.tickSeconds());
    if (tick < 1) {
      throw new IllegalArgumentException(entrant.name() + " must tick at least a second apart");
    }
    FluidEngine engine = new FluidEngine();
    TelemetryBuffer telemetry = new TelemetryBuffer(scenario.maxReplicas());
    engine.reset(scenario, each.seed());
    while (engine.timeSeconds() < scenario.seconds()) {
      engine.readTelemetry(telemetry);
      engine.setDesiredReplicas(episode.workload().clamp(autoscaler.decide(telemetry)));
      engine.advance(tick);
    }
    return result(entrant.name(), each, engine.truth());
  }

  private static CaseResult result(String name, TournamentCase each, Truth truth) {
    double gpuShare = truth.gpuSeconds() / truth.neededGpuSeconds();
    double violatingShare = truth.violating() / Math.max(1e-9, truth.departed());
    return new CaseResult(
        each.name(),
        name,
        gpuShare + each.episode().workload().violationPrice() * violatingShare,
        gpuShare,
        truth.sloAttainment(),
        truth.latencyQuantile(0.5),
        truth.latencyQuantile(0.95),
        truth.gpuSeconds() / 3600,
        truth.requests(),
        truth.departed() - truth.served(),
        truth.scalingActions(),
        truth.flaps());
  }

  private static TournamentResult summarise(
      List<Entrant> entrants, List<TournamentCase> cases, List<CaseResult> rows) {
    List<Standing> standings = new ArrayList<>();
    for (int i = 0; i < entrants.size(); i++) {
      standings.add(standing(entrants, i, cases, rows));
    }
    return new TournamentResult(entrants.get(0).name(), rows, standings);
  }

  private static Standing standing(
      List<Entrant> entrants, int index, List<TournamentCase> cases, List<CaseResult> rows) {
    List<CaseResult> own = new ArrayList<>();
    double[] differences = new double[cases.size()];
    double[] p95OverSlo = new double[cases.size()];
    int wins = 0;
    double gpuHours = 0;
    for (int c = 0; c < cases.size(); c++) {
      CaseResult mine = rows.get(c * entrants.size() + index);
      own.add(mine);
      differences[c] = mine.costAtSlo() - rows.get(c * entrants.size()).costAtSlo();
      p95OverSlo[c] = mine.p95LatencySeconds() / cases.get(c).episode().workload().sloSeconds();
      wins += differences[c] < 0 ? 1 : 0;
      gpuHours += mine.gpuHours();
    }
    double[] interval = Bootstrap.medianInterval(differences, CONFIDENCE, BOOTSTRAP_SEED);
    return new Standing(
        entrants.get(index).name(),
        cases.size(),
        median(own, CaseResult::costAtSlo),
        median(own, CaseResult::sloAttainment),
        Bootstrap.median(p95OverSlo),
        gpuHours,
        median(own, CaseResult::scalingActions),
        median(own, CaseResult::flaps),
        wins,
        Bootstrap.median(differences),
        interval[0],
        interval[1]);
  }

  private static double median(List<CaseResult> rows, ToDoubleFunction<CaseResult> value) {
    return Bootstrap.median(rows.stream().mapToDouble(value).toArray());
  }
}
