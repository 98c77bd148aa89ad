package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;
import java.util.ArrayDeque;

/**
 * Knative's Pod Autoscaler (pkg/autoscaler/scaling): enough pods for the mean of the stable window;
 * when the panic window alone would need twice the ready pods, it panics: the larger of both
 * counts, only upwards, until a whole stable window has gone by without crossing that threshold
 * again. On a workload of more than one pod it starts in panic, so that it keeps them until its
 * windows are full.
 *
 * <p>Knative scrapes the pods itself each second; here it has what Telemetry shows at each tick. A
 * missing figure is not recorded; a stable window without any leaves the replicas as they are.
 */
public final class KnativeKpa implements Autoscaler {
  private record Wish(double timeSeconds, int replicas) {}

  private final KpaParameters parameters;
  private final WorkloadSpec workload;
  private final BucketWindow stable;
  private final BucketWindow panic;
  private final ArrayDeque<Wish> wishes = new ArrayDeque<>();
  private boolean started;
  private double panicSince = Double.NaN;
  private int mostInPanic;

  /** Starts without memory. */
  public KnativeKpa(WorkloadSpec workload, KpaParameters parameters) {
    this.workload = workload;
    this.parameters = parameters;
    stable = new BucketWindow(parameters.stableSeconds(), parameters.tickSeconds());
    panic = new BucketWindow(parameters.panicSeconds(), parameters.tickSeconds());
  }

  @Override
  public String name() {
    return "kpa";
  }

  @Override
  public double tickSeconds() {
    return parameters.tickSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    double now = telemetry.timeSeconds();
    int ready = Math.max(1, telemetry.readyReplicas());
    start(now, ready);
    double value = parameters.signal().total(telemetry, workload);
    if (!Double.isNaN(value)) {
      stable.record(now, value);
      panic.record(now, value);
    }
    double stableMean = stable.mean(now);
    if (Double.isNaN(stableMean)) {
      return telemetry.desiredReplicas();
    }
    double panicMean = panic.mean(now);
    int byStable = HpaFormula.ceil(stableMean / parameters.target());
    int byPanic = Double.isNaN(panicMean) ? 0 : HpaFormula.ceil(panicMean / parameters.target());
    panic(now, (double) byPanic / ready >= parameters.panicThreshold());
    int wanted = limit(byStable, ready);
    if (!Double.isNaN(panicSince)) {
      mostInPanic = Math.max(mostInPanic, Math.max(wanted, limit(byPanic, ready)));
      wanted = mostInPanic;
    }
    return workload.clamp(delayed(now, wanted));
  }

  private void start(double now, int ready) {
    if (!started && ready > 1) {
      panicSince = now;
      mostInPanic = ready;
    }
    started = true;
  }

  private void panic(double now, boolean over) {
    if (over) {
      panicSince = now;
    } else if (panicSince + parameters.stableSeconds() < now) {
      panicSince = Double.NaN;
      mostInPanic = 0;
    }
  }

  private int limit(int wanted, int ready) {
    int least = (int) Math.floor(ready / parameters.maxDownRate());
    int most = HpaFormula.ceil(ready * parameters.maxUpRate());
    return Math.min(Math.max(wanted, least), most);
  }

  private int delayed(double now, int wanted) {
    wishes.addLast(new Wish(now, wanted));
    while (wishes.size() > 1
        && wishes.getFirst().timeSeconds() <= now - parameters.downDelaySeconds()) {
      wishes.removeFirst();
    }
    int highest = wanted;
    for (Wish wish : wishes) {
      highest = Math.max(highest, wish.replicas());
    }
    return highest;
  }
}
