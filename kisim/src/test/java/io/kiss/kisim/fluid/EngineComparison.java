package io.kiss.kisim.fluid;

import io.kiss.kisim.autoscale.opponents.HpaParameters;
import io.kiss.kisim.autoscale.opponents.HpaV2;
import io.kiss.kisim.autoscale.opponents.ScalingRules;
import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.fluid.ValidationScenarios.Case;
import io.kiss.kisim.fluid.ValidationScenarios.Scaling;
import io.kiss.kisim.request.RequestLevelEngine;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Runs both engines on the same scenarios with the same decisions and says how far they differ. */
final class EngineComparison {
  private static final int TICK = 15;

  /** What a run came to. */
  record Figures(
      double requests,
      double served,
      double rejected,
      double timedOut,
      double lost,
      double p50,
      double p95,
      double slo,
      double gpuSeconds,
      double busyGpuSeconds,
      int actions) {}

  /** Both runs of a case. */
  record Result(int index, Case drawn, Figures request, Figures fluid) {
    double p95Error() {
      return relative(fluid.p95, request.p95);
    }

    double p50Error() {
      return relative(fluid.p50, request.p50);
    }

    double sloError() {
      double error = relative(fluid.slo, request.slo);
      return Double.isNaN(error) ? 0 : error;
    }

    double gpuError() {
      return relative(fluid.gpuSeconds, request.gpuSeconds);
    }

    double busyError() {
      return relative(fluid.busyGpuSeconds, request.busyGpuSeconds);
    }

    double sloPoints() {
      return fluid.slo - request.slo;
    }
  }

  private EngineComparison() {}

  static double relative(double value, double reference) {
    return value == reference ? 0 : value / reference - 1;
  }

  static Result compare(int index) {
    Case drawn = ValidationScenarios.draw(index);
    return new Result(
        index,
        drawn,
        run(new RequestLevelEngine(), drawn, index),
        run(new FluidEngine(), drawn, index));
  }

  static Figures run(Engine engine, Case drawn, int seed) {
    Scenario scenario = drawn.scenario();
    engine.reset(scenario, seed);
    HpaV2 hpa = new HpaV2(Episode.of(scenario, 10, TICK).workload(), hpa());
    TelemetryBuffer telemetry = new TelemetryBuffer(scenario.maxReplicas());
    Random schedule = new Random(seed);
    int wanted = scenario.initialReplicas();
    while (engine.timeSeconds() < scenario.seconds()) {
      if (drawn.scaling() == Scaling.HPA) {
        engine.readTelemetry(telemetry);
        engine.setDesiredReplicas(hpa.decide(telemetry));
      } else if (drawn.scaling() == Scaling.SCHEDULE && schedule.nextInt(12) == 0) {
        double factor = Math.exp(0.5 * schedule.nextGaussian());
        int centre = Math.max(1, (scenario.initialReplicas() + scenario.maxReplicas()) / 2);
        wanted = (int) Math.round(centre * factor);
        engine.setDesiredReplicas(wanted);
      }
      engine.advance(TICK);
    }
    Truth truth = engine.truth();
    return new Figures(
        truth.requests(),
        truth.served(),
        truth.rejected(),
        truth.timedOut(),
        truth.lost(),
        truth.latencyQuantile(0.5),
        truth.latencyQuantile(0.95),
        truth.sloAttainment(),
        truth.gpuSeconds(),
        truth.busyGpuSeconds(),
        truth.scalingActions());
  }

  private static HpaParameters hpa() {
    return HpaParameters.DEFAULT.withRules(
        ScalingRules.UP, ScalingRules.DOWN.withStabilisation(120));
  }

  static double median(List<Result> results, ToDoubleFunction<Result> error) {
    double[] errors =
        results.stream().mapToDouble(r -> Math.abs(error.applyAsDouble(r))).sorted().toArray();
    return errors[errors.length / 2];
  }

  static double quantile(List<Result> results, ToDoubleFunction<Result> error, double share) {
    double[] errors =
        results.stream().mapToDouble(r -> Math.abs(error.applyAsDouble(r))).sorted().toArray();
    return errors[(int) (share * (errors.length - 1))];
  }

  /** Prints the table of VALIDATION.md: {@code [cases] [first]}. */
  public static void main(String[] args) {
    int cases = args.length > 0 ? Integer.parseInt(args[0]) : 240;
    int first = args.length > 1 ? Integer.parseInt(args[1]) : 0;
    List<Result> results = new ArrayList<>();
    for (int i = first; i < first + cases; i++) {
      results.add(compare(i));
    }
    print("all", results);
    for (Scaling scaling : Scaling.values()) {
      print(scaling.name(), results.stream().filter(r -> r.drawn.scaling() == scaling).toList());
    }
    print("load < 0.7", results.stream().filter(r -> r.drawn.load() < 0.7).toList());
    print(
        "load 0.7-1",
        results.stream().filter(r -> r.drawn.load() >= 0.7 && r.drawn.load() < 1).toList());
    print("load > 1", results.stream().filter(r -> r.drawn.load() >= 1).toList());
    print("faults", results.stream().filter(r -> r.drawn.faults()).toList());
    results.sort(
        Comparator.comparingDouble(r -> -Math.max(Math.abs(r.p95Error()), Math.abs(r.sloError()))));
    for (Result r : results.subList(0, Math.min(results.size(), Math.max(8, cases / 5)))) {
      System.out.printf(
          "%4d p95 %7.3f vs %7.3f (%+4.0f %%) p50 %7.3f vs %7.3f slo %.3f vs %.3f gpu %+.1f %% busy %+.0f %%"
              + " act %d/%d n %.0f/%.0f rej %.0f/%.0f to %.0f/%.0f lost %.0f/%.0f | %s%n",
          r.index,
          r.fluid.p95,
          r.request.p95,
          100 * r.p95Error(),
          r.fluid.p50,
          r.request.p50,
          r.fluid.slo,
          r.request.slo,
          100 * r.gpuError(),
          100 * r.busyError(),
          r.fluid.actions,
          r.request.actions,
          r.fluid.requests,
          r.request.requests,
          r.fluid.rejected,
          r.request.rejected,
          r.fluid.timedOut,
          r.request.timedOut,
          r.fluid.lost,
          r.request.lost,
          r.drawn.words());
    }
  }

  private static void print(String what, List<Result> results) {
    if (results.isEmpty()) {
      return;
    }
    System.out.printf(
        "%-12s %4d cases: p95 %.1f %% (90 %%: %.1f), p50 %.1f %%, SLO %.1f %% (90 %%: %.1f; %.3f points), GPU-s %.2f %% (90 %%: %.1f), busy %.1f %%%n",
        what,
        results.size(),
        100 * median(results, Result::p95Error),
        100 * quantile(results, Result::p95Error, 0.9),
        100 * median(results, Result::p50Error),
        100 * median(results, Result::sloError),
        100 * quantile(results, Result::sloError, 0.9),
        median(results, Result::sloPoints),
        100 * median(results, Result::gpuError),
        100 * quantile(results, Result::gpuError, 0.9),
        100 * median(results, Result::busyError));
  }
}
