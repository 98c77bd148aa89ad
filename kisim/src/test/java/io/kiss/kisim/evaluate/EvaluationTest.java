package io.kiss.kisim.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.evaluate.result.EntrantInfo;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.Replay;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.evaluate.result.SweepPoint;
import io.kiss.kisim.scenario.EngineChoice;
import io.kiss.kisim.scenario.Simulation;
import io.kiss.kisim.scenario.SimulationResult;
import io.kiss.kisim.scenario.SimulationScenario;
import io.kiss.kisim.scenario.SimulationStep;
import io.kiss.kisim.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EvaluationTest {
  private static EvaluationResults run(EvaluationPlan plan, int jobs) throws InterruptedException {
    return Evaluation.run(plan, jobs, EvaluationLog.NONE, share -> {});
  }

  /** Everything that reports are made of; replays hold arrays. */
  private static List<Object> all(EvaluationResults results) {
    List<Object> all = new ArrayList<>();
    all.addAll(results.traces());
    all.addAll(results.entrants());
    all.addAll(results.runs());
    all.addAll(results.sweep());
    all.addAll(results.failures());
    for (Replay replay : results.replays()) {
      all.add(replay.trace() + replay.seed() + replay.autoscaler() + replay.stepSeconds());
      all.add(java.util.Arrays.toString(replay.arrivalsPerSecond()));
      all.add(java.util.Arrays.toString(replay.desired()));
      all.add(java.util.Arrays.toString(replay.ready()));
      all.add(java.util.Arrays.toString(replay.p95Seconds()));
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource(EngineChoice.class)
  void aRunIsWhatASimulationOfTheSameIs(EngineChoice engine) throws InterruptedException {
    EvaluationCase crowd = Plans.crowd("crowd");
    EvaluationPlan plan =
        Plans.plan(
            engine, 2, Plans.entrants("static:replicas=12", "hpa", "kpa", "queueing"), crowd);
    EvaluationResults results = run(plan, 1);
    assertThat(results.runs()).hasSize(2 * 4);
    for (RunResult run : results.runs()) {
      Autoscaler fresh =
          AutoscalerChoice.parse(run.autoscaler()).create(crowd.episode().workload());
      SimulationResult direct =
          Simulation.run(
              new SimulationScenario(crowd.episode().scenario(), 15, 1), engine, fresh, run.seed());
      Truth truth = direct.truth();
      assertThat(run.requests()).isEqualTo(truth.requests());
      assertThat(run.lostRequests()).isEqualTo(truth.departed() - truth.served());
      assertThat(run.p50Seconds()).isEqualTo(truth.latencyQuantile(0.5));
      assertThat(run.p95Seconds()).isEqualTo(truth.latencyQuantile(0.95));
      assertThat(run.p99Seconds()).isEqualTo(truth.latencyQuantile(0.99));
      assertThat(run.gpuHours() * 3600).isCloseTo(truth.gpuSeconds(), within(1e-6));
      assertThat(run.cost()).isEqualTo(truth.cost());
      assertThat(run.kilowattHours() * 3.6e6).isCloseTo(truth.joules(), within(1e-3));
      assertThat(run.scalingActions()).isEqualTo(truth.scalingActions());
      assertThat(run.flaps()).isEqualTo(truth.flaps());
      assertThat(run.sloAttainment()).isCloseTo(truth.sloAttainment(), within(1e-12));
      assertThat(run.costAtSlo())
          .isCloseTo(
              run.gpuHours() / run.neededGpuHours() + 10 * (1 - run.sloAttainment()), within(1e-9));
      if (run.seed() == 1) {
        sameSteps(results, run.autoscaler(), direct.steps());
      }
    }
  }

  private static void sameSteps(
      EvaluationResults results, String autoscaler, List<SimulationStep> steps) {
    Replay replay =
        results.replays().stream()
            .filter(each -> each.autoscaler().equals(autoscaler))
            .findFirst()
            .orElseThrow();
    assertThat(replay.stepSeconds()).isEqualTo(15);
    assertThat(replay.desired()).hasSize(steps.size());
    for (int i = 0; i < steps.size(); i++) {
      SimulationStep step = steps.get(i);
      assertThat(replay.arrivalsPerSecond()[i]).isEqualTo((float) (step.arrivals() / 15));
      assertThat((int) replay.desired()[i]).isEqualTo(step.desired());
      assertThat((int) replay.ready()[i]).isEqualTo(step.ready());
      assertThat(replay.p95Seconds()[i]).isEqualTo((float) step.p95Seconds());
    }
  }

  @Test
  void runsComeByTraceThenSeedThenEntrantAndReplaysOfTheFirstSeedOnly()
      throws InterruptedException {
    EvaluationResults results =
        run(
            Plans.plan(
                EngineChoice.FLUID,
                2,
                Plans.entrants("hpa", "queueing"),
                Plans.wave("a", 0.5),
                Plans.wave("b", 0.9)),
            2);
    assertThat(results.runs())
        .extracting(run -> run.trace() + run.seed() + run.autoscaler())
        .containsExactly(
            "a1hpa",
            "a1queueing",
            "a2hpa",
            "a2queueing",
            "b1hpa",
            "b1queueing",
            "b2hpa",
            "b2queueing");
    assertThat(results.replays())
        .extracting(replay -> replay.trace() + replay.seed() + replay.autoscaler())
        .containsExactly("a1hpa", "a1queueing", "b1hpa", "b1queueing");
    assertThat(results.failures()).isEmpty();
    assertThat(results.sweep()).isEmpty();
    assertThat(results.runs().get(0)).isNotEqualTo(results.runs().get(2));
  }

  @Test
  void theNumberOfJobsChangesNothing() throws InterruptedException {
    EvaluationPlan plan =
        Plans.plan(
            EngineChoice.FLUID,
            2,
            Plans.entrants("hpa", "dynamo:tuned", "dynamo:tuned-here"),
            Plans.wave("a", 0.8),
            Plans.crowd("b"));
    assertThat(all(run(plan, 2))).isEqualTo(all(run(plan, 1)));
  }

  @Test
  void inHindsightTuningNeverLosesToAnySettingOfItsGrid() throws InterruptedException {
    EvaluationResults results =
        run(
            Plans.plan(
                EngineChoice.FLUID,
                3,
                Plans.entrants("hpa", "hpa:tuned-here", "hpa:target=0.5", "hpa:target=0.9"),
                Plans.wave("a", 0.8),
                Plans.crowd("b")),
            2);
    for (String trace : List.of("a", "b")) {
      double tuned = mean(results, trace, "hpa:tuned-here");
      for (String other : List.of("hpa", "hpa:target=0.5", "hpa:target=0.9")) {
        assertThat(tuned)
            .as(other + " on " + trace)
            .isLessThanOrEqualTo(mean(results, trace, other) + 1e-12);
      }
    }
    EntrantInfo info = results.entrants().get(1);
    assertThat(info.role()).isEqualTo(EntrantInfo.Role.TUNED_HERE);
    assertThat(info.settings()).containsOnlyKeys("a", "b");
    // What it ran with is what it says it ran with.
    EvaluationResults again =
        run(
            Plans.plan(
                EngineChoice.FLUID, 1, Plans.entrants(info.settings().get("b")), Plans.crowd("b")),
            1);
    assertThat(again.runs().get(0).costAtSlo())
        .isEqualTo(
            results.runs().stream()
                .filter(r -> r.trace().equals("b") && r.autoscaler().equals("hpa:tuned-here"))
                .findFirst()
                .orElseThrow()
                .costAtSlo());
  }

  private static double mean(EvaluationResults results, String trace, String autoscaler) {
    return RunStatistics.interquartileMean(
        results.runs().stream()
            .filter(run -> run.trace().equals(trace) && run.autoscaler().equals(autoscaler))
            .mapToDouble(RunResult::costAtSlo)
            .toArray());
  }

  @Test
  void beforehandTuningKnowsTheDeploymentButNotItsTraffic() throws InterruptedException {
    Map<String, String> calm = settings(Plans.wave("calm", 0.1));
    Map<String, String> rough = settings(Plans.crowd("rough"));
    assertThat(calm).containsOnlyKeys("");
    // The level of the busiest minute is the same, and all else is hidden.
    assertThat(rough).isEqualTo(calm);
  }

  private static Map<String, String> settings(EvaluationCase each) throws InterruptedException {
    return run(Plans.plan(EngineChoice.FLUID, 1, Plans.entrants("dynamo:tuned"), each), 2)
        .entrants()
        .get(0)
        .settings();
  }

  @Test
  void theCurveOfATunedBaselineHasAllItsSettingsOnEveryTrace() throws InterruptedException {
    EvaluationResults results =
        run(
            Plans.plan(
                EngineChoice.FLUID,
                2,
                Plans.entrants("dynamo:tuned", "dynamo:tuned-here", "dynamo"),
                Plans.wave("a", 0.8),
                Plans.crowd("b")),
            2);
    int grid = EntrantText.parse("dynamo:tuned").candidates().size();
    assertThat(results.sweep()).hasSize(2 * grid).doesNotHaveDuplicates();
    assertThat(results.sweep()).extracting(SweepPoint::kind).containsOnly("dynamo");
    SweepPoint point =
        results.sweep().stream()
            .filter(each -> each.trace().equals("b") && each.settings().equals("dynamo"))
            .findFirst()
            .orElseThrow();
    double[] runs =
        results.runs().stream()
            .filter(run -> run.trace().equals("b") && run.autoscaler().equals("dynamo"))
            .mapToDouble(RunResult::gpuShare)
            .toArray();
    assertThat(point.gpuShare()).isCloseTo((runs[0] + runs[1]) / 2, within(1e-12));
  }

  @Test
  void aRunThatFailsLosesNoOther() throws InterruptedException {
    Entrant broken =
        new Entrant(
            "broken",
            workload ->
                new Autoscaler() {
                  @Override
                  public String name() {
                    return "broken";
                  }

                  @Override
                  public double tickSeconds() {
                    return 15;
                  }

                  @Override
                  public int decide(Telemetry telemetry) {
                    if (workload.name().equals("b") && telemetry.timeSeconds() >= 600) {
                      throw new IllegalStateException("no idea what to do");
                    }
                    return 6;
                  }
                });
    List<Entrant> entrants = new ArrayList<>(Plans.entrants("hpa"));
    entrants.add(broken);
    entrants.addAll(Plans.entrants("queueing"));
    EvaluationCase a = Plans.wave("a", 0.8);
    EvaluationCase b = Plans.wave("b", 0.8);
    EvaluationResults results = run(Plans.plan(EngineChoice.FLUID, 2, entrants, a, b), 2);
    assertThat(results.failures())
        .extracting(each -> each.trace() + each.seed() + each.autoscaler() + ": " + each.reason())
        .containsExactly("b1broken: no idea what to do", "b2broken: no idea what to do");
    assertThat(results.runs()).hasSize(2 * 2 * 3 - 2);
    // An engine that was left in the middle of a run does the next one as any other.
    EvaluationResults without =
        run(Plans.plan(EngineChoice.FLUID, 2, Plans.entrants("hpa", "queueing"), a, b), 1);
    assertThat(results.runs()).containsAll(without.runs());
  }

  /** Remembers, and stops the evaluation after so many. */
  private static final class Memory implements EvaluationLog {
    final Map<String, Object> kept = new HashMap<>();
    int room;

    @Override
    public synchronized Optional<Run> run(String trace, long seed, String autoscaler) {
      return Optional.ofNullable((Run) kept.get(trace + "|" + seed + "|" + autoscaler));
    }

    @Override
    public synchronized Optional<Tried> tried(String key) {
      return Optional.ofNullable((Tried) kept.get(key));
    }

    @Override
    public void add(Run run) {
      keep(run.result().trace() + "|" + run.result().seed() + "|" + run.result().autoscaler(), run);
    }

    @Override
    public void add(String key, Tried tried) {
      keep(key, tried);
    }

    private synchronized void keep(String key, Object value) {
      if (room-- <= 0) {
        throw new IllegalStateException("killed");
      }
      assertThat(kept.put(key, value)).as(key + " was done twice").isNull();
    }
  }

  @Test
  void stoppedAfterAnyNumberOfRunsItGoesOnToTheSameEnd() throws InterruptedException {
    EvaluationPlan plan =
        Plans.plan(
            EngineChoice.FLUID, 2, Plans.entrants("hpa", "dynamo:tuned-here"), Plans.crowd("a"));
    List<Object> whole = all(run(plan, 1));
    Memory memory = new Memory();
    int stops = 0;
    while (true) {
      memory.room = 3;
      try {
        EvaluationResults results = Evaluation.run(plan, 1, memory, share -> {});
        assertThat(all(results)).isEqualTo(whole);
        break;
      } catch (IllegalStateException e) {
        assertThat(e).hasMessage("killed");
        stops++;
      }
    }
    // Six settings and two runs of each of the two, three at a time.
    assertThat(stops).isEqualTo((6 * 2 + 2 * 2 - 1) / 3);
    memory.room = 0;
    assertThat(all(Evaluation.run(plan, 2, memory, share -> {}))).isEqualTo(whole);
  }

  @Test
  void progressRunsFromNothingToAll() throws InterruptedException {
    List<Double> shares = new ArrayList<>();
    Evaluation.run(
        Plans.plan(
            EngineChoice.FLUID,
            2,
            Plans.entrants("hpa", "dynamo:tuned", "dynamo:tuned-here"),
            Plans.crowd("a")),
        2,
        EvaluationLog.NONE,
        shares::add);
    assertThat(shares).isSorted();
    assertThat(shares.get(shares.size() - 1)).isGreaterThan(0.97);
  }

  @Test
  void aPlanWithTwoOfANameIsRefused() {
    EvaluationCase a = Plans.crowd("a");
    assertThatThrownBy(() -> Plans.plan(EngineChoice.FLUID, 1, Plans.entrants("hpa", "hpa"), a))
        .hasMessageContaining("two entries called hpa");
    assertThatThrownBy(() -> Plans.plan(EngineChoice.FLUID, 1, Plans.entrants("hpa"), a, a))
        .hasMessageContaining("two entries called a");
  }

  @Test
  void longReplaysAreKeptInCoarserSteps() {
    ReplayRecorder recorder = new ReplayRecorder(1441 * 15, 15);
    for (int i = 0; i < 1441; i++) {
      recorder.step(30, i == 6 ? 9 : i == 7 ? Double.NaN : 1, i, i / 2, 15);
    }
    Replay replay = recorder.replay("t", 1, "a");
    assertThat(replay.stepSeconds()).isEqualTo(30);
    assertThat(replay.desired()).hasSize(721);
    assertThat(replay.arrivalsPerSecond()).containsOnly(2f);
    assertThat(replay.p95Seconds()[3]).isEqualTo(9f);
    assertThat((int) replay.desired()[3]).isEqualTo(7);
    assertThat((int) replay.ready()[720]).isEqualTo(720);
  }
}
