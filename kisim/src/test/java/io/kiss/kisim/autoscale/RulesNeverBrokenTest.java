package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * What live control never does, whatever telemetry, policy, people and clocks do. The rules are
 * told here a second time, over the whole history instead of a state that is kept small; jqwik
 * prints the seed of a history that breaks one.
 */
class RulesNeverBrokenTest {
  private static final int TICKS = 250;

  /** One history: what happens, what is decided, and what the rules say of it. */
  private static final class History {
    private final Random random;
    private final GuardSettings settings;
    private final WorkloadSpec workload;
    private final Rules rules;
    private ScalerCore core;
    private double clock = 1e9;
    private int desired;
    private final boolean budgeted;

    History(long seed, boolean budgeted) {
      this.budgeted = budgeted;
      random = new Random(seed);
      settings =
          new GuardSettings(
              1 + 2 * random.nextDouble(),
              1 + random.nextInt(6),
              0.1 + 0.9 * random.nextDouble(),
              random.nextInt(4) == 0 ? 0 : 15 * random.nextInt(9),
              random.nextInt(5),
              300 + random.nextInt(900),
              60,
              random.nextInt(12),
              random.nextInt(200));
      double tick = new double[] {5, 15, 15, 120}[random.nextInt(4)];
      int min = 1 + random.nextInt(4);
      workload = new WorkloadSpec("web", min, min + random.nextInt(40), 0.5, 0.1, 10, 60, 10, tick);
      core = new ScalerCore(workload, settings);
      rules = new Rules(settings, workload);
      desired = workload.minReplicas();
    }

    void tick() {
      passTime();
      restart();
      TelemetryBuffer telemetry = telemetry();
      DecisionSource source = core.observe(telemetry, new float[ScalerCore.OBSERVATION_SIZE], 0);
      float[] mask = new float[ActionSpace.SIZE];
      core.actionMask(mask, 0);
      if (source == DecisionSource.POLICY && random.nextInt(4) == 0) {
        source = DecisionSource.QUEUEING_RULE;
      }
      int action = random.nextInt(ActionSpace.SIZE);
      while (mask[action] == 0) {
        action = random.nextInt(ActionSpace.SIZE);
      }
      int replicas = core.act(source, action);
      int proposal = core.proposal();
      if (budgeted && random.nextInt(3) > 0) {
        int wished = replicas;
        replicas = between(core.lowest(), wished);
        int target = budgetTarget(telemetry.desiredReplicas, replicas, wished);
        core.limit(target, replicas);
        proposal = source == DecisionSource.HOLD ? proposal : Math.min(proposal, target);
      }
      boolean carriedOut = random.nextInt(6) != 0;
      rules.judge(telemetry, source, proposal, replicas, core, carriedOut);
      if (!carriedOut) {
        core.notCarriedOut();
      }
      desired = carriedOut ? replicas : telemetry.desiredReplicas;
    }

    /** A budget takes down to its target and no further, and gives no more than that. */
    private int budgetTarget(int current, int given, int wished) {
      if (given > current) {
        return between(given, wished);
      }
      return between(Math.min(given, workload.minReplicas()), given < current ? given : wished);
    }

    private int between(int low, int high) {
      assertThat(low).as("what a budget may leave").isLessThanOrEqualTo(high);
      return low + random.nextInt(high - low + 1);
    }

    private void passTime() {
      double tick = workload.tickSeconds();
      clock +=
          switch (random.nextInt(60)) {
            case 0 -> -3600 * random.nextDouble();
            case 1 -> tick - 20 * random.nextDouble();
            case 2 -> 7200 * random.nextDouble();
            case 3 -> tick * (2 + random.nextInt(10));
            default -> tick;
          };
    }

    /** The scaler moves to another node: with its memory, or without. */
    private void restart() {
      switch (random.nextInt(50)) {
        case 0, 1 -> {
          byte[] state = core.saveState();
          core = new ScalerCore(workload, settings);
          core.restoreState(state);
        }
        case 2 -> {
          core = new ScalerCore(workload, settings);
          rules.forget();
        }
        default -> {}
      }
    }

