package io.kiss.kisim.scenario;

import io.kiss.kisim.gpu.DeviceKind;
import java.util.Locale;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** A simulation as people and programs read it. */
public final class SimulationReport {
  private static final int BAR = 40;

  private SimulationReport() {}

  /** A summary with a small latency histogram. */
  public static String text(SimulationResult result) {
    SimulationScenario scenario = result.scenario();
    String device = scenario.service().device().kind() == DeviceKind.GPU ? "GPU" : "CPU";
    StringBuilder out = new StringBuilder();
    line(out, "%s: %s on %s", scenario.name(), scenario.service().name(), deviceName(scenario));
    line(
        out,
        "%.0f s, autoscaler %s, seed %d, replicas %d..%d, SLO %s",
        scenario.durationSeconds(),
        result.autoscaler(),
        result.seed(),
        scenario.minReplicas(),
        scenario.maxReplicas(),
        time(scenario.sloSeconds()));
    line(out, "");
    line(
        out,
        "requests    %,d arrived, %,d served, %,d rejected, %,d timed out, %,d lost, %,d in flight",
        result.arrived(),
        result.served(),
        result.rejected(),
        result.timedOut(),
        result.lost(),
        result.inFlight());
    line(
        out,
        "SLO         %.3f %% of the finished requests answered in time",
        100 * result.sloAttainment());
    line(out, "latency     %s", quantiles(result.latencies()));
    if (result.clientLatencies() != null) {
      line(out, "at clients  %s", quantiles(result.clientLatencies()));
    }
    line(
        out,
        "batches     %,d, mean size %.2f",
        result.batches(),
        (double) (result.served() + result.lost()) / Math.max(1, result.batches()));
    line(
        out,
        "devices     %.4f %s-hours, utilisation %.1f %%, cost %.4f, energy %.4f kWh, %d scalings",
        result.deviceSeconds() / 3600,
        device,
        100 * result.utilisation(),
        result.cost(),
        result.joules() / 3.6e6,
        result.scalings());
    line(out, "");
    histogram(out, result.latencies());
    return out.toString();
  }

  /** Every control step, one line each under a header. */
  public static String csv(SimulationResult result) {
    return result.steps().stream()
        .map(
            step ->
                String.format(
                    Locale.ROOT,
                    "%.3f,%d,%d,%d,%s,%s,%s,%d,%s,%.6f",
                    step.seconds(),
                    step.arrivals(),
                    step.ready(),
                    step.pending(),
                    cell(1e3 * step.p50Seconds()),
                    cell(1e3 * step.p95Seconds()),
                    cell(1e3 * step.p99Seconds()),
                    step.queued(),
                    cell(step.utilisation()),
                    step.cost()))
        .collect(
            Collectors.joining(
                "\n",
                "time_s,arrivals,ready,pending,p50_ms,p95_ms,p99_ms,queue,utilisation,cost\n",
                "\n"));
  }

  /** The whole result as one JSON object; what was not measured is null. */
  public static String json(SimulationResult result) {
    SimulationScenario scenario = result.scenario();
    Json json = new Json();
    json.open("");
    json.put("scenario", scenario.name());
    json.put("service", scenario.service().name());
    json.put("device", scenario.service().device().name());
    json.put("autoscaler", result.autoscaler());
    json.put("seed", result.seed());
    json.put("durationSeconds", scenario.durationSeconds());
    json.put("sloSeconds", scenario.sloSeconds());
    json.open("requests");
    json.put("arrived", result.arrived());
    json.put("served", result.served());
    json.put("rejected", result.rejected());
    json.put("timedOut", result.timedOut());
    json.put("lost", result.lost());
    json.put("inFlight", result.inFlight());
    json.put("violating", result.violating());
    json.close();
    json.put("sloAttainment", result.sloAttainment());
    latencies(json, "latencySeconds", result.latencies());
    if (result.clientLatencies() != null) {
      latencies(json, "clientLatencySeconds", result.clientLatencies());
    }
    json.put("batches", result.batches());
    json.put("scalings", result.scalings());
    json.put("deviceSeconds", result.deviceSeconds());
    json.put("busyDeviceSeconds", result.busyDeviceSeconds());
    json.put("utilisation", result.utilisation());
    json.put("cost", result.cost());
    json.put("joules", result.joules());
    json.openList("steps");
    for (SimulationStep step : result.steps()) {
      json.open("");
      json.put("seconds", step.seconds());
      json.put("arrivals", step.arrivals());
      json.put("ready", step.ready());
      json.put("pending", step.pending());
      json.put("p50Seconds", step.p50Seconds());
      json.put("p95Seconds", step.p95Seconds());
      json.put("p99Seconds", step.p99Seconds());
      json.put("queue", step.queued());
      json.put("utilisation", step.utilisation());
      json.put("cost", step.cost());
      json.close();
    }
    json.closeList();
    json.close();
    return json.toString();
  }

