package io.kiss.kisim.calibrate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A calibration as people read it. */
public final class CalibrationReport {
  private static final int WORST = 10;

  private final Calibration calibration;
  private final StringBuilder out = new StringBuilder();

  private CalibrationReport(Calibration calibration) {
    this.calibration = calibration;
  }

  /** Fit errors, prediction errors by twin, the worst rows, and the medians over all rows. */
  public static String of(Calibration calibration) {
    CalibrationReport report = new CalibrationReport(calibration);
    report.fits();
    report.skipped();
    if (calibration.onlineRows() > 0) {
      report.predictions();
      report.worst();
      report.summary();
    }
    return report.out.toString();
  }

  private void fits() {
    line("Fit on the offline rows (median error of the latency):");
    for (OfflineFit fit : calibration.fits()) {
      line(
          "  %-78s %3d rows  %5.1f %%  %s%s",
          fit.key(),
          fit.rows(),
          100 * fit.error(),
          fit.hasSplit() ? "server's share published" : client(fit),
          fit.curve().padded() ? ", padded to powers of two" : "");
    }
  }

  private void skipped() {
    for (String key : calibration.skipped()) {
      line("  %-78s skipped: no row with a batch size and a single client", key);
    }
  }

  private static String client(OfflineFit fit) {
    return String.format(
        Locale.ROOT, "client taken off: %.3f ms an item", 1e3 * fit.clientSecondsPerItem());
  }

  private void predictions() {
    line("");
    line("Prediction of the online rows (median absolute error, bias = median of the signed one):");
    line("  %-78s %4s  %10s %8s  %10s %8s", "", "rows", "throughput", "bias", "p95", "bias");
    Map<BenchmarkKey, List<RowPrediction>> byKey = new LinkedHashMap<>();
    for (RowPrediction row : calibration.predictions()) {
      byKey.computeIfAbsent(row.row().key(), key -> new ArrayList<>()).add(row);
    }
    byKey.forEach((key, rows) -> errors(key.toString(), rows));
    errors("all", calibration.predictions());
  }

  private void errors(String name, List<RowPrediction> rows) {
    double[] throughput = rows.stream().mapToDouble(RowPrediction::throughputError).toArray();
    double[] p95 = rows.stream().mapToDouble(RowPrediction::p95Error).toArray();
    line(
        "  %-78s %4d  %8.1f %% %+6.1f %%  %8.1f %% %+6.1f %%",
        name,
        rows.size(),
        100 * Medians.of(absolute(throughput)),
        100 * Medians.of(throughput),
        100 * Medians.of(absolute(p95)),
        100 * Medians.of(p95));
  }

  private static double[] absolute(double[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = Math.abs(values[i]);
    }
    return result;
  }

  private void worst() {
    line("");
    line("Worst rows (Little: how far the measured throughput is from clients / mean latency):");
    calibration.predictions().stream()
        .sorted(
            Comparator.comparingDouble(
                row -> -Math.max(Math.abs(row.throughputError()), absoluteOrZero(row.p95Error()))))
        .limit(WORST)
        .forEach(
            row ->
                line(
                    "  line %4d  %-70s %4.0f clients: throughput %+6.1f %%, p95 %+6.1f %%, Little"
                        + " %+5.1f %%",
                    row.row().line(),
                    row.row().key(),
                    row.row().concurrency(),
                    100 * row.throughputError(),
                    100 * row.p95Error(),
                    100 * row.littleError()));
  }

  private static double absoluteOrZero(double value) {
    return Double.isNaN(value) ? 0 : Math.abs(value);
  }

  private void summary() {
    line("");
    line(
        "%d of %d online rows have an offline twin. Where a column is empty: %d instance, queue"
            + " delay %.0f us, one item a request, largest batch = largest offline batch.",
        calibration.eligibleRows(),
        calibration.onlineRows(),
        Calibration.ASSUMED_INSTANCES,
        1e6 * Calibration.ASSUMED_DELAY_SECONDS);
    line("Client and network of the online rows: their net_ms, uniform between 0 and twice that.");
    line(
        "Median absolute error: throughput %.1f %%, p95 %.1f %%; of the fits %.1f %%.",
        100 * calibration.medianThroughputError(),
        100 * calibration.medianP95Error(),
        100 * calibration.medianFitError());
  }

  private void line(String format, Object... arguments) {
    out.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
