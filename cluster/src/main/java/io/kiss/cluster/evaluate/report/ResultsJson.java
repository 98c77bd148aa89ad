package io.kiss.cluster.evaluate.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.result.EntrantInfo;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.Failure;
import io.kiss.kisim.evaluate.result.Replay;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.evaluate.result.SweepPoint;
import io.kiss.kisim.evaluate.result.TraceInfo;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Everything an evaluation found, as docs/results.schema.json has it. */
final class ResultsJson {
  /** Goes up when a reader of the version before would misread a file. */
  static final int VERSION = 1;

  private final EvaluationResults results;
  private final JsonLines json;

  private ResultsJson(EvaluationResults results, JsonLines json) {
    this.results = results;
    this.json = json;
  }

  static String of(EvaluationResults results, Comparison comparison) throws IOException {
    StringWriter text = new StringWriter();
    DefaultPrettyPrinter lines = new DefaultPrettyPrinter();
    lines.indentObjectsWith(new DefaultIndenter("  ", "\n"));
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      out.setPrettyPrinter(lines);
      new ResultsJson(results, new JsonLines(out)).write(comparison);
    }
    return text.append('\n').toString();
  }

  private void write(Comparison comparison) throws IOException {
    json.open();
    json.text("format", "kiss-evaluation");
    json.number("version", VERSION);
    json.text("command", results.command());
    json.text("kissVersion", results.version());
    json.text("engine", results.engine());
    json.number("violationPrice", results.violationPrice());
    json.list("traces", results.traces(), this::trace);
    json.list("entrants", results.entrants(), this::entrant);
    new ComparisonJson(json).write("summary", comparison);
    Map<String, Map<Long, RunResult>> oracle = Comparison.oracleRuns(results);
    json.list("runs", results.runs(), run -> run(run, oracle));
    json.list("sweep", results.sweep(), this::sweep);
    json.list("replays", results.replays(), this::replay);
    json.list("failures", results.failures(), this::failure);
    json.close();
  }

  private void trace(TraceInfo trace) throws IOException {
    json.text("name", trace.name());
    json.text("source", trace.source());
    json.number("fromSeconds", trace.fromSeconds());
    json.number("seconds", trace.seconds());
    json.number("factor", trace.factor());
    json.text("service", trace.service());
    json.text("device", trace.device());
    json.number("sloSeconds", trace.sloSeconds());
    json.number("startupSeconds", trace.startupSeconds());
    json.number("minReplicas", trace.minReplicas());
    json.number("maxReplicas", trace.maxReplicas());
    json.number("initialReplicas", trace.initialReplicas());
    json.number("replicaCapacity", trace.replicaCapacity());
    json.number("queueTimeoutSeconds", trace.queueTimeoutSeconds());
  }

  private void entrant(EntrantInfo entrant) throws IOException {
    json.text("name", entrant.name());
    json.text("role", word(entrant.role()));
    json.open("settings");
    // The record's map has no order of its own.
    for (Map.Entry<String, String> each : new TreeMap<>(entrant.settings()).entrySet()) {
      json.text(each.getKey(), each.getValue());
    }
    json.close();
    if (!entrant.policySha256().isEmpty()) {
      json.text("policySha256", entrant.policySha256());
    }
  }

  static String word(Enum<?> each) {
    return each.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void run(RunResult run, Map<String, Map<Long, RunResult>> oracle) throws IOException {
    json.text("trace", run.trace());
    json.whole("seed", run.seed());
    json.text("autoscaler", run.autoscaler());
    json.number("costAtSlo", run.costAtSlo());
    json.number("gpuShare", run.gpuShare());
    json.number("violatingShare", run.violatingShare());
    json.number("sloAttainment", run.sloAttainment());
    json.number("requests", run.requests());
    json.number("lostRequests", run.lostRequests());
    json.number("p50Seconds", run.p50Seconds());
    json.number("p95Seconds", run.p95Seconds());
    json.number("p99Seconds", run.p99Seconds());
    json.number("gpuHours", run.gpuHours());
    json.number("neededGpuHours", run.neededGpuHours());
    json.number("cost", run.cost());
    json.number("kilowattHours", run.kilowattHours());
    json.number("scalingActions", run.scalingActions());
    json.number("flaps", run.flaps());
    json.number("spikes", run.spikes());
    json.number("absorbSeconds", run.absorbSeconds());
    if (!oracle.isEmpty()) {
      json.number("regret", Comparison.regret(run, oracle).orElse(Double.NaN));
    }
  }

  private void sweep(SweepPoint point) throws IOException {
    json.text("trace", point.trace());
    json.text("kind", point.kind());
    json.text("settings", point.settings());
    json.number("gpuShare", point.gpuShare());
    json.number("violatingShare", point.violatingShare());
  }

  private void replay(Replay replay) throws IOException {
    json.text("trace", replay.trace());
    json.whole("seed", replay.seed());
    json.text("autoscaler", replay.autoscaler());
    json.number("stepSeconds", replay.stepSeconds());
    json.series("arrivalsPerSecond", replay.arrivalsPerSecond());
    json.series("desired", replay.desired());
    json.series("ready", replay.ready());
    json.series("p95Seconds", replay.p95Seconds());
  }

  private void failure(Failure failure) throws IOException {
    json.text("trace", failure.trace());
    json.whole("seed", failure.seed());
    json.text("autoscaler", failure.autoscaler());
    json.text("reason", failure.reason());
  }
}
