package io.kiss.kisim.paper;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/**
 * Somebody who scales through whole episodes: the paper's agent with its three choices, or a
 * baseline on one Deployment alone. May be used by several threads at once.
 */
public final class PaperPlayer {
  private static final List<DeviceKind> BOTH = List.of(DeviceKind.GPU, DeviceKind.CPU);

  private final List<DeviceKind> deployments;
  private final int initial;
  private final Function<Long, Steps> begin;

  /** What a player does in one episode. */
  private interface Steps {
    /** Lets one step pass. */
    PaperStep next(PaperEpisode episode);
  }

  /** Chooses the three actions of a step. */
  public interface Chooser {
    /**
     * Writes the three choices.
     *
     * @param observation as {@link PaperEnvironment#OBSERVATION} has it
     */
    void choose(float[] observation, int[] actions);
  }

  private PaperPlayer(List<DeviceKind> deployments, int initial, Function<Long, Steps> begin) {
    this.deployments = deployments;
    this.initial = initial;
    this.begin = begin;
  }

  /**
   * Somebody who chooses as the paper's agent does.
   *
   * @param chooser makes a chooser for an episode from its seed
   */
  public static PaperPlayer choosing(Function<Long, Chooser> chooser) {
    return new PaperPlayer(
        BOTH, PaperSetup.INITIAL_REPLICAS, seed -> new ChosenSteps(chooser.apply(seed)));
  }

  /** The same three choices at every step. */
  public static PaperPlayer always(int gpu, int cpu, Placement placement) {
    return choosing(
        seed ->
            (observation, actions) -> {
              actions[0] = gpu;
              actions[1] = cpu;
              actions[2] = placement.ordinal();
            });
  }

  /** Choices drawn anew at every step, all alike. */
  public static PaperPlayer random() {
    return choosing(
        seed -> {
          SplittableRandom random = new SplittableRandom(seed);
          return (observation, actions) -> {
            for (int head = 0; head < actions.length; head++) {
              actions[head] = random.nextInt(PaperEnvironment.HEADS.get(head));
            }
          };
        });
  }

  /** The likeliest choices of a trained policy. */
  public static PaperPlayer policy(PolicySnapshot policy) {
    PolicyNetwork shared = new PolicyNetwork(policy);
    return choosing(
        seed -> {
          PolicyNetwork network = shared.fork();
          float[] logits = new float[PaperEnvironment.HEADS.stream().mapToInt(head -> head).sum()];
          return (observation, actions) -> {
            network.logits(observation, 0, logits, 0);
            int from = 0;
            for (int head = 0; head < actions.length; head++) {
              int count = PaperEnvironment.HEADS.get(head);
              actions[head] = likeliest(logits, from, count);
              from += count;
            }
          };
        });
  }

  private static int likeliest(float[] logits, int from, int count) {
    int best = 0;
    for (int a = 1; a < count; a++) {
      best = logits[from + a] > logits[from + best] ? a : best;
    }
    return best;
  }

  /** A Deployment alone with so many replicas. */
  public static PaperPlayer fixed(DeviceKind kind, int replicas) {
    return new PaperPlayer(List.of(kind), replicas, seed -> PaperEpisode::endStep);
  }

  /**
   * A Deployment alone under an autoscaler, which decides at second 0 and then at its own period.
   *
   * @param autoscaler makes one for an episode
   */
  public static PaperPlayer autoscaled(
      DeviceKind kind, int initial, Function<Long, Autoscaler> autoscaler) {
    return new PaperPlayer(
        List.of(kind), initial, seed -> new AutoscaledSteps(kind, autoscaler.apply(seed)));
  }

  /** Plays an episode; the same seed gives the same traffic to every player. */
  public PaperRun play(PaperSetup setup, PaperPattern pattern, long seed) {
    PaperEpisode episode = new PaperEpisode(setup, deployments);
    episode.start(pattern, initial, seed);
    Steps steps = begin.apply(seed);
    double[] terms = new double[PaperReward.TERMS.size()];
    double reward = 0;
    while (!episode.ended()) {
      PaperReward earned = steps.next(episode).reward();
      reward += earned.total();
      double[] each = earned.terms();
      for (int t = 0; t < terms.length; t++) {
        terms[t] += each[t];
      }
    }
    double unanswered = 0;
    for (DeviceKind kind : deployments) {
      Truth truth = episode.truth(kind);
      unanswered += truth.rejected() + truth.timedOut() + truth.lost();
    }
    return new PaperRun(
        pattern,
        seed,
        reward,
        terms,
        episode.p95Ms(),
        (double) episode.answers() / PaperSetup.EPISODE_SECONDS,
        unanswered,
        hours(episode, DeviceKind.GPU),
        hours(episode, DeviceKind.CPU));
  }

  private double hours(PaperEpisode episode, DeviceKind kind) {
    return deployments.contains(kind) ? episode.truth(kind).gpuSeconds() / 3600 : 0;
  }

  /** The paper's three choices. */
  private static final class ChosenSteps implements Steps {
    private final Chooser chooser;
    private final PaperLoadHistory history = new PaperLoadHistory();
    private final float[] observation = new float[PaperEnvironment.OBSERVATION.size()];
    private final int[] actions = new int[PaperEnvironment.HEADS.size()];
    private PaperStep last;

    ChosenSteps(Chooser chooser) {
      this.chooser = chooser;
    }

    @Override
    public PaperStep next(PaperEpisode episode) {
      PaperEnvironment.encode(episode, last, history, observation, 0);
      chooser.choose(observation, actions);
      PaperEnvironment.apply(episode, actions, 0);
      last = episode.endStep();
      history.add(last.throughput());
      return last;
    }
  }

  /** An autoscaler's decisions inside each step. */
  private static final class AutoscaledSteps implements Steps {
    private final DeviceKind kind;
    private final Autoscaler autoscaler;
    private final int tick;
    private int nextTick;

    AutoscaledSteps(DeviceKind kind, Autoscaler autoscaler) {
      this.kind = kind;
      this.autoscaler = autoscaler;
      tick = (int) autoscaler.tickSeconds();
    }

    @Override
    public PaperStep next(PaperEpisode episode) {
      int end = (episode.steps() + 1) * PaperSetup.STEP_SECONDS;
      while (episode.timeSeconds() < end) {
        if (episode.timeSeconds() == nextTick) {
          TelemetryBuffer shown = episode.telemetry(kind);
          episode.scaleTo(kind, autoscaler.decide(shown));
          nextTick += tick;
        }
        episode.advance(Math.min(end, nextTick) - episode.timeSeconds());
      }
      return episode.endStep();
    }
  }
}
