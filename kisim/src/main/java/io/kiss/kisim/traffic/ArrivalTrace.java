package io.kiss.kisim.traffic;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** Recorded arrivals: requests per bin, all bins of one length. Immutable. */
public final class ArrivalTrace {
  private final String name;
  private final int binSeconds;
  private final double[] counts;

  /**
   * Makes a trace.
   *
   * @param binSeconds length of a bin, at least 1
   * @param counts requests in each bin, none negative; copied
   */
  public ArrivalTrace(String name, int binSeconds, double[] counts) {
    if (binSeconds < 1) {
      throw new IllegalArgumentException(name + ": a bin must last at least 1 s");
    }
    if (counts.length == 0) {
      throw new IllegalArgumentException(name + ": a trace needs at least one bin");
    }
    for (double count : counts) {
      if (!(count >= 0) || Double.isInfinite(count)) {
        throw new IllegalArgumentException(name + ": a bin holds " + count + " requests");
      }
    }
    this.name = name;
    this.binSeconds = binSeconds;
    this.counts = counts.clone();
  }

  /**
   * Reads {@code second,requests[,…]} lines under a header, gzip or not.
   *
   * @throws TraceFormatException if the file is no trace; names file, line and what is wrong
   * @throws IOException if the file cannot be read
   */
  public static ArrivalTrace read(Path file) throws IOException {
    return TraceReader.read(file);
  }

  /** Name of the file it was read from, without its {@code .csv} and {@code .gz}. */
  public String name() {
    return name;
  }

  /** Length of a bin, seconds. */
  public int binSeconds() {
    return binSeconds;
  }

  /** Requests in each bin; a copy. */
  public double[] counts() {
    return counts.clone();
  }

  /** Length of the trace, seconds. */
  public int durationSeconds() {
    return Math.multiplyExact(binSeconds, counts.length);
  }

  /** Requests of the whole trace. */
  public double totalRequests() {
    return Arrays.stream(counts).sum();
  }

  /** Requests per second over the whole trace. */
  public double meanRate() {
    return totalRequests() / durationSeconds();
  }

  /**
   * The highest mean rate of any stretch of bins.
   *
   * @param overSeconds length of the stretch; at least a bin, at most the trace is taken
   */
  public double peakRate(int overSeconds) {
    int bins = Math.max(1, Math.min(counts.length, overSeconds / binSeconds));
    double sum = 0;
    double highest = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[i];
      if (i >= bins) {
        sum -= counts[i - bins];
      }
      if (i >= bins - 1) {
        highest = Math.max(highest, sum);
      }
    }
    return highest / (bins * (double) binSeconds);
  }

  /**
   * The same shape at another level: its busiest minute has this rate.
   *
   * @param peakRate requests per second
   */
  public ArrivalTrace scaledToPeak(double peakRate) {
    double present = peakRate(60);
    if (!(present > 0)) {
      throw new IllegalArgumentException(name + " has no request, so no level to scale");
    }
    return scaledBy(peakRate / present);
  }

  /** The same shape with every bin multiplied. */
  public ArrivalTrace scaledBy(double factor) {
    return new ArrivalTrace(name, binSeconds, Arrays.stream(counts).map(c -> c * factor).toArray());
  }

  /**
   * The bins from one time to another, in seconds since the trace's start.
   *
   * @param from rounded down to a bin
   * @param to rounded up to a bin, at most the trace's end
   */
  public ArrivalTrace window(int from, int to) {
    int firstBin = from / binSeconds;
    int lastBin = Math.min(counts.length, -Math.floorDiv(-to, binSeconds));
    if (from < 0 || firstBin >= lastBin) {
      throw new IllegalArgumentException(
          name + " lasts " + durationSeconds() + " s: it has no window " + from + ".." + to);
    }
    return new ArrivalTrace(name, binSeconds, Arrays.copyOfRange(counts, firstBin, lastBin));
  }

  /**
   * Rates at every second, requests per second. Inside a bin the rate runs in two straight pieces
   * between its edges, where it meets its neighbours; each bin keeps its total.
   */
  public float[] ratesPerSecond() {
    float[] rates = new float[durationSeconds()];
    for (int b = 0; b < counts.length; b++) {
      fillBin(b, rates);
    }
    return rates;
  }

  private void fillBin(int b, float[] rates) {
    double mean = counts[b] / binSeconds;
    double left = edge(b);
    double right = edge(b + 1);
    double middle = 2 * mean - (left + right) / 2;
    double half = binSeconds / 2.0;
    double sum = 0;
    int start = b * binSeconds;
    for (int s = 0; s < binSeconds; s++) {
      double at = s + 0.5;
      double rate =
          at <= half
              ? left + (middle - left) * at / half
              : middle + (right - middle) * (at - half) / half;
      rates[start + s] = (float) rate;
      sum += rate;
    }
    // A bin of an odd length bends in the middle of a second: put its total right.
    float correction = sum > 0 ? (float) (counts[b] / sum) : 0;
    for (int s = 0; s < binSeconds; s++) {
      rates[start + s] *= correction;
    }
  }

  /** Rate at the left edge of bin {@code b}: low enough that no middle becomes negative. */
  private double edge(int b) {
    double before = counts[Math.max(0, b - 1)] / binSeconds;
    double after = counts[Math.min(counts.length - 1, b)] / binSeconds;
    return Math.min((before + after) / 2, 2 * Math.min(before, after));
  }
}
