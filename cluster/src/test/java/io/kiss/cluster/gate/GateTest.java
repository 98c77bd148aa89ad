package io.kiss.cluster.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.GateReport.Check;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.cluster.gate.DecisionLog.Choice;
import io.kiss.cluster.gate.Gate.Contender;
import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.ScalerCore;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.kisim.evaluate.TournamentCases;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
  private static final int FEATURES = ScalerCore.OBSERVATION_SIZE;
  private static final long SEED = 5;
  private static final GateSettings SETTINGS =
      GateSettings.from(ConfigFactory.defaultReference().getConfig("kiss.gate"));
  private static final PolicySnapshot TRAINED =
      PolicyFile.read(Path.of("..", "conf/policies/kiscaler.kiss")).policy();

  /** A linear policy: a weight from one feature to "+1", a bias for "stays". */
  private static PolicySnapshot linear(int feature, float weight, float highest) {
    int[] layers = {FEATURES, ActionSpace.SIZE};
    float[] weights = new float[PolicySnapshot.weightCount(layers)];
    weights[(ActionSpace.STAY + 1) * FEATURES + feature] = weight;
    // Where it looks at nothing, so much that no record of late requests makes it do anything else.
    weights[FEATURES * ActionSpace.SIZE + ActionSpace.STAY] = weight == 0 ? 20 : 1e-3f;
    return new PolicySnapshot(
        ScalerCore.OBSERVATION_ID,
        ActionSpace.ID,
        layers,
        weights,
        new float[FEATURES],
        filled(1),
        filled(-1e6f),
        filled(highest));
  }

  private static float[] filled(float value) {
    float[] array = new float[FEATURES];
    Arrays.fill(array, value);
    return array;
  }

  private static Contender contender(String id, PolicySnapshot policy) {
    return new Contender(new PolicyRef(id, policy.sha256()), policy);
  }

  private static GateReport judge(
      PolicySnapshot policy, Optional<Contender> champion, List<TournamentCase> own)
      throws InterruptedException {
    return result(policy, champion, own, 1).report();
  }

  private static Gate.Result result(
      PolicySnapshot policy, Optional<Contender> champion, List<TournamentCase> own, int threads)
      throws InterruptedException {
    return new Gate(SETTINGS, 4, SEED, own)
        .run(contender("new", policy), champion, threads, share -> {});
  }

  private static Check check(GateReport report, String name) {
    return report.checks().stream()
        .filter(check -> check.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not in " + report.checks()));
  }

  @Test
  void whatWasTrainedLooksAtWhatItObservesAndIsAtHomeInWhatWasDrawn() throws InterruptedException {
    GateReport report = judge(TRAINED, Optional.empty(), List.of());
    assertThat(check(report, "action-sensitivity").passed()).isTrue();
    assertThat(check(report, "out-of-range").passed()).isTrue();
    assertThat(check(report, "reward-sensitivity").passed()).isTrue();
    assertThat(report.cases()).isEqualTo(4);
    assertThat(report.champion()).isEmpty();
    assertThat(report.standings())
        .extracting(row -> row.autoscaler())
        .containsExactly("hpa", "queueing", "keda", "kiscaler", "least", "most");
  }

  @Test
  void aPolicyThatDoesTheSameWhateverItSeesIsNotLetThrough() throws InterruptedException {
    GateReport report = judge(linear(0, 0, 1e6f), Optional.empty(), List.of());
    Check check = check(report, "action-sensitivity");
    assertThat(check.passed()).isFalse();
    assertThat(check.value()).isZero();
    assertThat(check.sentence()).contains("on " + FEATURES + " of " + FEATURES + " features");
    assertThat(report.passed()).isFalse();
  }

  @Test
  void aPolicyThatIsNeverAtHomeIsNotLetThroughHoweverWellTheRuleInItsPlaceDoes()
      throws InterruptedException {
    GateReport report = judge(linear(0, 1, -1e5f), Optional.empty(), List.of());
    Check check = check(report, "out-of-range");
    assertThat(check.passed()).isFalse();
    assertThat(check.value()).isEqualTo(1);
    assertThat(check(report, "action-sensitivity").passed()).isFalse();
  }

  @Test
  void theChampionComparedWithItselfIsAsGoodAndOneThatNeverMovesIsWorse()
      throws InterruptedException {
    Optional<Contender> champion = Optional.of(contender("old", TRAINED));
    GateReport same = judge(TRAINED, champion, List.of());
    Check equal = check(same, "at-least-champion");
    assertThat(equal.passed()).isTrue();
    assertThat(equal.value()).isEqualTo(equal.limit());
    assertThat(same.champion()).isEqualTo("old");

    GateReport worse = judge(linear(0, 0, 1e6f), champion, List.of());
    assertThat(check(worse, "at-least-champion").passed()).isFalse();
    assertThat(check(worse, "beats-hpa").passed()).isFalse();
  }

  @Test
  void casesWhereReplicasCannotMatterProveNothing() throws InterruptedException {
    List<TournamentCase> pinned = new ArrayList<>();
    for (TournamentCase each : TournamentCases.heldOut(2, 9, EnvironmentSettings.DEFAULT)) {
      pinned.add(new TournamentCase("own " + each.name(), pinned(each.episode()), each.seed()));
    }
    GateReport report = judge(TRAINED, Optional.empty(), pinned);
    Check check = check(report, "reward-sensitivity");
    assertThat(check.value()).isEqualTo(4.0 / 6);
    assertThat(check.passed()).isFalse();
    assertThat(report.ownTraces()).isEqualTo(2);
    // Nobody can be dearer than hpa where there is one number of replicas.
    assertThat(check(report, "own-traces").passed()).isTrue();
  }

  private static Episode pinned(Episode episode) {
    WorkloadSpec w = episode.workload();
    int replicas = episode.scenario().initialReplicas();
    return new Episode(
        episode.scenario(),
        new WorkloadSpec(
            w.name(),
            replicas,
            replicas,
            w.sloSeconds(),
            w.serviceTimeSeconds(),
            w.replicaCapacity(),
            w.startupSeconds(),
            w.violationPrice(),
            w.tickSeconds()));
  }

  @Test
  void theSamePoliciesAndCasesGiveTheSameReportOnHoweverManyThreads() throws InterruptedException {
    Gate.Result one = result(TRAINED, Optional.empty(), List.of(), 1);
    for (int threads : new int[] {1, 4}) {
      Gate.Result other = result(TRAINED, Optional.empty(), List.of(), threads);
      assertThat(other.report().checks()).isEqualTo(one.report().checks());
      assertThat(other.report().standings()).isEqualTo(one.report().standings());
      assertThat(other.sensitivity()).isEqualTo(one.sensitivity());
    }
  }

  @Test
  void casesThatAreAddedAreOwnOnes() throws InterruptedException {
    List<TournamentCase> more = TournamentCases.heldOut(2, 9, EnvironmentSettings.DEFAULT);
    List<TournamentCase> own =
        more.stream()
            .map(c -> new TournamentCase("own " + c.name(), c.episode(), c.seed()))
            .toList();
    Contender candidate = contender("new", TRAINED);
    GateReport added =
        new Gate(SETTINGS, 4, SEED, own.subList(0, 1))
            .with(own.subList(1, 2))
            .run(candidate, Optional.empty(), 1, share -> {})
            .report();
    GateReport given = judge(TRAINED, Optional.empty(), own);
    assertThat(added.ownTraces()).isEqualTo(2);
    assertThat(added.checks()).isEqualTo(given.checks());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 20})
  void ofALinearPolicyTheActionDependsOnTheFeatureThatHasAWeightAndOnNoOther(int feature) {
    // "+1" where the feature is above 0.001, else "stays": of standard normal observations half.
    Random random = new Random(SEED);
    WorkloadSpec workload = new WorkloadSpec("web", 1, 50, 0.5, 0.1, 10, 60, 10, 15);
    List<Choice> choices = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      float[] seen = new float[FEATURES];
      for (int f = 0; f < FEATURES; f++) {
        seen[f] = (float) random.nextGaussian();
      }
      int action = seen[feature] > 1e-3f ? ActionSpace.STAY + 1 : ActionSpace.STAY;
      choices.add(new Choice(seen, action, 20, workload));
    }
    ActionSensitivity found = ActionSensitivity.of(linear(feature, 1, 1e6f), choices, SEED);
    // The other's action is the other one half of the time.
    assertThat(found.overall()).isBetween(0.45, 0.55);
    for (int f = 0; f < FEATURES; f++) {
      double share = found.features().get(f).share();
      if (f == feature) {
        assertThat(share).isEqualTo(found.overall());
      } else {
        assertThat(share).isZero();
      }
    }
    assertThat(found.ignored()).hasSize(FEATURES - 1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cases = 0",
        "beats = []",
        "beats = [nope]",
        "beside = [hpa]",
        "most-out-of-range = 2",
        "least-action-sensitivity = -1"
      })
  void settingsThatMakeNoSenseAreRefusedByTheirKey(String line) {
    assertThatThrownBy(
            () ->
                GateSettings.from(
                    ConfigFactory.parseString(line)
                        .withFallback(ConfigFactory.defaultReference().getConfig("kiss.gate"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kiss.gate." + line.split(" ")[0]);
  }
}
