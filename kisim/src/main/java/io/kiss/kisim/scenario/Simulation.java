package io.kiss.kisim.scenario;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.request.RequestCounts;
import io.kiss.kisim.request.RequestEngine;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.time.Nanos;
import io.kiss.kisim.traffic.pattern.ClosedLoad;
import io.kiss.kisim.traffic.pattern.Load;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Runs a scenario under an autoscaler. */
public final class Simulation {
  private final SimulationScenario scenario;
  private final Autoscaler autoscaler;
  private final long seed;
  private final Load load;
  private final RequestEngine engine;
  private final ScrapedTelemetry telemetry;
  private final Histogram window = RequestCounts.newHistogram();
  private final Histogram total = RequestCounts.newHistogram();
  private final List<SimulationStep> steps = new ArrayList<>();
  private int desired;
  private int scalings;
  private long arrivedBefore;
  private double busyBefore;
  private double servingBefore;

  private Simulation(SimulationScenario scenario, Autoscaler autoscaler, long seed) {
    this.scenario = scenario;
    this.autoscaler = autoscaler;
    this.seed = seed;
    load = scenario.traffic().load(seed);
    engine =
        new RequestEngine(
            scenario.service(), scenario.routing(), load, scenario.initialReplicas(), seed);
    engine.setSloSeconds(scenario.sloSeconds());
    telemetry = new ScrapedTelemetry(engine, scenario.maxReplicas());
    desired = scenario.initialReplicas();
  }

  /** Runs {@code scenario} to its end; the same seed gives the same result. */
  public static SimulationResult run(
      SimulationScenario scenario, Autoscaler autoscaler, long seed) {
    return new Simulation(scenario, autoscaler, seed).run();
  }

  /** What an autoscaler is told of a scenario's Deployment. */
  public static WorkloadSpec workload(SimulationScenario scenario) {
    ServiceModel service = scenario.service();
    return new WorkloadSpec(
        service.name(),
        scenario.minReplicas(),
        scenario.maxReplicas(),
        scenario.sloSeconds(),
        service.loneLatencySeconds(),
        service.podCapacity(),
        Math.max(1e-3, service.startUp().meanSeconds()),
        10,
        WorkloadSpec.DEFAULT_TICK_SECONDS);
  }

  private SimulationResult run() {
    long end = Nanos.of(scenario.durationSeconds());
    long step = Nanos.of(scenario.stepSeconds());
    long tick = Nanos.of(autoscaler.tickSeconds());
    long nextStep = Math.min(step, end);
    long nextTick = tick;
    long nextScrape = ScrapedTelemetry.PERIOD_NANOS;
    while (engine.nowNanos() < end) {
      engine.advanceTo(Math.min(Math.min(nextStep, end), Math.min(nextTick, nextScrape)));
      long now = engine.nowNanos();
      if (now == nextScrape) {
        collect();
        telemetry.scrape();
        nextScrape += ScrapedTelemetry.PERIOD_NANOS;
      }
      if (now == nextStep || now == end) {
        record();
        nextStep += step;
      }
      if (now == nextTick) {
        decide();
        nextTick += tick;
      }
    }
    return result();
  }

  private void collect() {
    Histogram fresh = telemetry.fresh();
    engine.drainLatencies(fresh);
    window.add(fresh);
    telemetry.collected();
  }

  private void decide() {
    int wanted = autoscaler.decide(telemetry.read(desired));
    if (wanted != desired) {
      scalings++;
      desired = wanted;
      engine.setReplicas(wanted);
    }
  }

  private void record() {
    collect();
    long now = engine.nowNanos();
    RequestCounts counts = engine.counts();
    double busy = engine.fleet().busyDeviceSeconds(now);
    double serving = engine.fleet().servingDeviceSeconds(now);
    DeviceType device = scenario.service().device();
    steps.add(
        new SimulationStep(
            Nanos.toSeconds(now),
            counts.arrived() - arrivedBefore,
            engine.fleet().readyCount(),
            engine.cluster().pending(),
            SimulationResult.quantileSeconds(window, 0.5),
            SimulationResult.quantileSeconds(window, 0.95),
            SimulationResult.quantileSeconds(window, 0.99),
            engine.fleet().queued(),
            (busy - busyBefore) / (serving - servingBefore),
            device.cost(engine.allocatedDeviceSeconds())));
    arrivedBefore = counts.arrived();
    busyBefore = busy;
    servingBefore = serving;
    total.add(window);
    window.reset();
  }

  private SimulationResult result() {
    long now = engine.nowNanos();
    RequestCounts counts = engine.counts();
    DeviceType device = scenario.service().device();
    double allocated = engine.allocatedDeviceSeconds();
    double busySlices = engine.fleet().busyDeviceSeconds(now);
    double busy = busySlices * scenario.service().sharing().sliceShare();
    Histogram clients = null;
    if (load instanceof ClosedLoad users) {
      clients = RequestCounts.newHistogram();
      users.drainLatencies(clients);
    }
    return new SimulationResult(
        scenario,
        autoscaler.name(),
        seed,
        List.copyOf(steps),
        counts.arrived(),
        counts.served(),
        counts.rejected(),
        counts.timedOut(),
        counts.lost(),
        counts.inFlight(),
        counts.violating(),
        counts.batches(),
        scalings,
        allocated,
        busy,
        busySlices / engine.fleet().servingDeviceSeconds(now),
        device.cost(allocated),
        device.joules(allocated, busy),
        total,
        clients);
  }
}
