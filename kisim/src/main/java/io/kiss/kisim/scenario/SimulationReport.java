package io.kiss.kisim.scenario;

import io.kiss.kisim.cluster.FaultKind;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.text.Columns;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** A simulation as people and programs read it. */
public final class SimulationReport {
  /** Where figures begin, behind what they are of. */
  private static final int INDENT = 12;

  /** Header of {@link #csv}; conf/scenarios/README.md says what the columns are. */
  public static final String CSV_HEADER =
      "time_s,arrivals,lost,desired,current,ready,pending,unschedulable,"
          + "p50_ms,p95_ms,p99_ms,shown_p95_ms,present,utilisation,cost";

  private SimulationReport() {}

  /** A summary with a small latency histogram, no wider than 80 columns. */
  public static String text(SimulationResult result) {
    SimulationScenario settings = result.scenario();
    Scenario scenario = settings.scenario();
    Truth truth = result.truth();
    String device = scenario.service().device().kind() == DeviceKind.GPU ? "GPU" : "CPU";
    StringBuilder out = new StringBuilder();
    line(out, "%s", scenario.name());
    line(out, "%s on %s", scenario.service().name(), scenario.service().device().name());
    line(
        out,
        "%s, %s engine, seed %d",
        Figures.span(scenario.seconds()),
        result.engine().description(),
        result.seed());
    line(
        out,
        "%s",
        Columns.wrap(
            "autoscaler " + result.autoscaler().asked() + ", every " + result.tickSeconds() + " s",
            2));
    line(
        out,
        "replicas %d..%d, SLO %s, start-up %s on a warm node",
        settings.minReplicas(),
        scenario.maxReplicas(),
        Figures.time(scenario.sloSeconds()),
        Figures.time(scenario.meanStartupSeconds()));
    line(out, "");
    requests(out, result);
    line(
        out,
        "SLO         %.3f %% of the finished requests answered in time",
        100 * truth.sloAttainment());
    line(
        out,
        "latency     p50 %s, p95 %s, p99 %s, p99.9 %s",
        Figures.latency(truth.latencyQuantile(0.5), truth),
        Figures.latency(truth.latencyQuantile(0.95), truth),
        Figures.latency(truth.latencyQuantile(0.99), truth),
        Figures.latency(truth.latencyQuantile(0.999), truth));
    shown(out, result);
    devices(out, result, device);
    scaling(out, result);
    faults(out, truth);
    line(out, "");
    return out.append(LatencyBars.of(truth)).toString();
  }

  private static void requests(StringBuilder out, SimulationResult result) {
    Truth truth = result.truth();
    line(
        out,
        "requests    %s arrived, %s served",
        Figures.count(truth.requests()),
        Figures.count(truth.served()));
    line(
        out,
        "            %s rejected, %s timed out, %s lost with their pod",
        Figures.count(truth.rejected()),
        Figures.count(truth.timedOut()),
        Figures.count(truth.lost()));
    line(
        out,
        "            %s in the system at the start, %s at the end",
        Figures.count(result.presentAtStart()),
        Figures.count(truth.present()));
  }

  private static void shown(StringBuilder out, SimulationResult result) {
    List<SimulationStep> steps = result.comparable();
    line(
        out,
        "prometheus  p95 %s, in truth %s: means over %d of %d steps",
        Figures.time(mean(steps, SimulationStep::shownP95Seconds)),
        Figures.time(mean(steps, SimulationStep::p95Seconds)),
        steps.size(),
        result.steps().size());
  }

  private static void devices(StringBuilder out, SimulationResult result, String device) {
    Truth truth = result.truth();
    line(
        out,
        "devices     %s %s-hours held by pods, %s of it busy; %s needed",
        Figures.number(truth.gpuSeconds() / 3600),
        device,
        Figures.percent(result.utilisation()),
        Figures.number(truth.neededGpuSeconds() / 3600));
    String nodes = Figures.number(truth.nodeGpuSeconds() / 3600) + " " + device + "-hours of nodes";
    line(
        out,
        "            %s; cost %s, energy %s kWh",
        result.ample() ? "nodes without limit" : nodes,
        Figures.number(truth.cost()),
        Figures.number(truth.joules() / 3.6e6));
  }

  private static void scaling(StringBuilder out, SimulationResult result) {
    List<SimulationStep> steps = result.steps();
    line(
        out,
        "scaling     %s, %s; at most %.0f pods ready, %.0f pending",
        Figures.plural(result.truth().scalingActions(), "change", "changes"),
        Figures.plural(result.truth().flaps(), "flap", "flaps"),
        most(steps, SimulationStep::ready),
        most(steps, SimulationStep::pending));
    double unschedulable = most(steps, SimulationStep::unschedulable);
    if (unschedulable > 0) {
      line(
          out,
          "            up to %.0f pods unschedulable, in %d of %d steps",
          unschedulable,
          steps.stream().filter(step -> step.unschedulable() > 0).count(),
          steps.size());
    }
  }

  private static void faults(StringBuilder out, Truth truth) {
    line(
        out,
        "faults      %s, %s, %s, %s",
        Figures.plural(truth.faults(FaultKind.CRASH), "crash", "crashes"),
        Figures.plural(truth.faults(FaultKind.GPU), "GPU fault", "GPU faults"),
        Figures.plural(truth.faults(FaultKind.NODE), "node loss", "node losses"),
        Figures.plural(truth.faults(FaultKind.PREEMPTION), "preemption", "preemptions"));
  }

  private static double mean(List<SimulationStep> steps, ToDoubleFunction<SimulationStep> value) {
    return steps.stream().mapToDouble(value).average().orElse(Double.NaN);
  }

  private static double most(List<SimulationStep> steps, ToDoubleFunction<SimulationStep> value) {
    return steps.stream().mapToDouble(value).max().orElse(0);
  }

  /** Every control step, one line each under a header. */
  public static String csv(SimulationResult result) {
    return result.steps().stream()
        .map(
            step ->
                String.format(
                    Locale.ROOT,
                    "%d,%s,%s,%d,%d,%d,%d,%d,%s,%s,%s,%s,%s,%s,%.6f",
                    step.seconds(),
                    cell(step.arrivals()),
                    cell(step.lost()),
                    step.desired(),
                    step.current(),
                    step.ready(),
                    step.pending(),
                    step.unschedulable(),
                    cell(1e3 * step.p50Seconds()),
                    cell(1e3 * step.p95Seconds()),
                    cell(1e3 * step.p99Seconds()),
                    cell(1e3 * step.shownP95Seconds()),
                    cell(step.present()),
                    cell(step.utilisation()),
                    step.cost()))
        .collect(Collectors.joining("\n", CSV_HEADER + "\n", "\n"));
  }

  /** The whole result as one JSON object; what was not measured is null. */
  public static String json(SimulationResult result) {
    return JsonReport.of(result);
  }

  private static String cell(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }

  private static void line(StringBuilder out, String format, Object... arguments) {
    out.append(Columns.wrap(String.format(Locale.ROOT, format, arguments), INDENT)).append('\n');
  }
}
