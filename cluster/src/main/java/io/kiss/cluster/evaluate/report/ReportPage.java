package io.kiss.cluster.evaluate.report;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.RunResult;
import io.kiss.kisim.evaluate.result.TraceInfo;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The page: templates under resources/report, filled in. Mustache escapes what it is given, and
 * names come from users; what is not escaped is our own and the data, which escapes itself.
 */
final class ReportPage {
  private static final String OWN = "/report/";
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/";

  /**
   * A trace on the page.
   *
   * @param index of it in the data
   * @param name of the trace
   * @param about it, in a line
   * @param replayed whether there is a replay to plot
   * @param table of means
   */
  record TraceSection(int index, String name, String about, boolean replayed, Tables.Table table) {}

  private ReportPage() {}

  static String of(EvaluationResults results, Comparison comparison) throws IOException {
    Styles styles = new Styles(results, comparison);
    Verdicts verdicts = new Verdicts(comparison);
    Map<String, Object> page = new HashMap<>();
    page.put("headline", verdicts.headline());
    page.put("more", verdicts.more());
    page.put("figures", verdicts.figures());
    page.put("reference", comparison.reference().orElse(""));
    page.put("hasOracle", comparison.oracle().isPresent());
    page.put("legend", styles.all());
    page.put("hasRows", !comparison.rows().isEmpty());
    page.put("costs", IntervalPlot.costs(comparison, styles));
    page.put("improvements", IntervalPlot.improvements(comparison, styles));
    page.put("several", comparison.rows().size() > 1);
    page.put("pareto", new ParetoPlots(results, comparison, styles).all());
    page.put("hasSweep", !results.sweep().isEmpty());
    page.put("profile", ProfilePlot.of(comparison, styles));
    page.put("traces", traces(results, comparison, styles));
    page.put("ranking", Tables.ranking(comparison, styles));
    page.put("settings", Tables.settings(results));
    page.put("failures", results.failures());
    page.put("hasFailures", !results.failures().isEmpty());
    page.put("command", results.command());
    page.put("version", results.version());
    page.put("engine", results.engine().equals("fluid") ? "fluid" : "request-level");
    page.put("price", Show.trimmed(results.violationPrice()));
    page.put("cases", comparison.cases());
    page.put("caseWord", comparison.cases() == 1 ? "case" : "cases");
    page.put("traceCount", results.traces().size());
    page.put("traceWord", results.traces().size() == 1 ? "trace" : "traces");
    page.put("seedText", seeds(results));
    page.put("css", resource(OWN + "report.css"));
    page.put("js", resource(OWN + "report.js"));
    page.put("uplotLicence", resource(UPLOT + "LICENSE"));
    page.put("uplotCss", resource(UPLOT + "dist/uPlot.min.css"));
    page.put("uplotJs", resource(UPLOT + "dist/uPlot.iife.min.js"));
    page.put("data", ReplayData.of(results, styles));
    return template().execute(page);
  }

  private static Template template() {
    return Mustache.compiler()
        .emptyStringIsFalse(true)
        .withLoader(name -> new StringReader(unchecked(OWN + name + ".mustache")))
        .compile(unchecked(OWN + "report.mustache"));
  }

  private static String seeds(EvaluationResults results) {
    long seeds = results.runs().stream().mapToLong(RunResult::seed).distinct().count();
    return seeds + (seeds == 1 ? " seed" : " seeds");
  }

  private static List<TraceSection> traces(
      EvaluationResults results, Comparison comparison, Styles styles) {
    List<TraceSection> sections = new ArrayList<>();
    for (TraceInfo trace : results.traces()) {
      sections.add(
          new TraceSection(
              sections.size(),
              trace.name(),
              Tables.describe(trace),
              results.replays().stream().anyMatch(r -> r.trace().equals(trace.name())),
              Tables.trace(trace.name(), comparison, styles, results)));
    }
    return sections;
  }

  private static String unchecked(String path) {
    try {
      return resource(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String resource(String path) throws IOException {
    try (InputStream in = ReportPage.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IOException("this build lacks " + path);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
