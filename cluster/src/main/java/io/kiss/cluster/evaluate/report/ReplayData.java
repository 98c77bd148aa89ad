package io.kiss.cluster.evaluate.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.Replay;
import io.kiss.kisim.evaluate.result.TraceInfo;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;

/**
 * What report.js plots of the replays, made small: no more points than a screen shows. A point is a
 * few control steps: of arrivals the mean, of ready replicas the last, of p95 the worst.
 */
final class ReplayData {
  private static final int MOST_POINTS = 500;
  private static final int ARRIVAL_DIGITS = 3;
  private static final int LATENCY_DIGITS = 2;

  private ReplayData() {}

  /** JSON that may stand inside a script element. */
  static String of(EvaluationResults results, Styles styles) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(text)) {
      JsonLines json = new JsonLines(out);
      json.open();
      json.list(
          "entrants",
          styles.all(),
          style -> {
            json.text("name", style.name());
            json.text("colour", style.colour());
            json.text("dash", style.dash());
            json.whole("shown", style.shown() ? 1 : 0);
          });
      json.list("traces", results.traces(), trace -> trace(out, json, results, styles, trace));
      json.close();
    }
    return text.toString().replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026");
  }

  private static void trace(
      JsonGenerator out, JsonLines json, EvaluationResults results, Styles styles, TraceInfo trace)
      throws IOException {
    List<Replay> replays =
        results.replays().stream().filter(r -> r.trace().equals(trace.name())).toList();
    json.text("name", trace.name());
    json.number("slo", trace.sloSeconds());
    if (replays.isEmpty()) {
      return;
    }
    Replay first = replays.get(0);
    int each = Math.max(1, (first.ready().length + MOST_POINTS - 1) / MOST_POINTS);
    json.number("step", (double) each * first.stepSeconds());
    out.writeArrayFieldStart("needed");
    for (int from = 0; from < first.arrivalsPerSecond().length; from += each) {
      number(
          out,
          meanOf(first.arrivalsPerSecond(), from, each) / trace.replicaCapacity(),
          ARRIVAL_DIGITS);
    }
    out.writeEndArray();
    json.list("series", replays, replay -> series(out, json, styles, replay, each));
  }

  private static void series(
      JsonGenerator out, JsonLines json, Styles styles, Replay replay, int each)
      throws IOException {
    int index = 0;
    List<Styles.Style> all = styles.all();
    while (!all.get(index).name().equals(replay.autoscaler())) {
      index++;
    }
    json.whole("entrant", index);
    short[] ready = replay.ready();
    // Replicas stay for long: only where they change, point and value.
    out.writeArrayFieldStart("ready");
    int before = -1;
    for (int from = 0, point = 0; from < ready.length; from += each, point++) {
      int now = ready[Math.min(ready.length, from + each) - 1];
      if (now != before) {
        out.writeNumber(point);
        out.writeNumber(now);
        before = now;
      }
    }
    out.writeEndArray();
    out.writeArrayFieldStart("p95");
    for (int from = 0; from < ready.length; from += each) {
      number(out, worstOf(replay.p95Seconds(), from, each), LATENCY_DIGITS);
    }
    out.writeEndArray();
  }

  private static void number(JsonGenerator out, double value, int digits) throws IOException {
    if (Double.isFinite(value)) {
      out.writeNumber(Numbers.rounded(value, digits));
    } else {
      out.writeNull();
    }
  }

  private static double meanOf(float[] values, int from, int count) {
    double sum = 0;
    int to = Math.min(values.length, from + count);
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    return sum / (to - from);
  }

  private static double worstOf(float[] values, int from, int count) {
    double worst = Double.NaN;
    for (int i = from; i < Math.min(values.length, from + count); i++) {
      worst =
          Double.isNaN(worst)
              ? values[i]
              : Math.max(worst, Float.isNaN(values[i]) ? worst : values[i]);
    }
    return worst;
  }
}
