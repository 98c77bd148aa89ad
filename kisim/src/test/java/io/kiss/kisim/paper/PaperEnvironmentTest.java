package io.kiss.kisim.paper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.env.VectorStep;
import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.request.Outcome;
import io.kiss.kisim.request.RequestObserver;
import io.kiss.kisim.scenario.ProfileFile;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.traffic.pattern.ClientSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The paper's environment on the request-level engine. */
class PaperEnvironmentTest {
  private static final int[] HOLD = {2, 2, 1};
  private static final PaperSetup SETUP = setup();

  private static PaperSetup setup() {
    Map<String, ServiceModel> profiles =
        ProfileFile.read(Path.of("..", "conf", "profiles", "mobilenet.conf"));
    return new PaperSetup(
        profiles.get("mobilenet-rtx3090"), profiles.get("mobilenet-cpu"), ClientSettings.UNLIMITED);
  }

  private static PaperEpisode episode(PaperPattern pattern, long seed) {
    PaperEpisode episode = new PaperEpisode(SETUP, List.of(DeviceKind.GPU, DeviceKind.CPU));
    episode.start(pattern, PaperSetup.INITIAL_REPLICAS, seed);
    return episode;
  }

  @Test
  void p95AndThroughputAreThoseOfTheEnginesOwnAnswers() {
    PaperEpisode episode = episode(PaperPattern.RAMP, 5);
    List<Long> nanos = new ArrayList<>();
    RequestObserver observer =
        (pod, arrived, started, left, outcome) -> {
          if (outcome == Outcome.SERVED) {
            nanos.add(left - arrived);
          }
        };
    episode.service().observe(0, observer);
    episode.service().observe(1, observer);
    for (int step = 0; step < PaperSetup.STEPS; step++) {
      nanos.clear();
      PaperStep measured = episode.endStep();
      long[] sorted = nanos.stream().mapToLong(each -> each).sorted().toArray();
      assertThat(sorted.length).isPositive();
      double exactMs = sorted[(int) Math.ceil(0.95 * sorted.length) - 1] * 1e-6;
      assertThat(measured.p95Ms()).isCloseTo(exactMs, within(0.002 * exactMs));
      assertThat(measured.throughput())
          .isCloseTo(sorted.length / (double) PaperSetup.STEP_SECONDS, within(1e-12));
    }
  }

  @Test
  void rewardAndMeasurementsDependOnTheActions() {
    double up = PaperPlayer.always(4, 0, Placement.PREFER_GPU).play(SETUP, spike(), 3).reward();
    double down = PaperPlayer.always(0, 4, Placement.PREFER_CPU).play(SETUP, spike(), 3).reward();
    assertThat(up).isGreaterThan(down + 1);
    PaperRun one = PaperPlayer.fixed(DeviceKind.CPU, 1).play(SETUP, spike(), 3);
    PaperRun three = PaperPlayer.fixed(DeviceKind.CPU, 3).play(SETUP, spike(), 3);
    assertThat(one.p95Ms()).isGreaterThan(1.5 * three.p95Ms());
  }

  private static PaperPattern spike() {
    return PaperPattern.SPIKE;
  }

  @Test
  void theSameSeedAndActionsGiveTheSameBits() {
    int[][] actions = randomActions(25, 2, 9);
    assertThat(trace(new PaperEnvironment(2, 4, SETUP), actions))
        .isEqualTo(trace(new PaperEnvironment(2, 4, SETUP), actions));
    assertThat(trace(new PaperEnvironment(2, 5, SETUP), actions))
        .isNotEqualTo(trace(new PaperEnvironment(2, 4, SETUP), actions));
  }