    private TelemetryBuffer telemetry() {
      boolean foreign = random.nextInt(20) == 0;
      int current = foreign ? 1 + random.nextInt(50) : desired;
      TelemetryBuffer t = Samples.telemetry(clock, current, 500 * random.nextDouble());
      t.p50LatencySeconds = maybe(0.1);
      t.p95LatencySeconds = maybe(3 * random.nextDouble());
      t.violatingShare = maybe(random.nextDouble());
      t.queuedRequests = maybe(random.nextInt(1000));
      t.gpuUtilisation = maybe(random.nextDouble());
      t.completionRate = maybe(t.arrivalRate);
      t.pendingReplicas = random.nextInt(current + 1);
      t.readyReplicas = current - t.pendingReplicas;
      t.unschedulableReplicas = random.nextInt(8) == 0 ? t.pendingReplicas : 0;
      t.rolloutInProgress = random.nextInt(20) == 0;
      switch (random.nextInt(24)) {
        case 0, 1 -> t.arrivalRate = Double.NaN;
        case 2 -> t.sampleAgeSeconds = Double.NaN;
        case 3 -> t.sampleAgeSeconds = 60.5 + random.nextInt(1000);
        case 4 -> t.sampleAgeSeconds = -60.5 - random.nextInt(1000);
        case 5 -> t.arrivalRate = random.nextBoolean() ? -1 : Double.POSITIVE_INFINITY;
        default -> {}
      }
      if (clock % 1000 < 200) {
        t.arrivalRate = Double.NaN;
      }
      return t;
    }

    private double maybe(double value) {
      return random.nextInt(5) == 0 ? Double.NaN : value;
    }
  }

  /**
   * A tick that was decided.
   *
   * @param floor no replica below this may go while the tick is in the window
   */
  private record Past(double time, int floor) {}

  /** The rules, over all that happened since memory was lost. */
  private static final class Rules {
    private final GuardSettings settings;
    private final WorkloadSpec workload;
    private final List<Past> decided = new ArrayList<>();
    private final List<Double> flaps = new ArrayList<>();
    private double clock = Double.NaN;

    /** Seconds that passed; a clock that is set back passes none. */
    private double time;

    private double goneSince = Double.NaN;
    private int expected = -1;
    private int direction;

    Rules(GuardSettings settings, WorkloadSpec workload) {
      this.settings = settings;
      this.workload = workload;
    }

    void forget() {
      decided.clear();
      flaps.clear();
      goneSince = Double.NaN;
      expected = -1;
      direction = 0;
    }

    void judge(
        TelemetryBuffer seen,
        DecisionSource source,
        int proposal,
        int replicas,
        ScalerCore core,
        boolean carriedOut) {
      time += Double.isNaN(clock) ? 0 : Math.max(0, seen.timeSeconds - clock);
      clock = seen.timeSeconds;
      int current = seen.desiredReplicas;
      boolean foreign = expected >= 0 && expected != current;
      assertThat(core.firedGuards().contains(Guard.EXTERNAL_CHANGE)).isEqualTo(foreign);
      boolean gone =
          !(seen.arrivalRate >= 0 && seen.arrivalRate < 1e300)
              || !(seen.sampleAgeSeconds >= -60 && seen.sampleAgeSeconds <= 60);
      goneSince = !gone ? Double.NaN : Double.isNaN(goneSince) ? time : goneSince;
      boolean hold = gone || seen.rolloutInProgress;
      assertThat(source == DecisionSource.HOLD).isEqualTo(hold);
      limits(current, replicas, seen);
      if (hold) {
        held(current, replicas, seen, gone);
      } else {
        moved(current, proposal, replicas, foreign);
      }
      if (replicas != proposal) {
        assertThat(core.firedGuards()).as("what changed the proposal").isNotEmpty();
      }
      if (carriedOut && replicas != current) {
        changed(replicas - current);
      }
      expected = carriedOut ? replicas : current;
    }

    private void limits(int current, int replicas, TelemetryBuffer seen) {
      int lowest = Math.min(current, workload.minReplicas());
      int highest = Math.max(current, workload.maxReplicas());
      assertThat(replicas).as("limits").isBetween(lowest, highest);
      assertThat((double) replicas)
          .as("step up")
          .isLessThanOrEqualTo(
              Math.max(
                  Math.ceil(current * settings.maxStepUpFactor()),
                  current + settings.maxStepUpPods()));
      assertThat((double) replicas)
          .as("step down")
          .isGreaterThanOrEqualTo(
              Math.min(current - 1, current * (1 - settings.maxStepDownFraction()) - 1e-9));
      if (seen.unschedulableReplicas > 0) {
        assertThat(replicas).as("pods are unschedulable").isLessThanOrEqualTo(current);
      }
    }

