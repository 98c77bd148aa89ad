package io.kiss.kisim.calibrate;

import io.kiss.kisim.serving.BatchCurve;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Batch times of one twin, fitted on its offline rows.
 *
 * <p>Where the server's share of the latency was published, a batch takes its copies in and out and
 * the model's time, all on the GPU, whose copies and kernels run in order; what remains is client
 * and network. An engine that pads batches to powers of two is recognised by times that do not grow
 * between them.
 *
 * <p>Where only the latency was published, client and network have to be told apart. {@code net_ms}
 * of N clients is the mean over requests that cross together, and while one half of the clients is
 * served the other half crosses, so moving one item takes 4 net_ms / N; its median over N is taken
 * off the offline latency, item by item. Where that is more than a tenth, the rest, per item, is
 * made to fall with the batch size (isotonic regression), as that of a GPU does.
 *
 * <p>The error of a fit is the larger of two medians of |fitted / measured - 1| of the offline
 * latency: over all rows, and over those between the smallest and the largest batch, each fitted
 * without itself. The second one sees data that no curve goes through.
 *
 * @param key what was measured
 * @param curve batch times
 * @param hasSplit whether the server's share was published
 * @param clientSecondsPerItem what was taken off for each item; 0 where the split was published
 * @param instances model instances, NaN where the file does not say
 * @param rows offline rows used
 * @param error as above
 */
