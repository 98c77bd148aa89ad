package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.DecisionRecord.BudgetLimit;
import io.kiss.actors.replay.ReplaySummary;
import io.kiss.actors.replay.ReplayedDecision;
import io.kiss.actors.replay.Replayer;
import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.Guard;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.ScalerCore;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.scenario.EngineChoice;
import io.kiss.kisim.scenario.Simulation;
import io.kiss.kisim.scenario.SimulationScenario;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTest {
  private static final Path CONF = Path.of("..", "conf");
  private static final PolicySnapshot TRAINED =
      PolicyFile.read(CONF.resolve("policies/kiscaler.kiss")).policy();

  /** The trained policy, at home anywhere. */
  private static PolicySnapshot wide() {
    return like(TRAINED.weights(), 1e6f);
  }

  /**
   * Chooses at random, but always the same; at home below 30 % of load, so that it comes and goes.
   */
  private static PolicySnapshot narrow(long seed) {
    Random random = new Random(seed);
    float[] weights = new float[TRAINED.weights().length];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian() / 4;
    }
    return like(weights, (float) Math.log(0.3));
  }

  private static PolicySnapshot like(float[] weights, float highestLoad) {
    float[] lowest = TRAINED.lowest().clone();
    float[] highest = TRAINED.highest().clone();
    Arrays.fill(lowest, -1e6f);
    Arrays.fill(highest, 1e6f);
    highest[0] = highestLoad;
    return new PolicySnapshot(
        ScalerCore.OBSERVATION_ID,
        ActionSpace.ID,
        TRAINED.layers(),
        weights,
        TRAINED.mean(),
        TRAINED.deviation(),
        lowest,
        highest);
  }

  private static RecordedRun run(String scenario, long seed) {
    System.out.println("seed " + seed);
    SimulationScenario settings =
        SimulationScenario.read(CONF.resolve("scenarios").resolve(scenario + ".conf"));
    RecordedRun run = new RecordedRun(settings.workload(), List.of(wide(), narrow(seed)), seed);
    Simulation.run(settings, EngineChoice.FLUID, run, seed);
    return run;
  }

  private static List<ReplayedDecision> replay(Replayer replayer, List<DecisionRecord> records) {
    return records.stream().map(replayer::replay).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet50-diurnal", "telemetry-outage", "slow-start", "bert-bursty"})
  void whatDecidedThenDecidesTheSameAgainBitForBitWhateverCameOverTheScaler(String scenario) {
    RecordedRun run = run(scenario, 7);
    Replayer again = Replayer.asRecorded(id -> Optional.ofNullable(run.policies.get(id)));
    // In any order: each record is enough by itself.
    List<DecisionRecord> shuffled = new ArrayList<>(run.records);
    Collections.shuffle(shuffled, new Random(1));

    for (DecisionRecord record : shuffled) {
      ReplayedDecision replayed = again.replay(record);
      assertThat(replayed.notes()).as(record.id()).isEmpty();
      assertThat(replayed.exact()).isTrue();
      assertThat(replayed.replayed()).contains(replayed.recorded());
      assertThat(replayed.actions())
          .allSatisfy(odds -> assertThat(odds.replayed()).isEqualTo(odds.recorded()));
    }
    // What is proved only means something where much happened.
    assertThat(run.records.size()).isGreaterThan(50);
    assertThat(run.restarts).isPositive();
    assertThat(run.records).extracting(DecisionRecord::source).contains(DecisionSource.POLICY);
  }

  @Test
  void theRunsBetweenThemMakeEveryKindOfDecision() {
    Set<DecisionSource> sources = EnumSet.noneOf(DecisionSource.class);
    Set<Guard> guards = EnumSet.noneOf(Guard.class);
    for (String scenario : List.of("resnet50-diurnal", "telemetry-outage", "bert-bursty")) {
      for (DecisionRecord record : run(scenario, 7).records) {
        sources.add(record.source());
        guards.addAll(record.guards());
      }
    }
    assertThat(sources).containsExactlyInAnyOrder(DecisionSource.values());
    assertThat(guards)
        .contains(
            Guard.OUT_OF_RANGE,
            Guard.STEP_UP,
            Guard.STABILISATION,
            Guard.TELEMETRY_MISSING,
            Guard.EXTERNAL_CHANGE);
  }

  @Test
  void anotherPolicyDecidesOnTheSameObservationAndAlwaysTheSame() {
    RecordedRun run = run("resnet50-diurnal", 7);
    PolicyNetwork other = new PolicyNetwork(TestPolicies.always(6));
    Replayer replayer =
        Replayer.policy(
            "other", Optional.of(other), id -> Optional.ofNullable(run.policies.get(id)));

    List<ReplayedDecision> first = replay(replayer, run.records);
    assertThat(replay(replayer, run.records)).isEqualTo(first);
    for (int i = 0; i < first.size(); i++) {
      DecisionRecord record = run.records.get(i);
      ReplayedDecision replayed = first.get(i);
      assertThat(replayed.exact()).as(record.id()).isTrue();
      if (replayed.replayed().orElseThrow().source().equals(Optional.of(DecisionSource.POLICY))) {
        // It has one wish: ten percent more, rounded up, wherever that is another number than +1.
        int current = record.current();
        int asked = Math.min((int) Math.ceil(current * 1.1), record.workload().get().maxReplicas());
        if (asked > current + 1) {
          assertThat(replayed.replayed().get().proposal())
              .isEqualTo((int) Math.ceil(current + current * 0.1));
        }
        float[] seen = new float[replayed.features().size()];
        for (int f = 0; f < seen.length; f++) {
          seen[f] = replayed.features().get(f).value();
        }
        assertThat(seen).isEqualTo(record.observation());
        // What has no weight has no influence.
        assertThat(replayed.features())
            .allSatisfy(feature -> assertThat(feature.influenceReplayed()).isZero());
      }
    }
    assertThat(first).anyMatch(d -> d.difference().contains("rather than"));
    assertThat(first)
        .anyMatch(
            d ->
                d.features().stream()
                    .anyMatch(f -> f.influenceRecorded() != null && f.influenceRecorded() > 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hpa", "keda", "queueing", "kpa", "hpa:target=0.5"})
  void aClassicalAutoscalerSaysWhatItSaysWhereItIsShownTheSameTelemetryItself(String name) {
    RecordedRun run = run("paper-spike", 7);
    AutoscalerChoice choice = AutoscalerChoice.parse(name);
    Autoscaler itself = choice.create(run.records.get(0).workload().orElseThrow());

    Replayer replayer = Replayer.autoscaler(choice);
    for (DecisionRecord record : run.records) {
      ReplayedDecision replayed = replayer.replay(record);
      int wish = itself.decide(record.telemetry());
      assertThat(replayed.replayed().orElseThrow().proposal()).as(record.id()).isEqualTo(wish);
      assertThat(replayed.replayed().get().replicas())
          .isEqualTo(record.workload().orElseThrow().clamp(wish));
      assertThat(replayed.exact()).isFalse();
      assertThat(replayed.notes().get(0)).contains("memory of a classical autoscaler");
    }
  }

  @Test
  void aRecordThatLacksSomethingSaysWhatAndIsNotCalledExact() {
    RecordedRun run = run("resnet50-diurnal", 7);
    DecisionRecord whole = run.records.get(run.records.size() / 2);
    Replayer again = Replayer.asRecorded(id -> Optional.ofNullable(run.policies.get(id)));

    ReplayedDecision noWorkload = again.replay(with(whole, whole.scalerState(), true, false));
    assertThat(noWorkload.replayed()).isEmpty();
    assertThat(noWorkload.difference()).contains("what workload was decided upon");

    ReplayedDecision noLimits = again.replay(with(whole, whole.scalerState(), false, true));
    assertThat(noLimits.exact()).isFalse();
    assertThat(noLimits.notes().get(0)).contains("no guardrails' limits");

    ReplayedDecision noMemory = again.replay(with(whole, new byte[0], false, false));
    assertThat(noMemory.exact()).isFalse();
    assertThat(noMemory.notes().get(0)).contains("no memory of the ticks before");

    byte[] broken = Arrays.copyOf(whole.scalerState(), 9);
    ReplayedDecision unreadable = again.replay(with(whole, broken, false, false));
    assertThat(unreadable.exact()).isFalse();
    assertThat(unreadable.notes().get(0)).contains("cannot be read");

    ReplayedDecision gone = Replayer.asRecorded(id -> Optional.empty()).replay(withPolicy(run));
    assertThat(gone.replayed()).isEmpty();
    assertThat(gone.difference()).contains("cannot be had any more");
  }

  @Test
  void whatABudgetTookAwayAfterwardsIsToldAndTheDecisionIsStillTheSame() {
    RecordedRun run = run("resnet50-diurnal", 7);
    DecisionRecord wished =
        run.records.stream().filter(r -> r.replicas() > r.current()).findFirst().orElseThrow();
    Set<Guard> guards = EnumSet.of(Guard.BUDGET);
    guards.addAll(wished.guards());
    DecisionRecord given =
        new DecisionRecord(
            wished.id(),
            wished.cluster(),
            wished.namespace(),
            wished.deployment(),
            wished.timeSeconds(),
            wished.policy(),
            wished.term(),
            wished.telemetry(),
            wished.source(),
            wished.current(),
            wished.proposal(),
            wished.current(),
            wished.action(),
            wished.observation(),
            wished.probabilities(),
            guards,
            wished.scalerState(),
            wished.reason() + "; the GPU budget gives less",
            wished.outcome(),
            wished.error(),
            wished.workload(),
            wished.limits(),
            Optional.of(new BudgetLimit(wished.current(), wished.replicas(), wished.current(), 1)));

    ReplayedDecision again =
        Replayer.asRecorded(id -> Optional.ofNullable(run.policies.get(id))).replay(given);

    assertThat(again.exact()).isTrue();
    assertThat(again.replayed().orElseThrow().replicas()).isEqualTo(wished.replicas());
    ReplaySummary sums = ReplaySummary.NONE.plus(given, again);
    assertThat(sums.same())
        .as("what the budget took is no difference between the two")
        .isEqualTo(1);
    assertThat(sums.replicaSecondsRecorded()).isEqualTo(sums.replicaSecondsReplayed());
    assertThat(again.notes())
        .singleElement(STRING)
        .contains("GPU budget of " + wished.current())
        .contains("%d of the %d".formatted(wished.current(), wished.replicas()));
  }

  private static DecisionRecord withPolicy(RecordedRun run) {
    return run.records.stream().filter(r -> r.policy().isPresent()).findFirst().orElseThrow();
  }

  private static DecisionRecord with(
      DecisionRecord of, byte[] state, boolean withoutWorkload, boolean withoutLimits) {
    return new DecisionRecord(
        of.id(),
        of.cluster(),
        of.namespace(),
        of.deployment(),
        of.timeSeconds(),
        of.policy(),
        of.term(),
        of.telemetry(),
        of.source(),
        of.current(),
        of.proposal(),
        of.replicas(),
        of.action(),
        of.observation(),
        of.probabilities(),
        of.guards(),
        state,
        of.reason(),
        of.outcome(),
        of.error(),
        withoutWorkload ? Optional.empty() : of.workload(),
        withoutLimits ? Optional.empty() : of.limits(),
        of.budget());
  }
}