    private void held(int current, int replicas, TelemetryBuffer seen, boolean gone) {
      assertThat(replicas).as("nothing is taken away unseen").isGreaterThanOrEqualTo(current);
      boolean due = gone && time - goneSince >= settings.failsafeAfterSeconds() - 1e-6;
      if (!due || seen.rolloutInProgress) {
        assertThat(replicas).as("held").isEqualTo(current);
      } else {
        assertThat(replicas).isLessThanOrEqualTo(Math.max(current, settings.failsafeReplicas()));
      }
    }

    private void moved(int current, int proposal, int replicas, boolean foreign) {
      double window = settings.stabilisationSeconds();
      int wanted = Math.max(workload.minReplicas(), Math.min(workload.maxReplicas(), proposal));
      double memory = Math.max(window, 2 * workload.tickSeconds());
      boolean known = decided.stream().anyMatch(past -> past.time >= time - memory - 1e-6);
      boolean anew = window > 0 && (foreign || !known);
      if (replicas < current) {
        assertThat(anew).as("one proposal alone takes nothing away").isFalse();
        int ticks = (int) Math.ceil(window / workload.tickSeconds());
        decided.stream()
            .skip(Math.max(0, decided.size() - ticks))
            .filter(past -> past.time >= time - window + 1e-6)
            .forEach(
                past ->
                    assertThat(replicas)
                        .as("stabilisation")
                        .isGreaterThanOrEqualTo(Math.min(current, past.floor)));
        assertThat(replicas).as("no lower than proposed").isGreaterThanOrEqualTo(wanted);
      } else {
        assertThat(replicas)
            .as("no higher than proposed")
            .isBetween(current, Math.max(current, wanted));
      }
      decided.add(new Past(time, anew ? Math.max(wanted, current) : wanted));
    }

    private void changed(int by) {
      if (by < 0 && direction > 0) {
        double since = time - settings.flapWindowSeconds() + 1e-6;
        long spent = flaps.stream().filter(flap -> flap >= since).count();
        assertThat(spent).as("flap budget").isLessThan(settings.flapBudget());
        flaps.add(time);
      }
      direction = Integer.signum(by);
    }
  }

  @Property(tries = 400)
  void noHistoryBreaksARule(@ForAll long seed) {
    History history = new History(seed, false);
    for (int tick = 0; tick < TICKS; tick++) {
      history.tick();
    }
  }

  @Property(tries = 400)
  void noBudgetBreaksOne(@ForAll long seed) {
    History history = new History(seed, true);
    for (int tick = 0; tick < TICKS; tick++) {
      history.tick();
    }
  }

  /** A replay starts from the state kept before a decision; clocks that were set do not disturb. */
  @Property(tries = 60)
  void whateverHappenedADecisionIsReplayedBitForBit(@ForAll long seed) {
    History history = new History(seed, true);
    for (int tick = 0; tick < TICKS / 5; tick++) {
      history.tick();
    }
    ScalerCore replay = new ScalerCore(history.workload, history.settings);
    replay.restoreState(history.core.saveState());
    float[] seen = new float[ScalerCore.OBSERVATION_SIZE];
    float[] again = new float[ScalerCore.OBSERVATION_SIZE];
    history.passTime();
    TelemetryBuffer telemetry = history.telemetry();
    DecisionSource source = history.core.observe(telemetry, seen, 0);

    assertThat(replay.observe(telemetry, again, 0)).isEqualTo(source);
    assertThat(Arrays.equals(seen, again)).isTrue();
    assertThat(replay.act(source, ActionSpace.STAY - 1))
        .isEqualTo(history.core.act(source, ActionSpace.STAY - 1));
    assertThat(replay.firedGuards()).isEqualTo(history.core.firedGuards());
    assertThat(replay.saveState()).isEqualTo(history.core.saveState());
  }
}
