package io.kiss.kisim.scenario;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import io.kiss.kisim.traffic.Demand;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleConsumer;

/**
 * Runs a scenario on an engine under an autoscaler, which decides at second 0 and then at its own
 * period, on what telemetry shows at that moment.
 */
public final class Simulation {
  private final SimulationScenario settings;
  private final EngineChoice choice;
  private final Engine engine;
  private final Truth truth;
  private final Autoscaler autoscaler;
  private final Decider decider;
  private final int tickSeconds;
  private final long seed;
  private final TelemetryBuffer telemetry;
  private final List<SimulationStep> steps = new ArrayList<>();
  private double requestsBefore;
  private double lostBefore;
  private double busyBefore;
  private double heldBefore;

  private Simulation(
      SimulationScenario settings,
      EngineChoice choice,
      Autoscaler autoscaler,
      Decider decider,
      long seed) {
    this.decider = decider;
    this.settings = settings;
    this.choice = choice;
    this.autoscaler = autoscaler;
    this.seed = seed;
    tickSeconds = wholeTick(autoscaler);
    telemetry = new TelemetryBuffer(settings.scenario().maxReplicas());
    engine = choice.create();
    engine.reset(settings.scenario(), seed);
    truth = engine.truth();
  }

  /** The autoscaler's period, which must be whole seconds. */
  static int wholeTick(Autoscaler autoscaler) {
    double tick = autoscaler.tickSeconds();
    if (tick < 1 || tick != Math.rint(tick) || tick > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "autoscaler "
              + autoscaler.name()
              + " must tick every whole second or more, not every "
              + tick
              + " s");
    }
    return (int) tick;
  }

  /**
   * Runs {@code settings} to its end; the same seed gives the same result.
   *
   * @throws IllegalArgumentException if the autoscaler does not tick in whole seconds, or there are
   *     more requests than the engine can follow
   */
  public static SimulationResult run(
      SimulationScenario settings, EngineChoice engine, Autoscaler autoscaler, long seed) {
    return run(settings, engine, autoscaler, Decider.named(autoscaler.name()), seed);
  }

  /**
   * The same, and the result says more of what decided.
   *
   * @param decider what {@code autoscaler} is
   */
  public static SimulationResult run(
      SimulationScenario settings,
      EngineChoice engine,
      Autoscaler autoscaler,
      Decider decider,
      long seed) {
    return run(settings, engine, autoscaler, decider, seed, share -> {});
  }

  /**
   * The same, and tells how far it is.
   *
   * @param progress is told the share that is simulated, 0..1, at each control step
   * @throws CancellationException if the thread is interrupted
   */
  public static SimulationResult run(
      SimulationScenario settings,
      EngineChoice engine,
      Autoscaler autoscaler,
      Decider decider,
      long seed,
      DoubleConsumer progress) {
    requireFeasible(settings.scenario(), engine, seed);
    return new Simulation(settings, engine, autoscaler, decider, seed).run(progress);
  }

  /** Following every request of too many would not end. */
  private static void requireFeasible(Scenario scenario, EngineChoice engine, long seed) {
    double most = engine.mostRequests();
    double expected = expectedRequests(scenario, seed);
    if (!(expected <= most)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: about %.2g requests would arrive, and the %s engine takes at most %.2g; %s",
              scenario.name(),
              expected,
              engine.description(),
              most,
              engine == EngineChoice.REQUEST
                  ? "shorten it, or take --engine fluid, whose cost does not depend on them"
                  : "is a rate mistyped?"));
    }
  }

  private static double expectedRequests(Scenario scenario, long seed) {
    ServiceModel service = scenario.service();
    Demand demand = scenario.traffic().demand(seed);
    double wanted = demand.sum(scenario.seconds(), service.loneLatencySeconds());
    boolean waits = demand instanceof Demand.Closed && service.batching().queueLimit() == 0;
    // Users who wait for an answer send no more than all pods serve.
    return waits
        ? Math.min(
            wanted, scenario.maxReplicas() * service.podCapacity() * (double) scenario.seconds())
        : wanted;
  }

  private SimulationResult run(DoubleConsumer progress) {
    Scenario scenario = settings.scenario();
    int end = scenario.seconds();
    int nextStep = settings.stepSeconds();
    int nextTick = 0;
    double presentAtStart = truth.present();
    truth.startWindow();
    while (engine.timeSeconds() < end) {
      int now = engine.timeSeconds();
      if (now == nextTick) {
        decide();
        nextTick += tickSeconds;
      }
      int until = Math.min(end, Math.min(nextStep, nextTick));
      engine.advance(until - now);
      if (until == nextStep || until == end) {
        record();
        nextStep += settings.stepSeconds();
        progress.accept((double) until / end);
        if (Thread.interrupted()) {
          throw new CancellationException("interrupted at second " + until);
        }
      }
    }
    return new SimulationResult(
        settings, choice, decider, tickSeconds, seed, presentAtStart, steps, truth);
  }

  private void decide() {
    engine.readTelemetry(telemetry);
    int wanted = autoscaler.decide(telemetry);
    int most = settings.scenario().maxReplicas();
    engine.setDesiredReplicas(Math.max(settings.minReplicas(), Math.min(most, wanted)));
  }

  private void record() {
    engine.readTelemetry(telemetry);
    double busy = truth.busyGpuSeconds() - busyBefore;
    double held = truth.gpuSeconds() - heldBefore;
    steps.add(
        new SimulationStep(
            engine.timeSeconds(),
            truth.requests() - requestsBefore,
            truth.lost() - lostBefore,
            telemetry.desiredReplicas,
            telemetry.readyReplicas + telemetry.pendingReplicas,
            telemetry.readyReplicas,
            telemetry.pendingReplicas,
            telemetry.unschedulableReplicas,
            truth.windowLatencyQuantile(0.5),
            truth.windowLatencyQuantile(0.95),
            truth.windowLatencyQuantile(0.99),
            telemetry.p95LatencySeconds,
            truth.present(),
            held > 0 ? busy / held : Double.NaN,
            truth.cost()));
    requestsBefore = truth.requests();
    lostBefore = truth.lost();
    busyBefore = truth.busyGpuSeconds();
    heldBefore = truth.gpuSeconds();
    truth.startWindow();
  }
}
