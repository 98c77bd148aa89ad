package io.kiss.cluster.evaluate.report;

import io.kiss.kisim.evaluate.Comparison;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.evaluate.result.RunResult;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/** A line a run, as RFC 4180 has it; what was not measured is empty. */
final class ResultsCsv {
  private static final String END = "\r\n";

  /** docs/results-schema.md says what the columns are. */
  static final List<String> HEADER =
      List.of(
          "trace",
          "seed",
          "autoscaler",
          "cost_at_slo",
          "gpu_share",
          "violating_share",
          "slo_attainment",
          "requests",
          "lost_requests",
          "p50_s",
          "p95_s",
          "p99_s",
          "gpu_hours",
          "needed_gpu_hours",
          "cost",
          "energy_kwh",
          "scaling_actions",
          "flaps",
          "spikes",
          "absorb_s",
          "regret");

  private ResultsCsv() {}

  static String of(EvaluationResults results) {
    Map<String, Map<Long, RunResult>> oracle = Comparison.oracleRuns(results);
    StringBuilder out = new StringBuilder(String.join(",", HEADER)).append(END);
    for (RunResult run : results.runs()) {
      StringJoiner line = new StringJoiner(",");
      line.add(text(run.trace())).add(Long.toString(run.seed())).add(text(run.autoscaler()));
      for (double figure : figures(run)) {
        line.add(number(figure));
      }
      line.add(number(Comparison.regret(run, oracle).orElse(Double.NaN)));
      out.append(line).append(END);
    }
    return out.toString();
  }

  private static double[] figures(RunResult run) {
    return new double[] {
      run.costAtSlo(),
      run.gpuShare(),
      run.violatingShare(),
      run.sloAttainment(),
      run.requests(),
      run.lostRequests(),
      run.p50Seconds(),
      run.p95Seconds(),
      run.p99Seconds(),
      run.gpuHours(),
      run.neededGpuHours(),
      run.cost(),
      run.kilowattHours(),
      run.scalingActions(),
      run.flaps(),
      run.spikes(),
      run.absorbSeconds()
    };
  }

  private static String number(double value) {
    return Double.isFinite(value) ? Numbers.full(value).toPlainString() : "";
  }

  /** Quoted where a comma, a quote or a line's end is in it. */
  private static String text(String value) {
    boolean plain = value.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
    return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
  }
}
