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
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;

/**
 * What a policy saw and chose while it scaled; a bounded, even sample of all of it. Cases may run
 * on several threads: what is kept does not depend on who comes first.
 */
final class DecisionLog {
  private static final int KEPT = 2000;

  /** One choice, with what bounds it. */
  record Choice(float[] observation, int action, int current, WorkloadSpec workload) {}

  /** A choice and its lot. The lowest lots are kept: each choice has the same chance. */
  private record Drawn(long lot, Choice choice) {
    static final Comparator<Drawn> ORDER =
        Comparator.comparingLong(Drawn::lot)
            // Two cases of the same seed draw the same lots.
            .thenComparing(drawn -> drawn.choice().observation(), Arrays::compare)
            .thenComparingInt(drawn -> drawn.choice().action())
            .thenComparingInt(drawn -> drawn.choice().current());
  }

  private final long seed;
  private final PriorityQueue<Drawn> kept = new PriorityQueue<>(Drawn.ORDER.reversed());
  private long decided;
  private long outOfRange;

  DecisionLog(long seed) {
    this.seed = seed;
  }

  /** KIScaler on the decision path that it always takes, and overheard. */
  Autoscaler overhear(WorkloadSpec workload, PolicySnapshot policy, long seedOfCase) {
    KiScaler scaler = new KiScaler(workload, GuardSettings.DEFAULT, Optional.of(policy));
    SplittableRandom lots = new SplittableRandom(31 * seed + seedOfCase);
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
        add(workload, decision, lots);
        return decision.replicas();
      }
    };
  }

  private synchronized void add(WorkloadSpec workload, Decision decision, SplittableRandom lots) {
    if (decision.source() == DecisionSource.HOLD) {
      return;
    }
    decided++;
    outOfRange += decision.guards().contains(Guard.OUT_OF_RANGE) ? 1 : 0;
    if (decision.action() < 0) {
      return;
    }
    kept.add(
        new Drawn(
            lots.nextLong(),
            new Choice(decision.observation(), decision.action(), decision.current(), workload)));
    if (kept.size() > KEPT) {
      kept.remove();
    }
  }

  synchronized List<Choice> choices() {
    return kept.stream().sorted(Drawn.ORDER).map(Drawn::choice).toList();
  }

  /**
   * Share of the decisions, holds apart, where the observation was outside; 1 where there is none.
   */
  synchronized double outOfRangeShare() {
    return decided == 0 ? 1 : (double) outOfRange / decided;
  }
}