  private static void latencies(Json json, String name, Histogram histogram) {
    json.open(name);
    json.put("mean", histogram.getTotalCount() == 0 ? Double.NaN : histogram.getMean() * 1e-9);
    json.put("p50", SimulationResult.quantileSeconds(histogram, 0.5));
    json.put("p95", SimulationResult.quantileSeconds(histogram, 0.95));
    json.put("p99", SimulationResult.quantileSeconds(histogram, 0.99));
    json.put("p999", SimulationResult.quantileSeconds(histogram, 0.999));
    json.close();
  }

  private static String deviceName(SimulationScenario scenario) {
    return scenario.service().device().name();
  }

  private static String quantiles(Histogram histogram) {
    return String.format(
        Locale.ROOT,
        "p50 %s, p95 %s, p99 %s, p99.9 %s, mean %s",
        time(SimulationResult.quantileSeconds(histogram, 0.5)),
        time(SimulationResult.quantileSeconds(histogram, 0.95)),
        time(SimulationResult.quantileSeconds(histogram, 0.99)),
        time(SimulationResult.quantileSeconds(histogram, 0.999)),
        time(histogram.getTotalCount() == 0 ? Double.NaN : histogram.getMean() * 1e-9));
  }

  /** Bars over latencies in steps of 1, 2 and 5. */
  private static void histogram(StringBuilder out, Histogram histogram) {
    long total = histogram.getTotalCount();
    if (total == 0) {
      line(out, "no request was answered");
      return;
    }
    double low = 0;
    double high = firstStep(histogram.getMinValue() * 1e-9);
    double largest = histogram.getMaxValue() * 1e-9;
    while (low < largest) {
      long count = histogram.getCountBetweenValues((long) (low * 1e9) + 1, (long) (high * 1e9));
      double share = (double) count / total;
      line(
          out,
          "%9s .. %-9s %-" + BAR + "s %6.2f %%",
          time(low),
          time(high),
          "#".repeat((int) Math.round(share * BAR)),
          100 * share);
      low = high;
      high = nextStep(high);
    }
  }

  private static double firstStep(double seconds) {
    double step = 1e-6;
    while (step < seconds) {
      step = nextStep(step);
    }
    return step;
  }

  private static double nextStep(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step) + 1e-9));
    long digit = Math.round(step / power);
    return digit == 1 ? 2 * power : digit == 2 ? 5 * power : 10 * power;
  }

  private static String time(double seconds) {
    if (Double.isNaN(seconds)) {
      return "-";
    }
    if (seconds == 0) {
      return "0";
    }
    String format = seconds < 1e-3 ? "%.3g us" : seconds < 1 ? "%.4g ms" : "%.4g s";
    double unit = seconds < 1e-3 ? 1e6 : seconds < 1 ? 1e3 : 1;
    return String.format(Locale.ROOT, format, seconds * unit);
  }

  private static String cell(double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static void line(StringBuilder out, String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
