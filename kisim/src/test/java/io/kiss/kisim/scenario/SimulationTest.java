package io.kiss.kisim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.telemetry.Telemetry;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationTest {
  /** HOCON's reader takes JSON too. */
  private record JsonObject(Config config) {
    static JsonObject of(String json) {
      return new JsonObject(ConfigFactory.parseString(json));
    }

    String text(String path) {
      return config.getIsNull(path) ? "null" : config.getString(path);
    }

    double number(String path) {
      return config.getDouble(path);
    }
  }

  @TempDir private Path folder;

  @BeforeEach
  void writeProfile() throws IOException {
    Files.writeString(folder.resolve("profile.conf"), SimulationScenarioTest.PROFILE);
  }

  private SimulationScenario scenario() throws IOException {
    return SimulationScenario.read(
        Files.writeString(folder.resolve("s.conf"), SimulationScenarioTest.SCENARIO));
  }

  private static Autoscaler scaler(String text, SimulationScenario scenario) {
    return AutoscalerChoice.parse(text).create(scenario.workload());
  }

  /** Replicas by tick. */
  private static Autoscaler plan(IntUnaryOperator replicas) {
    return new Autoscaler() {
      private int tick;

      @Override
      public String name() {
        return "plan";
      }

      @Override
      public double tickSeconds() {
        return 15;
      }

      @Override
      public int decide(Telemetry telemetry) {
        return replicas.applyAsInt(tick++);
      }
    };
  }

  private static SimulationResult run(
      SimulationScenario scenario, Autoscaler autoscaler, long seed) {
    return Simulation.run(scenario, EngineChoice.REQUEST, autoscaler, seed);
  }

  @Test
  void faultsOfAScriptAreInTheSummaryAndBothEnginesSeeTheSamePods() throws IOException {
    String cluster =
        """
        slo = 100 ms
          cluster {
            pools = [{ name = base, gpus-per-node = 2, initial-nodes = 3 }]
            faults {
              script = [
                { at = 2 m, kind = node }
                { at = 4 m, kind = crash }
                { at = 6 m, kind = gpu }
              ]
              evict = 30 s
            }
          }
        """;
    SimulationScenario scenario =
        SimulationScenario.read(
            Files.writeString(
                folder.resolve("f.conf"),
                SimulationScenarioTest.SCENARIO
                    .replace("slo = 100 ms", cluster)
                    .replace("initial = 1", "initial = 4")));
    SimulationResult exact = Simulation.run(scenario, EngineChoice.REQUEST, plan(tick -> 4), 1);
    SimulationResult fluid = Simulation.run(scenario, EngineChoice.FLUID, plan(tick -> 4), 1);

    assertThat(SimulationReport.text(exact))
        .contains("1 crash, 1 GPU fault, 1 node loss, 0 preemptions");
    assertThat(exact.truth().lost()).isPositive();
    assertThat(exact.steps().stream().mapToDouble(SimulationStep::lost).sum())
        .isEqualTo(exact.truth().lost());
    assertThat(fluid.truth().gpuSeconds())
        .isCloseTo(exact.truth().gpuSeconds(), within(0.03 * exact.truth().gpuSeconds()));
    assertThat(fluid.truth().nodeGpuSeconds()).isEqualTo(exact.truth().nodeGpuSeconds());
    for (int i = 0; i < exact.steps().size(); i++) {
      assertThat(fluid.steps().get(i).ready()).isEqualTo(exact.steps().get(i).ready());
      assertThat(fluid.steps().get(i).pending()).isEqualTo(exact.steps().get(i).pending());
    }
  }

  @Test
  void theReportSaysWhatDecidedAndItsRequestsBalance() throws IOException {
    AutoscalerChoice hpa = AutoscalerChoice.parse("hpa:target=0.6");
    for (EngineChoice engine : EngineChoice.values()) {
      SimulationScenario scenario = scenario();
      SimulationResult result =
          Simulation.run(scenario, engine, hpa.create(scenario.workload()), Decider.of(hpa), 3);
      JsonObject json = JsonObject.of(SimulationReport.json(result));
      assertThat(json.text("autoscaler")).isEqualTo("hpa");
      assertThat(json.text("autoscalerSettings.target")).isEqualTo("0.6");
      // Kubernetes' default, not given.
      assertThat(json.text("autoscalerSettings.stabilisation")).isEqualTo("300");
      assertThat(SimulationReport.text(result)).contains("autoscaler hpa:target=0.6, every 15 s");
      // 300 requests/s in flight for tens of milliseconds each, from before second 0.
      double start = json.number("requests.presentAtStart");
      assertThat(start).as(engine.toString()).isPositive();
      double left = 0;
      for (String way : new String[] {"served", "rejected", "timedOut", "lost", "present"}) {
        left += json.number("requests." + way);
      }
      double came = start + json.number("requests.arrived");
      assertThat(left).as(engine.toString()).isCloseTo(came, within(1e-9 * came));
      assertThat(json.text("nodeGpuSeconds")).as("of nodes without limit").isEqualTo("null");
    }
  }

  @Test
  void aLatencyBeyondWhatTheFluidEngineTellsApartIsSaidToBe() throws IOException {
    String flooded = SimulationScenarioTest.SCENARIO.replace("level = 500", "level = 1e6");
    SimulationScenario scenario =
        SimulationScenario.read(
            Files.writeString(
                folder.resolve("flood.conf"),
                flooded.replace("duration = 10 m", "duration = 9 h")));
    SimulationResult result = Simulation.run(scenario, EngineChoice.FLUID, plan(tick -> 1), 1);
    double longest = result.truth().longestLatencySeconds();
    assertThat(result.truth().latencyQuantile(0.99)).isEqualTo(longest);
    assertThat(SimulationReport.text(result))
        .contains(", p99 > " + (long) Math.floor(longest) + " s,");
    assertThat(JsonObject.of(SimulationReport.json(result)).number("latencySeconds.longest"))
        .isEqualTo(longest);
  }

  @Test
  void moreRequestsThanAnEngineCanFollowAreRefusedAtOnce() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("much.conf"),
            SimulationScenarioTest.SCENARIO.replace("level = 500", "level = 1e18"));
    SimulationScenario scenario = SimulationScenario.read(file);
    assertThatThrownBy(() -> run(scenario, plan(tick -> 1), 1))
        .isInstanceOf(IllegalArgumentException.class)
        // 1e18 a second for ten minutes.
        .hasMessageContaining("about 6.0e+20 requests")
        .hasMessageContaining("--engine fluid");
  }

  @Test
  void truthAndTelemetryDependOnTheActionsUnderLoad() throws IOException {
    // One pod serves 333 of the 500 requests/s.
    SimulationResult one = run(scenario(), plan(tick -> 1), 1);
    SimulationResult three = run(scenario(), plan(tick -> 3), 1);
    SimulationResult late = run(scenario(), plan(tick -> tick < 11 ? 1 : 8), 1);

    double attained = three.truth().sloAttainment();
    assertThat(one.truth().sloAttainment()).isLessThan(0.05);
    assertThat(attained).isGreaterThan(0.8);
    assertThat(late.truth().sloAttainment()).isBetween(one.truth().sloAttainment() + 0.1, attained);
    assertThat(one.truth().latencyQuantile(0.95))
        .isGreaterThan(10 * three.truth().latencyQuantile(0.5));
    // 2 an hour and device; the two pods more are there from the decision at second 0 on.
    assertThat(three.truth().cost()).isCloseTo(2 * 3 * 600 / 3600.0, within(1e-9));
    assertThat(one.truth().cost()).isCloseTo(2 * 600 / 3600.0, within(1e-9));
  }

  @Test
  void anAutoscalerSeesTheOverloadAndEndsIt() throws IOException {
    SimulationScenario scenario = scenario();
    SimulationResult held = run(scenario, scaler("static", scenario), 1);
    SimulationResult hpa = run(scenario, scaler("hpa:target=0.7,sync=15", scenario), 1);

    assertThat(held.truth().scalingActions()).isZero();
    // 500 / (333 x 0.7) = 2.1 pods, and 10 % of tolerance.
    assertThat(hpa.steps().get(hpa.steps().size() - 1).ready()).isBetween(2, 3);
    assertThat(hpa.truth().sloAttainment()).isGreaterThan(held.truth().sloAttainment() + 0.3);
  }

  @Test
  void everyAutoscalerTicksAtItsOwnWholeSeconds() throws IOException {
    for (int period : new int[] {2, 5, 15, 45}) {
      List<Double> asked = new ArrayList<>();
      run(scenario(), every(period, asked), 1);
      assertThat(asked).hasSize((600 + period - 1) / period);
      for (int i = 0; i < asked.size(); i++) {
        assertThat(asked.get(i)).isEqualTo(i * period);
      }
    }
    assertThatThrownBy(() -> run(scenario(), every(2.5, new ArrayList<>()), 1))
        .hasMessageContaining("every")
        .hasMessageContaining("2.5 s");
  }

  private static Autoscaler every(double period, List<Double> asked) {
    return new Autoscaler() {
      @Override
      public String name() {
        return "every";
      }

      @Override
      public double tickSeconds() {
        return period;
      }

      @Override
      public int decide(Telemetry telemetry) {
        asked.add(telemetry.timeSeconds());
        return 1;
      }
    };
  }

  @Test
  void stepsAddUpToTheTotals() throws IOException {
    SimulationResult result = run(scenario(), plan(tick -> 1 + tick % 4), 3);
    List<SimulationStep> steps = result.steps();

    assertThat(steps).hasSize(20);
    assertThat(steps.stream().mapToDouble(SimulationStep::arrivals).sum())
        .isCloseTo(result.truth().requests(), within(1e-6));
    // What the fleet had in hand when the warm-up ended was not counted on arrival.
    double inHand = result.truth().departed() + steps.get(19).present() - result.truth().requests();
    assertThat(inHand).isBetween(-1e-6, 50.0);
    assertThat(steps.get(19).cost()).isEqualTo(result.truth().cost());
    for (SimulationStep step : steps) {
      assertThat(step.current()).isEqualTo(step.ready() + step.pending());
      assertThat(step.unschedulable()).isLessThanOrEqualTo(step.pending());
    }
    assertThat(SimulationReport.csv(result).lines())
        .hasSize(21)
        .allSatisfy(line -> assertThat(line.split(",", -1)).hasSize(15));
  }

  @Test
  void theSameSeedGivesTheSameReportAndAnotherSeedAnother() throws IOException {
    String first = SimulationReport.json(run(scenario(), plan(tick -> 2), 5));
    String again = SimulationReport.json(run(scenario(), plan(tick -> 2), 5));
    String other = SimulationReport.json(run(scenario(), plan(tick -> 2), 6));

    assertThat(first).isEqualTo(again).isNotEqualTo(other);
  }

  @Test
  void aTraceReplacesTheTrafficForAsLongAsItLasts() throws IOException {
    double[] counts = new double[240];
    java.util.Arrays.fill(counts, 50);
    SimulationResult result =
        run(scenario().withTrace(new ArrivalTrace("t.csv", 1, counts), 2), plan(tick -> 1), 1);

    assertThat(result.truth().requests()).isEqualTo(240 * 100);
    assertThat(result.scenario().scenario().seconds()).isEqualTo(240);
  }

  @Test
  void theSummaryNamesWhatHappened() throws IOException {
    String text = SimulationReport.text(run(scenario(), plan(tick -> 2), 1));

    assertThat(text)
        .contains(
            "requests",
            "SLO",
            "latency",
            "p99.9",
            "nodes without limit",
            "faults",
            "prometheus",
            "#");
    assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
  }
}
