package io.kiss.kisim.fluid;

import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.fluid.EngineComparison.Figures;
import io.kiss.kisim.fluid.ValidationScenarios.Case;
import io.kiss.kisim.request.RequestLevelEngine;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * Looks closer at single cases of the comparison: what of a difference is the luck of one run, what
 * comes of other decisions, and what is the fluid engine's own. Both engines run the case with the
 * decisions that the request-level engine's first run led to, with several seeds.
 */
final class WorstCases {
  private static final int SEEDS = 6;

  private WorstCases() {}

  /** Passes everything on to another engine; decisions are recorded or replaced. */
  private static final class Scripted implements Engine {
    private final Engine engine;
    private final TreeMap<Integer, Integer> path;
    private final boolean replay;

    Scripted(Engine engine, TreeMap<Integer, Integer> path, boolean replay) {
      this.engine = engine;
      this.path = path;
      this.replay = replay;
    }

    @Override
    public void reset(Scenario scenario, long seed) {
      engine.reset(scenario, seed);
    }

    @Override
    public int timeSeconds() {
      return engine.timeSeconds();
    }

    @Override
    public void advance(int seconds) {
      if (replay && path.containsKey(timeSeconds())) {
        engine.setDesiredReplicas(path.get(timeSeconds()));
      }
      engine.advance(seconds);
    }

    @Override
    public void setDesiredReplicas(int replicas) {
      if (!replay) {
        path.put(timeSeconds(), replicas);
        engine.setDesiredReplicas(replicas);
      }
    }

    @Override
    public void readTelemetry(TelemetryBuffer out) {
      engine.readTelemetry(out);
    }

    @Override
    public Truth truth() {
      return engine.truth();
    }
  }

  /** Prints a line a case: {@code index...}. */
  public static void main(String[] args) {
    System.out.println(
        "case: request-level p95 least, mean, most of other seeds; fluid mean, its first run;"
            + " the same for attainment");
    for (String index : args) {
      look(Integer.parseInt(index));
    }
  }

  private static void look(int index) {
    Case drawn = ValidationScenarios.draw(index);
    TreeMap<Integer, Integer> path = new TreeMap<>();
    EngineComparison.run(new Scripted(new RequestLevelEngine(), path, false), drawn, index);
    Figures alone = EngineComparison.run(new FluidEngine(), drawn, index);
    Figures[] requests = new Figures[SEEDS];
    Figures[] fluid = new Figures[SEEDS];
    for (int i = 0; i < SEEDS; i++) {
      int seed = index + 1000 * i;
      requests[i] =
          EngineComparison.run(new Scripted(new RequestLevelEngine(), path, true), drawn, seed);
      fluid[i] = EngineComparison.run(new Scripted(new FluidEngine(), path, true), drawn, seed);
    }
    System.out.printf(
        "%4d %s; %s | %s%n",
        index,
        line(requests, fluid, alone, Figures::p95),
        line(requests, fluid, alone, Figures::slo),
        drawn.words());
  }

  private static String line(
      Figures[] requests, Figures[] fluid, Figures alone, ToDoubleFunction<Figures> figure) {
    double[] exact = Arrays.stream(requests).mapToDouble(figure).toArray();
    double mean = Arrays.stream(exact).average().orElseThrow();
    double other = Arrays.stream(fluid).mapToDouble(figure).average().orElseThrow();
    return "%.3f %.3f %.3f, fluid %.3f (%+.0f %%), alone %.3f"
        .formatted(
            Arrays.stream(exact).min().orElseThrow(),
            mean,
            Arrays.stream(exact).max().orElseThrow(),
            other,
            100 * (other / mean - 1),
            figure.applyAsDouble(alone));
  }
}