  private static int[][] randomActions(int steps, int environments, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] actions = new int[steps][3 * environments];
    for (int[] each : actions) {
      for (int i = 0; i < each.length; i++) {
        each[i] = random.nextInt(PaperEnvironment.HEADS.get(i % 3));
      }
    }
    return actions;
  }

  private static List<String> trace(PaperEnvironment environment, int[][] actions) {
    List<String> lines = new ArrayList<>();
    lines.add(Arrays.toString(environment.reset().observations));
    for (int[] each : actions) {
      VectorStep step = environment.step(each);
      lines.add(Arrays.toString(step.observations) + Arrays.toString(step.rewards));
    }
    return lines;
  }

  @Test
  void aRestoredEnvironmentGoesOnToTheSameBits() {
    int[][] actions = randomActions(17, 2, 11);
    PaperEnvironment environment = new PaperEnvironment(2, 4, SETUP);
    environment.reset();
    for (int[] each : Arrays.copyOf(actions, 13)) {
      environment.step(each);
    }
    PaperEnvironment other = new PaperEnvironment(2, 4, SETUP);
    VectorStep taken = other.restoreState(environment.saveState());
    for (int step = 13; step < 17; step++) {
      VectorStep expected = environment.step(actions[step]);
      VectorStep found = other.step(actions[step]);
      assertThat(found.observations).isEqualTo(expected.observations);
      assertThat(found.rewards).isEqualTo(expected.rewards);
    }
    assertThat(taken.masks).containsOnly(1f);
    PaperEnvironment foreign = new PaperEnvironment(2, 5, SETUP);
    byte[] state = environment.saveState();
    assertThatThrownBy(() -> foreign.restoreState(state))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("seed");
  }

  @Test
  void anEpisodeHasTenStepsAndThePatternsTakeTurns() {
    PaperEnvironment environment = new PaperEnvironment(1, 1, SETUP);
    VectorStep step = environment.reset();
    double sum = 0;
    List<Double> returns = new ArrayList<>();
    for (int s = 1; s <= 40; s++) {
      environment.step(HOLD);
      sum += step.rewards[0];
      assertThat(step.terminated[0]).isEqualTo(s % 10 == 0);
      if (step.terminated[0]) {
        assertThat(step.episodeReturns[0]).isCloseTo(sum, within(1e-5));
        assertThat(step.terminalObservations[9]).isEqualTo(1);
        assertThat(step.observations[9]).isZero();
        returns.add(sum);
        sum = 0;
      }
    }
    // Holding 3 + 3 earns 0.08 of stability, and 2.0 of balance where the GPUs' share earns 1.0.
    for (int episode = 0; episode < 4; episode++) {
      PaperRun run =
          PaperPlayer.always(2, 2, Placement.BALANCED)
              .play(SETUP, PaperPattern.values()[episode], episode);
      assertThat(run.terms()[2]).isCloseTo(run.pattern().prefersGpu() ? 1 : 2, within(1e-9));
      assertThat(run.terms()[3]).isCloseTo(0.08, within(1e-9));
      assertThat(returns.get(episode)).isGreaterThan(run.terms()[2] + run.terms()[3]);
    }
    assertThat(step.observations[5]).isEqualTo(3);
  }

  @Test
  void replicasStayInsideOneAndTenAndScalingIsSeen() {
    PaperEnvironment environment = new PaperEnvironment(1, 1, SETUP);
    VectorStep step = environment.reset();
    for (int s = 0; s < 6; s++) {
      environment.step(new int[] {4, 0, 0});
    }
    assertThat(step.observations[5]).isEqualTo(10);
    assertThat(step.observations[6]).isEqualTo(1);
    assertThat(step.observations[3]).isPositive();
    assertThatThrownBy(() -> environment.step(new int[] {5, 0, 0}))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void moreRequestsGoWhereThePlacementHasThem() {
    double[] shares = new double[3];
    for (Placement placement : Placement.values()) {
      PaperEpisode episode = episode(PaperPattern.PERIODIC, 8);
      episode.place(placement);
      while (!episode.ended()) {
        episode.endStep();
      }
      double gpu = episode.truth(DeviceKind.GPU).requests();
      double all = gpu + episode.truth(DeviceKind.CPU).requests();
      shares[placement.ordinal()] = gpu / all;
      // Some ten thousand requests: five standard deviations are 0.025 at most.
      assertThat(gpu / all).isCloseTo(placement.gpuShare(), within(0.025));
    }
    assertThat(shares[0]).isGreaterThan(shares[2]);
  }

  @Test
  void onThePapersClientTheLatencyIsTheClients() {
    PaperSetup slow = SETUP.with(PaperSetup.PAPER_CLIENT);
    PaperRun gpu = PaperPlayer.fixed(DeviceKind.GPU, 1).play(slow, PaperPattern.RAMP, 2);
    assertThat(gpu.p95Ms()).isGreaterThan(1000);
    // 14 tasks a second at most, five of eight of them requests.
    assertThat(gpu.throughput()).isLessThan(14 * 0.625 + 0.5);
  }
}
