package io.kiss.cluster.gate;

import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.GateReport.Check;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.kisim.autoscale.PolicySnapshot;
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
import java.util.stream.Stream;

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

  /** This gate with more cases of the operator's, their names unlike each other and its own. */
  public Gate with(List<TournamentCase> more) {
    List<TournamentCase> all = new ArrayList<>(own);
    all.addAll(more);
    return new Gate(settings, drawn, seed, all);
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
   * @param threads that run cases at the same time; the result does not depend on them
   * @param progress is told the share that is done, 0..1
   * @throws InterruptedException if interrupted
   */
  public Result run(
      Contender candidate, Optional<Contender> champion, int threads, DoubleConsumer progress)
      throws InterruptedException {
    candidate.policy().requireCompatible();
    DecisionLog log = new DecisionLog(seed);
    List<Entrant> entrants = entrants(candidate, champion, log, progress);
    TournamentResult result = Tournament.run(entrants, cases, threads);
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
    Stream.concat(settings.beats().stream(), settings.beside().stream())
        .map(choice -> new Entrant(choice.toString(), choice::create))
        .forEach(entrants::add);
    entrants.add(
        madeBy(
            Entrant.learned(CANDIDATE, candidate.policy()),
            (episode, seedOfCase) ->
                log.overhear(episode.workload(), candidate.policy(), seedOfCase)));
    champion.ifPresent(known -> entrants.add(Entrant.learned(CHAMPION, known.policy())));
    entrants.add(new Entrant(LEAST, w -> new StaticReplicas(w, w.minReplicas())));
    entrants.add(new Entrant(MOST, w -> new StaticReplicas(w, w.maxReplicas())));
    int runs = cases.size() * entrants.size();
    AtomicInteger begun = new AtomicInteger();
    return entrants.stream()
        .map(
            entrant ->
                madeBy(
                    entrant,
                    (episode, seedOfCase) -> {
                      progress.accept((double) begun.getAndIncrement() / runs);
                      return entrant.maker().make(episode, seedOfCase);
                    }))
        .toList();
  }

  private static Entrant madeBy(Entrant entrant, Entrant.Maker maker) {
    return new Entrant(
        entrant.name(), entrant.role(), entrant.text(), entrant.policySha256(), maker);
  }
}
