package io.kiss.kisim.calibrate;

import io.kiss.kisim.text.Json;

/** A calibration as programs read it; docs/command-json.md says what is in it. */
public final class CalibrationJson {
  private CalibrationJson() {}

  /**
   * One JSON object; what was not measured is null.
   *
   * @param bound largest error of a fit that is accepted, as a share
   * @param force whether worse fits are accepted, too
   */
  public static String of(Calibration calibration, double bound, boolean force) {
    Json json = new Json();
    json.open("");
    json.put("bound", bound);
    json.openList("fits");
    for (OfflineFit fit : calibration.fits()) {
      json.open("");
      key(json, fit.key());
      json.put("rows", fit.rows());
      json.put("error", fit.error());
      json.put("accepted", force || fit.error() <= bound);
      json.put("serverShareMeasured", fit.hasSplit());
      json.put("clientSecondsPerItem", fit.clientSecondsPerItem());
      json.put("padded", fit.curve().padded());
      json.close();
    }
    json.closeList();
    json.openList("skipped");
    calibration.skipped().forEach(key -> json.put("", key));
    json.closeList();
    json.put("onlineRows", calibration.onlineRows());
    json.openList("predictions");
    calibration.predictions().forEach(row -> prediction(json, row));
    json.closeList();
    json.open("medianAbsoluteError");
    json.put("fit", calibration.medianFitError());
    json.put("throughput", calibration.medianThroughputError());
    json.put("p95", calibration.medianP95Error());
    json.close();
    json.close();
    return json.toString();
  }

  private static void key(Json json, BenchmarkKey key) {
    json.put("model", key.model());
    json.put("gpu", key.gpu());
    json.put("precision", key.precision());
    json.put("backend", key.backend());
    json.put("accelerator", key.accel());
  }

  private static void prediction(Json json, RowPrediction row) {
    json.open("");
    json.put("line", row.row().line());
    key(json, row.row().key());
    json.put("clients", row.row().concurrency());
    json.put("measuredThroughput", row.row().throughput());
    json.put("predictedThroughput", row.predicted().throughput());
    json.put("throughputError", row.throughputError());
    json.put("measuredP95Seconds", row.row().p95Seconds());
    json.put("predictedP95Seconds", row.predicted().p95Seconds());
    json.put("p95Error", row.p95Error());
    json.put("littleError", row.littleError());
    json.close();
  }
}
