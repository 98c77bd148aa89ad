package io.kiss.kisim.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.telemetry.Telemetry;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulationTest {
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
    return AutoscalerChoice.parse(text).create(Simulation.workload(scenario));
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

  @Test
  void truthAndTelemetryDependOnTheActionsUnderLoad() throws IOException {
    // One pod serves 333 of the 500 requests/s.
    SimulationResult one = Simulation.run(scenario(), plan(tick -> 1), 1);
    SimulationResult three = Simulation.run(scenario(), plan(tick -> 3), 1);
    SimulationResult late = Simulation.run(scenario(), plan(tick -> tick < 10 ? 1 : 8), 1);

    assertThat(one.sloAttainment()).isLessThan(0.05);
    assertThat(three.sloAttainment()).isGreaterThan(0.8);
    assertThat(late.sloAttainment()).isBetween(one.sloAttainment() + 0.1, three.sloAttainment());
    assertThat(one.latencySeconds(0.95)).isGreaterThan(10 * three.latencySeconds(0.5));
    assertThat(three.cost()).isCloseTo(2 * (600 + 2 * 585) / 3600.0, within(1e-9));
    assertThat(one.cost()).isCloseTo(2 * 600 / 3600.0, within(1e-9));
  }

  @Test
  void anAutoscalerSeesTheOverloadAndEndsIt() throws IOException {
    SimulationScenario scenario = scenario();
    SimulationResult held = Simulation.run(scenario, scaler("static", scenario), 1);
    SimulationResult hpa = Simulation.run(scenario, scaler("hpa:target=0.7,sync=15", scenario), 1);

    assertThat(held.scalings()).isZero();
    // 500 / (333 x 0.7) = 2.1 pods, and 10 % of tolerance.
    assertThat(hpa.steps().get(hpa.steps().size() - 1).ready()).isBetween(2, 3);
    assertThat(hpa.sloAttainment()).isGreaterThan(held.sloAttainment() + 0.3);
  }

  @Test
  void stepsAddUpToTheTotals() throws IOException {
    SimulationResult result = Simulation.run(scenario(), plan(tick -> 1 + tick % 4), 3);

    assertThat(result.steps()).hasSize(20);
    assertThat(result.steps().stream().mapToLong(SimulationStep::arrivals).sum())
        .isEqualTo(result.arrived());
    assertThat(
            result.served()
                + result.rejected()
                + result.timedOut()
                + result.lost()
                + result.inFlight())
        .isEqualTo(result.arrived());
    assertThat(result.steps().get(19).cost()).isEqualTo(result.cost());
    assertThat(result.latencies().getTotalCount()).isEqualTo(result.served());
    assertThat(SimulationReport.csv(result).lines()).hasSize(21);
  }

  @Test
  void theSameSeedGivesTheSameReportAndAnotherSeedAnother() throws IOException {
    String first = SimulationReport.json(Simulation.run(scenario(), plan(tick -> 2), 5));
    String again = SimulationReport.json(Simulation.run(scenario(), plan(tick -> 2), 5));
    String other = SimulationReport.json(Simulation.run(scenario(), plan(tick -> 2), 6));

    assertThat(first).isEqualTo(again).isNotEqualTo(other);
  }

  @Test
  void aTraceReplacesTheTrafficForAsLongAsItLasts() throws IOException {
    double[] counts = new double[240];
    java.util.Arrays.fill(counts, 50);
    SimulationResult result =
        Simulation.run(
            scenario().withTrace(new ArrivalTrace("t.csv", 1, counts), 2), plan(tick -> 1), 1);

    assertThat(result.arrived()).isEqualTo(240 * 100);
    assertThat(result.scenario().durationSeconds()).isEqualTo(240);
  }

  @Test
  void theSummaryNamesWhatHappened() throws IOException {
    String text = SimulationReport.text(Simulation.run(scenario(), plan(tick -> 2), 1));

    assertThat(text).contains("requests", "SLO", "latency", "p99.9", "GPU-hours", "#");
  }
}
