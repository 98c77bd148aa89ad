package io.kiss.cluster.scaling;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.scaler.LiveMetrics;
import io.kiss.kisim.autoscale.Guard;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Scalers of many Deployments for long, on a clock that runs fast, and every now and then something
 * fails: whether what they hold grows, in memory and on disk. Arguments: namespaces, Deployments in
 * each, seconds of the clusters' clock in one of the wall's, minutes of the wall's, seed of the
 * faults; and, where they are not to be kept as long as usual, seconds of the wall's that decisions
 * are kept for.
 */
public final class ScalersSoak {
  private static final double TICK_SECONDS = 15;

  /** Of the wall: between two looks at the heap, between faults, and how long each lasts. */
  private static final double LOOK_SECONDS = 15;

  private static final double FAULT_EVERY_SECONDS = 10;
  private static final double FAULT_SECONDS = 3;

  private ScalersSoak() {}

  /**
   * What was seen.
   *
   * @param bytes of live objects, look by look
   * @param fileBytes of the database, look by look
   * @param mostOwed records that waited for the journal, looked at twice a second
   * @param bytesAnHour by which they grow, an hour of the wall's: least squares over all but the
   *     first quarter, in which caches fill
   * @param uncertainty of that: two standard errors
   */
  record Seen(
      long decisions,
      long holds,
      long abandoned,
      Map<DecisionRecord.Outcome, Long> outcomes,
      Map<Guard, Long> vetoes,
      Map<StandInCluster.Fault, Integer> faults,
      List<Double> seconds,
      List<Long> bytes,
      List<Long> fileBytes,
      long mostOwed,
      double bytesAnHour,
      double uncertainty) {}

  public static void main(String[] arguments) throws IOException {
    System.setProperty("kiss.home", "..");
    run(
        Integer.parseInt(arguments[0]),
        Integer.parseInt(arguments[1]),
        Double.parseDouble(arguments[2]),
        60 * Double.parseDouble(arguments[3]),
        Long.parseLong(arguments[4]),
        arguments.length > 5 ? Optional.of(arguments[5] + "s") : Optional.empty());
    System.exit(0);
  }

  /**
   * Runs one.
   *
   * @param retention of decisions, as the setting has it; empty: the usual one
   */
  static Seen run(
      int namespaces,
      int deployments,
      double acceleration,
      double wall,
      long seed,
      Optional<String> retention)
      throws IOException {
    StandInCluster cluster = new StandInCluster(deployments, acceleration);
    Map<String, Object> settings =
        retention
            .<Map<String, Object>>map(kept -> Map.of("kiss.decisions.retention", kept))
            .orElse(Map.of());
    try (ScalersNode node = new ScalersNode(cluster, namespaces, TICK_SECONDS, settings)) {
      node.push(node.register().get(0), 0);
      int scalers = node.attachAll();
      System.out.printf(
          "%d scalers, %.0f s of the wall are %.1f h of theirs; seed %d%n",
          scalers, wall, acceleration * wall / 3600, seed);
      Seen seen = watch(node, cluster, wall, seed);
      print(seen);
      System.out.printf(
          "at most %d records waited for the journal, %d at the end, %d were lost%n",
          seen.mostOwed(), node.metrics().owedRecords(), node.metrics().lostRecords());
      return seen;
    }
  }

