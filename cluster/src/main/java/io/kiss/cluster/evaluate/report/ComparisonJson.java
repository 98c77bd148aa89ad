package io.kiss.cluster.evaluate.report;

import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.Comparison.Against;
import io.kiss.kisim.evaluate.Comparison.GapClosed;
import io.kiss.kisim.evaluate.Comparison.Lead;
import io.kiss.kisim.evaluate.Comparison.Row;
import io.kiss.kisim.evaluate.Interval;
import io.kiss.kisim.evaluate.Means;
import io.kiss.kisim.evaluate.PerformanceProfile;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/** The comparison inside results.json; what does not apply is absent. */
final class ComparisonJson {
  private final JsonLines json;

  ComparisonJson(JsonLines json) {
    this.json = json;
  }

  void write(String name, Comparison comparison) throws IOException {
    json.open(name);
    json.number("casesCompared", comparison.cases());
    json.number("casesRun", comparison.casesRun());
    json.texts("leftOut", comparison.leftOut());
    name("reference", comparison.reference());
    name("oracle", comparison.oracle());
    name("bestBaseline", comparison.baseline());
    name("bestTunedHere", comparison.baselineHere());
    json.list("leads", comparison.leads(), this::lead);
    json.list("rows", comparison.rows(), this::row);
    json.list("profiles", comparison.profiles(), this::profile);
    json.list(
        "traces",
        comparison.traces(),
        row -> {
          json.text("trace", row.trace());
          json.text("autoscaler", row.autoscaler());
          interval("costAtSlo", row.costAtSlo());
          means(row.means());
        });
    json.close();
  }

  private void name(String key, Optional<String> name) throws IOException {
    if (name.isPresent()) {
      json.text(key, name.get());
    }
  }

  private void lead(Lead lead) throws IOException {
    json.text("one", lead.one());
    json.text("other", lead.other());
    json.text("otherRole", ResultsJson.word(lead.otherRole()));
    interval("relative", lead.relative());
    against("against", lead.against());
  }

  private void row(Row row) throws IOException {
    json.text("autoscaler", row.autoscaler());
    json.text("role", ResultsJson.word(row.role()));
    if (row.rank() > 0) {
      json.number("rank", row.rank());
    }
    json.texts("tiedWith", row.tiedWith());
    interval("costAtSlo", row.costAtSlo());
    if (row.against().isPresent()) {
      against("againstReference", row.against().get());
    }
    if (row.regret().isPresent()) {
      interval("regret", row.regret().get());
    }
    gap("gapClosed", row.gapClosed());
    gap("gapClosedFromTunedHere", row.gapClosedHere());
    means(row.means());
  }

  private void against(String key, Against against) throws IOException {
    json.open(key);
    interval("difference", against.difference());
    json.text("verdict", ResultsJson.word(against.verdict()));
    interval("probabilityOfImprovement", against.improvement());
    json.number("wins", against.wins());
    json.number("losses", against.losses());
    json.close();
  }

  private void gap(String key, Optional<GapClosed> gap) throws IOException {
    if (gap.isPresent()) {
      json.open(key);
      json.text("from", gap.get().from());
      interval("median", gap.get().median());
      json.number("cases", gap.get().cases());
      json.close();
    }
  }

  private void means(Means means) throws IOException {
    json.open("means");
    json.number("runs", means.runs());
    json.number("costAtSlo", means.costAtSlo());
    json.number("gpuShare", means.gpuShare());
    json.number("violatingShare", means.violatingShare());
    json.number("sloAttainment", means.sloAttainment());
    json.number("gpuHours", means.gpuHours());
    json.number("cost", means.cost());
    json.number("kilowattHours", means.kilowattHours());
    json.number("requests", means.requests());
    json.number("lostRequests", means.lostRequests());
    json.number("p50Seconds", means.p50Seconds());
    json.number("p95Seconds", means.p95Seconds());
    json.number("p99Seconds", means.p99Seconds());
    json.number("scalingActions", means.scalingActions());
    json.number("flaps", means.flaps());
    json.number("spikes", means.spikes());
    json.number("absorbSeconds", means.absorbSeconds());
    json.close();
  }

  private void profile(PerformanceProfile profile) throws IOException {
    json.text("autoscaler", profile.autoscaler());
    json.numbers("thresholds", profile.thresholds());
    json.numbers(
        "shares", Arrays.stream(profile.shares()).mapToDouble(Interval::estimate).toArray());
  }

  private void interval(String key, Interval interval) throws IOException {
    json.open(key);
    json.number("estimate", interval.estimate());
    json.number("low", interval.low());
    json.number("high", interval.high());
    json.close();
  }
}
