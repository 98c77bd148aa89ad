package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.telemetry.Telemetry;

/**
 * llm-d's workload variant autoscaler (internal/saturation): one replica more when replicas that
 * are not saturated have too little to spare on average, one less when what is left would still
 * have enough after taking over its load, and neither while replicas are on their way. An HPA with
 * a target of 1 carries the number out, so that steps inside its tolerance are lost: above ten
 * replicas, one more is less than ten percent.
 *
 * <p>Telemetry has sums, so every replica is taken to have its share. The KV cache is missing for
 * services that are no language models; the project reads a missing figure as 0 as long as the
 * other is there, and without either leaves the replicas as they are.
 */
public final class LlmdWva implements Autoscaler {
  private static final int LEAST_UNSATURATED = 2;

  private final WvaParameters parameters;
  private final WorkloadSpec workload;
  private final HpaBehaviour behaviour;
  private final SampleWindow kv;
  private final SampleWindow queue;
  private double nextAnalysis = Double.NEGATIVE_INFINITY;
  private int target;

  /** Starts without memory. */
  public LlmdWva(WorkloadSpec workload, WvaParameters parameters) {
    this.workload = workload;
    this.parameters = parameters;
    behaviour = new HpaBehaviour(parameters.hpa().up(), parameters.hpa().down());
    kv = new SampleWindow(parameters.peakSeconds());
    queue = new SampleWindow(parameters.peakSeconds());
  }

  @Override
  public String name() {
    return "wva";
  }

  @Override
  public double tickSeconds() {
    return parameters.hpa().syncSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    double now = telemetry.timeSeconds();
    int current = telemetry.desiredReplicas();
    int ready = telemetry.readyReplicas();
    behaviour.sees(now, current);
    kv.record(now, Signal.KV.total(telemetry, workload) / ready);
    queue.record(now, Signal.QUEUE.total(telemetry, workload) / ready);
    if (now >= nextAnalysis) {
      nextAnalysis = now + parameters.intervalSeconds();
      target = workload.clamp(analyse(current, ready));
    }
    int pods = ready + telemetry.pendingReplicas();
    int wish = HpaFormula.averageValue(target, parameters.hpa().tolerance(), pods);
    return wish == HpaFormula.NO_WISH
        ? current
        : behaviour.apply(now, current, wish, workload.minReplicas(), workload.maxReplicas());
  }

  private int analyse(int current, int ready) {
    double peakKv = kv.max();
    double peakQueue = queue.max();
    if (target != 0 && target != current) {
      return target;
    }
    if (ready != current || (Double.isNaN(peakKv) && Double.isNaN(peakQueue))) {
      return current;
    }
    double usedKv = Double.isNaN(peakKv) ? 0 : peakKv;
    double waiting = Double.isNaN(peakQueue) ? 0 : peakQueue;
    boolean saturated =
        usedKv >= parameters.kvThreshold() || waiting >= parameters.queueThreshold();
    double spareKv = saturated ? 0 : parameters.kvThreshold() - usedKv;
    double spareQueue = saturated ? 0 : parameters.queueThreshold() - waiting;
    if (spareKv < parameters.kvSpare() || spareQueue < parameters.queueSpare()) {
      return ready + 1;
    }
    boolean safe = !saturated && ready >= LEAST_UNSATURATED && safeWithout(ready, usedKv, waiting);
    return safe ? ready - 1 : ready;
  }

  private boolean safeWithout(int ready, double usedKv, double waiting) {
    double more = (double) ready / (ready - 1);
    return parameters.kvThreshold() - usedKv * more >= parameters.kvSpare()
        && parameters.queueThreshold() - waiting * more >= parameters.queueSpare();
  }
}
