package io.kiss.kisim.fluid;

import io.kiss.kisim.request.RequestEngine;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.time.ExactSum;
import io.kiss.kisim.time.Nanos;
import io.kiss.kisim.traffic.pattern.LoadPatterns;
import io.kiss.kisim.traffic.pattern.OpenLoad;
import io.kiss.kisim.traffic.pattern.PatternRate;
import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Measures the steady states of a shape on the request-level engine. Always the same seeds, so that
 * a shape has one table, bit for bit.
 */
final class StationaryMeasurement {
  private static final long SEED = 20250707;

  /** Requests of a run at a light load. */
  private static final double REQUESTS = 12_000;

  /** More for heavy loads, in which the queue forgets slowly: this over (1 − load)². */
  private static final double REQUESTS_OF_MEMORY = 4_500;

  /** Share of a run that comes before what is measured. */
  private static final double WARM_UP = 0.15;

  private static final double CAPACITY_REQUESTS = 12_000;
  private static final int SAMPLES = 480;

  private final ServiceShape shape;
  private final int pods;
  private double capacity;

  private StationaryMeasurement(ServiceShape shape, int pods) {
    this.shape = shape;
    this.pods = pods;
  }

  /** Measures all loads of a number of pods. */
  static StationaryRow of(ServiceShape shape, int pods) {
    return new StationaryMeasurement(shape, pods).row();
  }

  private StationaryRow row() {
    int loads = StationaryRow.LOADS.length;
    capacity = measureCapacity();
    StationaryRow row =
        new StationaryRow(
            pods,
            capacity,
            new double[loads],
            new double[loads],
            new double[loads],
            new double[loads * StationaryRow.SHARES.length],
            new double[loads * StationaryRow.QUEUE_SHARES]);
    for (int i = 0; i < loads; i++) {
      measure(row, i);
    }
    return row;
  }

  /** Throughput while every queue is full. */
  private double measureCapacity() {
    ServiceModel service = shape.service();
    DynamicBatching batching = service.batching();
    double items = (double) batching.maxBatch() * service.itemsPerRequest();
    double alone =
        service.curve().hostSeconds(items)
            + service.curve().deviceSeconds(items) / service.sharing().speed();
    double most = pods * batching.instances() * batching.maxBatch() / alone;
    RequestEngine engine = engine(1.5 * most, SEED);
    double seconds = CAPACITY_REQUESTS / most + 40 * alone;
    engine.advanceTo(Nanos.of(0.3 * seconds));
    long before = engine.counts().served();
    engine.advanceTo(Nanos.of(seconds));
    return (engine.counts().served() - before) / (0.7 * seconds);
  }

  private void measure(StationaryRow row, int i) {
    double load = StationaryRow.LOADS[i];
    double rate = load * capacity;
    double scatter = shape.service().noise().cv();
    double variety = Math.min(4, 0.5 * (1 + Math.max(shape.cv() * shape.cv(), scatter * scatter)));
    double memory = REQUESTS_OF_MEMORY * variety / ((1 - load) * (1 - load) * Math.sqrt(pods));
    double seconds = (REQUESTS * variety + memory) / rate;
    RequestEngine engine = engine(rate, SEED + i);
    Histogram latencies = new Histogram(1000, 86_400L * Nanos.PER_SECOND, 3);
    engine.advanceTo(Nanos.of(WARM_UP * seconds));
    engine.drainLatencies(latencies);
    latencies.reset();
    final long from = engine.nowNanos();
    final double area = engine.counts().area().doubleValue();
    final long served = engine.counts().served();
    ExactSum waits = new ExactSum();
    waits.set(engine.counts().waits());
    final double busy = engine.fleet().busyDeviceSeconds(from);
    final double serving = engine.fleet().servingDeviceSeconds(from);
    long[] queued = new long[SAMPLES];
    for (int s = 0; s < SAMPLES; s++) {
      engine.advanceTo(from + Nanos.of((s + 1) * (1 - WARM_UP) * seconds / SAMPLES));
      queued[s] = engine.fleet().queued();
    }
    long to = engine.nowNanos();
    double span = to - from;
    row.content()[i] = (engine.counts().area().doubleValue() - area) / span;
    row.waits()[i] =
        engine.counts().waits().minus(waits) * 1e-9 / (engine.counts().served() - served);
    row.busy()[i] =
        (engine.fleet().busyDeviceSeconds(to) - busy)
            / (engine.fleet().servingDeviceSeconds(to) - serving);
    engine.drainLatencies(latencies);
    keepQuantiles(row, i, latencies, queued);
  }

  private static void keepQuantiles(StationaryRow row, int i, Histogram latencies, long[] queued) {
    int shares = StationaryRow.SHARES.length;
    for (int p = 0; p < shares; p++) {
      double share = StationaryRow.SHARES[p];
      long nanos =
          share == 0 ? latencies.getMinValue() : latencies.getValueAtPercentile(100 * share);
      row.latencies()[i * shares + p] = Nanos.toSeconds(nanos);
    }
    Arrays.sort(queued);
    for (int q = 0; q < StationaryRow.QUEUE_SHARES; q++) {
      int at = (int) ((q + 0.5) / StationaryRow.QUEUE_SHARES * SAMPLES);
      row.queues()[i * StationaryRow.QUEUE_SHARES + q] = queued[at];
    }
  }

  private RequestEngine engine(double rate, long seed) {
    OpenLoad load =
        new OpenLoad(
            new PatternRate(
                LoadPatterns.constant(rate), Double.MAX_VALUE, Double.POSITIVE_INFINITY),
            shape.cv(),
            RandomSource.XO_RO_SHI_RO_128_PP.create(seed));
    return new RequestEngine(shape.service(), shape.routing(), load, pods, seed);
  }
}