record OfflineFit(
    BenchmarkKey key,
    BatchCurve curve,
    boolean hasSplit,
    double clientSecondsPerItem,
    double instances,
    int rows,
    double error) {
  private static final double FLAT = 1.03;
  private static final double JUMP = 1.5;
  private static final double NEGLIGIBLE_CLIENT = 0.1;

  static OfflineFit of(BenchmarkKey key, List<BenchmarkRow> offline, List<BenchmarkRow> online) {
    TreeMap<Double, List<BenchmarkRow>> byBatch = new TreeMap<>();
    for (BenchmarkRow row : offline) {
      if (canUse(row)) {
        byBatch.computeIfAbsent(row.batch(), batch -> new ArrayList<>()).add(row);
      }
    }
    boolean split = rows(byBatch).allMatch(BenchmarkRow::hasSplit);
    double perItem = split ? 0 : clientSecondsPerItem(online);
    BatchCurve curve = curve(byBatch, split, perItem);
    double network =
        split ? Medians.of(rows(byBatch).mapToDouble(OfflineFit::beside).toArray()) : 0;
    double error =
        Medians.of(rows(byBatch).mapToDouble(row -> error(row, curve, perItem, network)).toArray());
    double[] leftOut =
        interior(byBatch)
            .mapToDouble(
                row -> {
                  TreeMap<Double, List<BenchmarkRow>> others = new TreeMap<>(byBatch);
                  others.remove(row.batch());
                  return error(row, curve(others, split, perItem), perItem, network);
                })
            .toArray();
    double worse = leftOut.length == 0 ? error : Math.max(error, Medians.of(leftOut));
    double instances = offline.get(0).instances();
    return new OfflineFit(key, curve, split, perItem, instances, offline.size(), worse);
  }

  private static BatchCurve curve(
      TreeMap<Double, List<BenchmarkRow>> byBatch, boolean split, double perItem) {
    return split ? published(byBatch) : withoutClient(byBatch, perItem);
  }

  private static double error(BenchmarkRow row, BatchCurve curve, double perItem, double network) {
    double fitted = curve.seconds(row.batch()) + network + perItem * row.batch();
    return Math.abs(fitted / row.meanSeconds() - 1);
  }

  private static Stream<BenchmarkRow> rows(TreeMap<Double, List<BenchmarkRow>> byBatch) {
    return byBatch.values().stream().flatMap(List::stream);
  }

  private static Stream<BenchmarkRow> interior(TreeMap<Double, List<BenchmarkRow>> byBatch) {
    double first = byBatch.firstKey();
    double last = byBatch.lastKey();
    return rows(byBatch).filter(row -> row.batch() > first && row.batch() < last);
  }

  /** Whether a row is one client's, with a known batch size. */
  static boolean canUse(BenchmarkRow row) {
    return row.batch() > 0 && (Double.isNaN(row.concurrency()) || row.concurrency() == 1);
  }

  /** Latency of a row that is not the server's. */
  private static double beside(BenchmarkRow row) {
    return row.meanSeconds() - row.inputSeconds() - row.inferSeconds() - row.outputSeconds();
  }

  private static double clientSecondsPerItem(List<BenchmarkRow> online) {
    double[] each =
        online.stream()
            .filter(row -> row.networkSeconds() > 0 && row.concurrency() > 1)
            .mapToDouble(
                row ->
                    4
                        * row.networkSeconds()
                        / row.concurrency()
                        / (row.batch() > 0 ? row.batch() : 1))
            .toArray();
    return each.length == 0 ? 0 : Medians.of(each);
  }

  private static BatchCurve published(TreeMap<Double, List<BenchmarkRow>> byBatch) {
    int points = byBatch.size();
    double[] items = new double[points];
    double[] seconds = new double[points];
    int i = 0;
    for (Map.Entry<Double, List<BenchmarkRow>> entry : byBatch.entrySet()) {
      items[i] = entry.getKey();
      seconds[i++] =
          entry.getValue().stream()
              .mapToDouble(row -> row.inputSeconds() + row.inferSeconds() + row.outputSeconds())
              .average()
              .orElseThrow();
    }
    BatchCurve curve = new BatchCurve(items, new double[points], seconds, false);
    return padded(byBatch) ? atPowersOfTwo(curve, items[points - 1]) : curve;
  }

  /** Whether the model's time stands still between batch sizes more than once, and jumps. */
  private static boolean padded(TreeMap<Double, List<BenchmarkRow>> byBatch) {
    int flat = 0;
    int jumps = 0;
    double before = Double.NaN;
    double batchBefore = Double.NaN;
    for (Map.Entry<Double, List<BenchmarkRow>> entry : byBatch.entrySet()) {
      double infer =
          entry.getValue().stream().mapToDouble(BenchmarkRow::inferSeconds).average().orElseThrow();
      if (infer <= FLAT * before && entry.getKey() >= 1.1 * batchBefore) {
        flat++;
      } else if (infer >= JUMP * before) {
        jumps++;
      }
      before = infer;
      batchBefore = entry.getKey();
    }
    return flat >= 2 && jumps >= 1;
  }

  private static BatchCurve atPowersOfTwo(BatchCurve curve, double most) {
    int points = 1 + (int) Math.ceil(Math.log(most) / Math.log(2) - 1e-9);
    double[] items = new double[points];
    double[] seconds = new double[points];
    for (int i = 0; i < points; i++) {
      items[i] = Math.min(most, Math.scalb(1.0, i));
      seconds[i] = Math.max(curve.seconds(items[i]), i == 0 ? 0 : seconds[i - 1]);
    }
    return new BatchCurve(items, new double[points], seconds, true);
  }

  private static BatchCurve withoutClient(
      TreeMap<Double, List<BenchmarkRow>> byBatch, double clientPerItem) {
    int points = byBatch.size();
    double[] items = new double[points];
    double[] perItem = new double[points];
    boolean client = false;
    int i = 0;
    for (Map.Entry<Double, List<BenchmarkRow>> entry : byBatch.entrySet()) {
      double latency =
          entry.getValue().stream().mapToDouble(BenchmarkRow::meanSeconds).average().orElseThrow();
      items[i] = entry.getKey();
      // A tenth at least is the server's, or a slow client would leave it nothing to do.
      perItem[i] = Math.max(0.1 * latency / items[i], latency / items[i] - clientPerItem);
      client |= clientPerItem > NEGLIGIBLE_CLIENT * latency / items[i];
      i++;
    }
    double[] falling = client ? falling(perItem) : perItem;
    double[] seconds = new double[points];
    for (i = 0; i < points; i++) {
      double time = falling[i] * items[i];
      seconds[i] = i == 0 ? time : Math.max(time, seconds[i - 1]);
    }
    return new BatchCurve(items, new double[points], seconds, false);
  }

  /** The nearest sequence (least squares) that never rises: pool adjacent violators. */
  static double[] falling(double[] values) {
    double[] means = new double[values.length];
    int[] sizes = new int[values.length];
    int pools = 0;
    for (double value : values) {
      means[pools] = value;
      sizes[pools++] = 1;
      while (pools > 1 && means[pools - 1] > means[pools - 2]) {
        int size = sizes[pools - 2] + sizes[pools - 1];
        means[pools - 2] =
            (means[pools - 2] * sizes[pools - 2] + means[pools - 1] * sizes[pools - 1]) / size;
        sizes[pools - 2] = size;
        pools--;
      }
    }
    double[] result = new double[values.length];
    int at = 0;
    for (int pool = 0; pool < pools; pool++) {
      Arrays.fill(result, at, at + sizes[pool], means[pool]);
      at += sizes[pool];
    }
    return result;
  }
}
