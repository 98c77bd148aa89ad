package io.kiss.kisim.evaluate;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.evaluate.EvaluationLog.Run;
import io.kiss.kisim.evaluate.EvaluationLog.Tried;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.fluid.FluidEngine;
import io.kiss.kisim.scenario.EngineChoice;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.Optional;

/**
 * Lets autoscalers scale Deployments, each at its own tick, one run after the other on engines that
 * are kept. One serves one thread; what was run before changes nothing.
 */
public final class Runner {
  private static final int STEP_SECONDS = 15;
  private static final double JOULES_PER_KILOWATT_HOUR = 3.6e6;
  private static final double SECONDS_PER_HOUR = 3600;

  private final Engine engine;
  private final Engine sweeper;
  private TelemetryBuffer telemetry = new TelemetryBuffer(1);

  /** Runs on an engine of this kind. */
  public Runner(EngineChoice choice) {
    engine = choice.create();
    sweeper = choice == EngineChoice.FLUID ? FluidEngine.withoutLatencies() : engine;
  }

  /**
   * One run, told in full.
   *
   * @param name of the entrant in results
   * @param replay whether to keep it over time as well
   * @throws IllegalArgumentException if the autoscaler does not tick in whole seconds
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  public Run run(
      String trace, Episode episode, String name, Autoscaler autoscaler, long seed, boolean replay)
      throws InterruptedException {
    int step = Math.min(STEP_SECONDS, episode.scenario().seconds());
    Steps steps = new Steps(episode, step, replay);
    play(engine, episode, autoscaler, seed, steps);
    return new Run(
        result(trace, episode, name, seed, engine.truth(), steps.spikes),
        steps.replay.map(recorder -> recorder.replay(trace, seed, name)));
  }

  /** One run of which only its cost is wanted. */
  Tried attempt(Episode episode, Autoscaler autoscaler, long seed) throws InterruptedException {
    play(sweeper, episode, autoscaler, seed, null);
    Truth truth = sweeper.truth();
    return new Tried(gpuShare(truth), violatingShare(truth));
  }

  /** Control steps in which a run is watched. */
  private final class Steps {
    final int seconds;
    final SpikeLog spikes;
    final Optional<ReplayRecorder> replay;
    private double requestsBefore;

    Steps(Episode episode, int seconds, boolean record) {
      this.seconds = seconds;
      spikes = new SpikeLog(episode.workload().sloSeconds(), seconds);
      replay =
          record
              ? Optional.of(new ReplayRecorder(episode.scenario().seconds(), seconds))
              : Optional.empty();
    }

    void end(int length) {
      Truth truth = engine.truth();
      double arrived = truth.requests() - requestsBefore;
      double p95 = truth.windowLatencyQuantile(0.95);
      spikes.step(arrived, p95, length);
      if (replay.isPresent()) {
        engine.readTelemetry(telemetry);
        replay.get().step(arrived, p95, telemetry.desiredReplicas, telemetry.readyReplicas, length);
      }
      requestsBefore = truth.requests();
      truth.startWindow();
    }
  }

  private void play(Engine on, Episode episode, Autoscaler autoscaler, long seed, Steps steps)
      throws InterruptedException {
    Scenario scenario = episode.scenario();
    int tick = wholeTick(autoscaler);
    if (telemetry.pendingAgesSeconds.length != scenario.maxReplicas()) {
      telemetry = new TelemetryBuffer(scenario.maxReplicas());
    }
    on.reset(scenario, seed);
    if (steps != null) {
      on.truth().startWindow();
    }
    int end = scenario.seconds();
    int nextTick = 0;
    int nextStep = steps == null ? end : steps.seconds;
    while (on.timeSeconds() < end) {
      int now = on.timeSeconds();
      if (now == nextTick) {
        on.readTelemetry(telemetry);
        on.setDesiredReplicas(episode.workload().clamp(autoscaler.decide(telemetry)));
        nextTick += tick;
      }
      int until = Math.min(end, Math.min(nextStep, nextTick));
      on.advance(until - now);
      if (steps != null && (until == nextStep || until == end)) {
        steps.end(until - (nextStep - steps.seconds));
        nextStep += steps.seconds;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
    }
  }

  private static int wholeTick(Autoscaler autoscaler) {
    double tick = autoscaler.tickSeconds();
    if (!(tick >= 1) || tick != Math.rint(tick) || tick > Integer.MAX_VALUE / 2) {
      throw new IllegalArgumentException(
          "autoscaler "
              + autoscaler.name()
              + " must tick every whole second or more, not every "
              + tick
              + " s");
    }
    return (int) tick;
  }

  private static double gpuShare(Truth truth) {
    return truth.gpuSeconds() / truth.neededGpuSeconds();
  }

  private static double violatingShare(Truth truth) {
    return truth.violating() / Math.max(1e-9, truth.departed());
  }

  private static RunResult result(
      String trace, Episode episode, String name, long seed, Truth truth, SpikeLog spikes) {
    double gpuShare = gpuShare(truth);
    double violatingShare = violatingShare(truth);
    return new RunResult(
        trace,
        seed,
        name,
        gpuShare + episode.workload().violationPrice() * violatingShare,
        gpuShare,
        violatingShare,
        truth.requests(),
        truth.departed() - truth.served(),
        truth.latencyQuantile(0.5),
        truth.latencyQuantile(0.95),
        truth.latencyQuantile(0.99),
        truth.gpuSeconds() / SECONDS_PER_HOUR,
        truth.neededGpuSeconds() / SECONDS_PER_HOUR,
        truth.cost(),
        truth.joules() / JOULES_PER_KILOWATT_HOUR,
        truth.scalingActions(),
        truth.flaps(),
        spikes.spikes(),
        spikes.absorbSeconds());
  }
}
