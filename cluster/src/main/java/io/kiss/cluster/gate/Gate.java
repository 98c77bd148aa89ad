package io.kiss.cluster.gate;

import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.GateReport.Check;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.autoscale.opponents.StaticReplicas;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.evaluate.Entrant;
import io.kiss.kisim.evaluate.Tournament;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.TournamentCases;
import io.kiss.kisim.evaluate.TournamentResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleConsumer;
import java.util.function.Function;

/**
 * Lets a candidate scale Deployments beside the champion and classical autoscalers, and judges.
 * Deterministic: the same policies and cases give the same report.
 */
public final class Gate {
  static final String CANDIDATE = "kiscaler";
  static final String CHAMPION = "champion";

  /** Hold the least, and the most, replicas: where they cost the same, no action matters. */
  static final String LEAST = "least";

  static final String MOST = "most";

  /** One a core would take the cores from scalers and learner; and overhearing is one thread's. */
  private static final int THREADS = 1;

  private final GateSettings settings;
  private final int drawn;
  private final long seed;
  private final List<TournamentCase> own;
  private final List<TournamentCase> cases;

  /**
   * A gate.
   *
   * @param drawn how many cases to draw
   * @param seed to draw them from
   * @param own the operator's cases, their names unlike each other
   */
  public Gate(GateSettings settings, int drawn, long seed, List<TournamentCase> own) {
    this.settings = settings;
    this.drawn = drawn;
    this.seed = seed;
    this.own = List.copyOf(own);
    cases = new ArrayList<>(TournamentCases.heldOut(drawn, seed, EnvironmentSettings.DEFAULT));
    cases.addAll(own);
  }

  /** A policy and its weights. */
  public record Contender(PolicyRef ref, PolicySnapshot policy) {}

  /**
   * What came out.
   *
   * @param report to keep with the policy
   * @param sensitivity in full
   */
  public record Result(GateReport report, ActionSensitivity sensitivity) {}

  /**
   * Runs the tournament.
   *
   * @param champion empty: there is none
   * @param progress is told the share that is done, 0..1
   * @throws InterruptedException if interrupted
   */
  public Result run(Contender candidate, Optional<Contender> champion, DoubleConsumer progress)
      throws InterruptedException {
    candidate.policy().requireCompatible();
    DecisionLog log = new DecisionLog(seed);
    List<Entrant> entrants = entrants(candidate, champion, log, progress);
    TournamentResult result = Tournament.run(entrants, cases, THREADS);
    ActionSensitivity sensitivity = ActionSensitivity.of(candidate.policy(), log.choices(), seed);
    List<Check> checks = new ArrayList<>();
    checks.add(Checks.cases(drawn, settings.cases()));
    settings.beats().forEach(other -> checks.add(Checks.beats(result, other.toString())));
    settings.beside().forEach(other -> checks.add(Checks.notWorse(result, other.toString())));
    champion.ifPresent(known -> checks.add(Checks.champion(result, known.ref().id())));
    if (!own.isEmpty()) {
      List<String> names = own.stream().map(TournamentCase::name).toList();
      checks.add(Checks.own(result, settings.beats().get(0).toString(), names));
    }
    checks.add(Checks.action(sensitivity, settings.leastSensitivity()));
    checks.add(Checks.reward(result));
    checks.add(Checks.range(log.outOfRangeShare(), settings.mostOutOfRange()));
    GateReport report =
        new GateReport(
            candidate.ref().id(),
            candidate.ref().sha256(),
            System.currentTimeMillis(),
            champion.map(known -> known.ref().id()).orElse(""),
            drawn + own.size(),
            own.size(),
            seed,
            checks,
            EvaluationRows.of(result));
    return new Result(report, sensitivity);
  }

  private List<Entrant> entrants(
      Contender candidate, Optional<Contender> champion, DecisionLog log, DoubleConsumer progress) {
    List<Entrant> entrants = new ArrayList<>();
    List<AutoscalerChoice> classical = new ArrayList<>(settings.beats());
    classical.addAll(settings.beside());
    int runs = cases.size() * (classical.size() + 3 + (champion.isPresent() ? 1 : 0));
    AtomicInteger begun = new AtomicInteger();
    Function<Function<WorkloadSpec, Autoscaler>, Function<WorkloadSpec, Autoscaler>> counted =
        maker ->
            workload -> {
              progress.accept((double) begun.getAndIncrement() / runs);
              return maker.apply(workload);
            };
    classical.forEach(
        choice -> entrants.add(new Entrant(choice.toString(), counted.apply(choice::create))));
    entrants.add(new Entrant(CANDIDATE, counted.apply(w -> log.overhear(w, candidate.policy()))));
    champion.ifPresent(
        known -> {
          Entrant learned = Entrant.learned(CHAMPION, known.policy());
          entrants.add(
              new Entrant(
                  CHAMPION,
                  learned.role(),
                  Optional.empty(),
                  learned.policySha256(),
                  (episode, seedOfCase) -> {
                    progress.accept((double) begun.getAndIncrement() / runs);
                    return learned.maker().make(episode, seedOfCase);
                  }));
        });
    entrants.add(new Entrant(LEAST, counted.apply(w -> new StaticReplicas(w, w.minReplicas()))));
    entrants.add(new Entrant(MOST, counted.apply(w -> new StaticReplicas(w, w.maxReplicas()))));
    return entrants;
  }
}
