package io.kiss.cluster.gate;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.Decision;
import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.Guard;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/** What a policy saw and chose while it scaled; a bounded, even sample of all of it. */
final class DecisionLog {
  private static final int KEPT = 2000;

  /** One choice, with what bounds it. */
  record Choice(float[] observation, int action, int current, WorkloadSpec workload) {}

  private final SplittableRandom random;
  private final List<Choice> choices = new ArrayList<>();
  private long chosen;
  private long decided;
  private long outOfRange;

  DecisionLog(long seed) {
    random = new SplittableRandom(seed);
  }

  /** KIScaler on the decision path that it always takes, and overheard. */
  Autoscaler overhear(WorkloadSpec workload, PolicySnapshot policy) {
    KiScaler scaler = new KiScaler(workload, GuardSettings.DEFAULT, Optional.of(policy));
    return new Autoscaler() {
      @Override
      public String name() {
        return scaler.name();
      }

      @Override
      public double tickSeconds() {
        return scaler.tickSeconds();
      }

      @Override
      public int decide(Telemetry telemetry) {
        Decision decision = scaler.explain(telemetry);
        add(workload, decision);
        return decision.replicas();
      }
    };
  }

  private void add(WorkloadSpec workload, Decision decision) {
    if (decision.source() == DecisionSource.HOLD) {
      return;
    }
    decided++;
    outOfRange += decision.guards().contains(Guard.OUT_OF_RANGE) ? 1 : 0;
    if (decision.action() < 0) {
      return;
    }
    // Reservoir sampling: each choice of the tournament has the same chance to be kept.
    chosen++;
    Choice choice =
        new Choice(decision.observation(), decision.action(), decision.current(), workload);
    if (choices.size() < KEPT) {
      choices.add(choice);
    } else {
      long place = random.nextLong(chosen);
      if (place < KEPT) {
        choices.set((int) place, choice);
      }
    }
  }

  List<Choice> choices() {
    return choices;
  }

  /**
   * Share of the decisions, holds apart, where the observation was outside; 1 where there is none.
   */
  double outOfRangeShare() {
    return decided == 0 ? 1 : (double) outOfRange / decided;
  }
}