  private static Seen watch(ScalersNode node, StandInCluster cluster, double wall, long seed) {
    LiveMetrics metrics = node.metrics();
    var random = RandomSource.XO_SHI_RO_256_PP.create(seed);
    StandInCluster.Fault[] faults = StandInCluster.Fault.values();
    Map<StandInCluster.Fault, Integer> broken = new EnumMap<>(StandInCluster.Fault.class);
    List<Double> seconds = new ArrayList<>();
    List<Long> bytes = new ArrayList<>();
    List<Long> fileBytes = new ArrayList<>();
    long mostOwed = 0;
    long begun = System.nanoTime();
    double nextLook = LOOK_SECONDS;
    double nextFault = FAULT_EVERY_SECONDS;
    while (since(begun) < wall) {
      if (since(begun) >= nextFault) {
        StandInCluster.Fault fault = faults[1 + random.nextInt(faults.length - 1)];
        broken.merge(fault, 1, Integer::sum);
        cluster.breaks(fault);
        ScalersNode.wait(FAULT_SECONDS);
        cluster.breaks(StandInCluster.Fault.NONE);
        nextFault = since(begun) + FAULT_EVERY_SECONDS;
      }
      if (since(begun) >= nextLook) {
        seconds.add(since(begun));
        bytes.add(ScalersNode.heap());
        fileBytes.add(node.fileBytes());
        System.out.printf(
            Locale.ROOT,
            "%5.0f s: %.2f MiB, file %.0f MiB, %d decisions%n",
            since(begun),
            bytes.get(bytes.size() - 1) / (double) (1 << 20),
            fileBytes.get(fileBytes.size() - 1) / (double) (1 << 20),
            metrics.decisions());
        nextLook = since(begun) + LOOK_SECONDS;
      }
      mostOwed = Math.max(mostOwed, metrics.owedRecords());
      ScalersNode.wait(Math.max(0.01, Math.min(0.5, Math.min(nextFault, nextLook) - since(begun))));
    }
    return seen(metrics, broken, seconds, bytes, fileBytes, mostOwed);
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) * 1e-9;
  }

  private static Seen seen(
      LiveMetrics metrics,
      Map<StandInCluster.Fault, Integer> faults,
      List<Double> seconds,
      List<Long> bytes,
      List<Long> fileBytes,
      long mostOwed) {
    Map<DecisionRecord.Outcome, Long> outcomes = new EnumMap<>(DecisionRecord.Outcome.class);
    for (DecisionRecord.Outcome outcome : DecisionRecord.Outcome.values()) {
      outcomes.put(outcome, metrics.outcomes(outcome));
    }
    Map<Guard, Long> vetoes = new EnumMap<>(Guard.class);
    for (Guard guard : Guard.values()) {
      vetoes.put(guard, metrics.vetoes(guard));
    }
    int from = seconds.size() / 4;
    double[] line = line(seconds.subList(from, seconds.size()), bytes.subList(from, bytes.size()));
    return new Seen(
        metrics.decisions(),
        metrics.holds(),
        metrics.abandonedTicks(),
        outcomes,
        vetoes,
        faults,
        seconds,
        bytes,
        fileBytes,
        mostOwed,
        3600 * line[0],
        3600 * 2 * line[1]);
  }

  /** Slope of a line by least squares, and its standard error. */
  private static double[] line(List<Double> x, List<Long> y) {
    int n = x.size();
    double meanX = x.stream().mapToDouble(each -> each).average().orElseThrow();
    double meanY = y.stream().mapToDouble(each -> each).average().orElseThrow();
    double squares = 0;
    double products = 0;
    for (int i = 0; i < n; i++) {
      squares += (x.get(i) - meanX) * (x.get(i) - meanX);
      products += (x.get(i) - meanX) * (y.get(i) - meanY);
    }
    double slope = products / squares;
    double rest = 0;
    for (int i = 0; i < n; i++) {
      double off = y.get(i) - meanY - slope * (x.get(i) - meanX);
      rest += off * off;
    }
    return new double[] {slope, Math.sqrt(rest / (n - 2) / squares)};
  }

  private static void print(Seen seen) {
    System.out.printf(
        Locale.ROOT,
        "%d decisions, %d of them holds, %d ticks abandoned; %s; vetoes %s; faults %s%n",
        seen.decisions(),
        seen.holds(),
        seen.abandoned(),
        seen.outcomes(),
        seen.vetoes(),
        seen.faults());
    System.out.printf(
        Locale.ROOT,
        "live objects %.2f MiB at the first look, %.2f MiB at the last; slope %.2f ± %.2f MiB an"
            + " hour of the wall's%n",
        seen.bytes().get(0) / (double) (1 << 20),
        seen.bytes().get(seen.bytes().size() - 1) / (double) (1 << 20),
        seen.bytesAnHour() / (1 << 20),
        seen.uncertainty() / (1 << 20));
  }
}
