package io.kiss.kisim.calibrate;

import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.serving.TimeoutAction;
import io.kiss.kisim.time.Delay;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Fits every model of an offline sweep and predicts the rows of an online one that have an offline
 * twin: same model, GPU, precision, backend and accelerator.
 *
 * <p>Of the online file the prediction takes the conditions (clients, items a request, instances,
 * queue delay) and {@code net_ms}, the time in client and network; never a throughput, a latency or
 * a share of the server's.
 */
public final class Calibration {
  /** Instances where the file does not say: what Triton runs unless told otherwise. */
  public static final int ASSUMED_INSTANCES = 1;

  /** Maximum queue delay where the file does not say, seconds: Triton's default. */
  public static final double ASSUMED_DELAY_SECONDS = 0;

  private static final long SEED = 1;

  private final List<OfflineFit> fits = new ArrayList<>();
  private final List<RowPrediction> predictions = new ArrayList<>();
  private final List<String> skipped = new ArrayList<>();
  private int onlineRows;

  private Calibration() {}

  /**
   * Fits and predicts.
   *
   * @param online may be null: then there is nothing to predict
   * @throws CalibrationException where a file cannot be used, naming file, line and column
   */
  public static Calibration run(Path offline, Path online) {
    Map<BenchmarkKey, List<BenchmarkRow>> offlineRows = byKey(BenchmarkFile.read(offline));
    Map<BenchmarkKey, List<BenchmarkRow>> onlineRows =
        online == null ? Map.of() : byKey(BenchmarkFile.read(online));
    Calibration calibration = new Calibration();
    for (List<BenchmarkRow> rows : onlineRows.values()) {
      calibration.onlineRows += rows.size();
    }
    for (Map.Entry<BenchmarkKey, List<BenchmarkRow>> entry : offlineRows.entrySet()) {
      if (entry.getValue().stream().noneMatch(OfflineFit::canUse)) {
        calibration.skipped.add(entry.getKey().toString());
        continue;
      }
      List<BenchmarkRow> twins = onlineRows.getOrDefault(entry.getKey(), List.of());
      OfflineFit fit = OfflineFit.of(entry.getKey(), entry.getValue(), twins);
      calibration.fits.add(fit);
      for (BenchmarkRow row : twins) {
        if (row.concurrency() >= 1) {
          calibration.predictions.add(new RowPrediction(row, predict(fit, row)));
        }
      }
    }
    if (calibration.fits.isEmpty()) {
      throw new CalibrationException(
          offline + ": no row has a batch size and a single client, so there is nothing to fit");
    }
    return calibration;
  }

  private static OnlinePrediction predict(OfflineFit fit, BenchmarkRow row) {
    double network = Double.isNaN(row.networkSeconds()) ? 0 : row.networkSeconds();
    // Requests cross client and network in bursts, one after the other: first to last, evenly.
    return OnlinePrediction.of(
        model(fit, row), (int) row.concurrency(), Delay.uniform(0, 2 * network), SEED);
  }

  static ServiceModel model(OfflineFit fit, BenchmarkRow row) {
    int items = row.batch() >= 1 ? (int) row.batch() : 1;
    double[] sizes = fit.curve().items();
    int maxBatch = (int) Math.max(1, sizes[sizes.length - 1] / items);
    double instances = Double.isNaN(row.instances()) ? fit.instances() : row.instances();
    double delay = Double.isNaN(row.delaySeconds()) ? ASSUMED_DELAY_SECONDS : row.delaySeconds();
    return new ServiceModel(
        fit.key().toString(),
        new DeviceType(fit.key().gpu(), DeviceKind.GPU, 1, 0, 0, 0, 1, "benchmark"),
        new DeviceSharing.Exclusive(),
        fit.curve(),
        ServiceNoise.NONE,
        new DynamicBatching(
            maxBatch,
            new int[0],
            delay,
            instances >= 1 ? (int) instances : ASSUMED_INSTANCES,
            0,
            0,
            TimeoutAction.REJECT),
        items,
        StartUp.INSTANT);
  }

  private static Map<BenchmarkKey, List<BenchmarkRow>> byKey(List<BenchmarkRow> rows) {
    Map<BenchmarkKey, List<BenchmarkRow>> byKey = new LinkedHashMap<>();
    for (BenchmarkRow row : rows) {
      byKey.computeIfAbsent(row.key(), key -> new ArrayList<>()).add(row);
    }
    return byKey;
  }

  List<OfflineFit> fits() {
    return fits;
  }

  List<RowPrediction> predictions() {
    return predictions;
  }

  /** What the offline file has no usable row of: one with a batch size and a single client. */
  List<String> skipped() {
    return skipped;
  }

  /** Rows of the online file. */
  public int onlineRows() {
    return onlineRows;
  }

  /** Rows of the online file that have an offline twin. */
  public int eligibleRows() {
    return predictions.size();
  }

  /** Median over the fits of each one's median error, as a share. */
  public double medianFitError() {
    return Medians.of(fits.stream().mapToDouble(OfflineFit::error).toArray());
  }

  /** What was fitted worse than {@code bound}, as a share, and by how much: one line each. */
  public List<String> worseThan(double bound) {
    return fits.stream()
        .filter(fit -> !(fit.error() <= bound))
        .map(fit -> String.format(Locale.ROOT, "%s: %.0f %%", fit.key(), 100 * fit.error()))
        .toList();
  }

  /** Number of models fitted. */
  public int fitCount() {
    return fits.size();
  }

  /**
   * The fits as service profiles, HOCON.
   *
   * @param bound leaves out those fitted worse, as a share
   */
  public String profiles(double bound) {
    return ProfileText.of(fits.stream().filter(fit -> fit.error() <= bound).toList());
  }

  /** Median absolute error of the predicted throughput, as a share. */
  public double medianThroughputError() {
    return Medians.of(
        predictions.stream().mapToDouble(row -> Math.abs(row.throughputError())).toArray());
  }

  /** Median absolute error of the predicted p95, as a share. */
  public double medianP95Error() {
    return Medians.of(predictions.stream().mapToDouble(row -> Math.abs(row.p95Error())).toArray());
  }
}
