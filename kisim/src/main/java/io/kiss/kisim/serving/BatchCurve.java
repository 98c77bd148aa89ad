package io.kiss.kisim.serving;

import java.util.Arrays;

/**
 * Time a batch takes on an otherwise idle pod, by its size, from measured points.
 *
 * <p>A batch spends {@code hostSeconds} beside the device (copies, launch), where instances overlap
 * freely, and {@code deviceSeconds} on it, where they share it. Between points times are
 * interpolated linearly, beyond the last the last slope goes on; with {@code padded} a batch takes
 * the time of the next larger point, as engines do that pad a batch to a captured size.
 *
 * @param items batch sizes of the points, items, ascending
 * @param hostSeconds time beside the device at each point
 * @param deviceSeconds time on the device at each point
 * @param padded whether batches are padded up to the next point
 */
public record BatchCurve(
    double[] items, double[] hostSeconds, double[] deviceSeconds, boolean padded) {

  public BatchCurve {
    items = items.clone();
    hostSeconds = hostSeconds.clone();
    deviceSeconds = deviceSeconds.clone();
    if (items.length == 0
        || items.length != hostSeconds.length
        || items.length != deviceSeconds.length) {
      throw new IllegalArgumentException(
          "a batch curve needs as many sizes as times, and has "
              + items.length
              + " sizes, "
              + hostSeconds.length
              + " host and "
              + deviceSeconds.length
              + " device times");
    }
    for (int i = 0; i < items.length; i++) {
      if (!(items[i] > (i == 0 ? 0 : items[i - 1]))) {
        throw new IllegalArgumentException(
            "batch sizes must be positive and ascend, not " + Arrays.toString(items));
      }
      if (!(hostSeconds[i] >= 0
          && deviceSeconds[i] >= 0
          && hostSeconds[i] + deviceSeconds[i] > 0
          && hostSeconds[i] + deviceSeconds[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "a batch of " + items[i] + " must take a positive time on host and device together");
      }
    }
  }

  /** A straight line: {@code fixed} per batch and {@code each} per item, all on the device. */
  public static BatchCurve line(double fixedSeconds, double eachSeconds) {
    return new BatchCurve(
        new double[] {1, 2},
        new double[2],
        new double[] {fixedSeconds + eachSeconds, fixedSeconds + 2 * eachSeconds},
        false);
  }

  @Override
  public double[] items() {
    return items.clone();
  }

  @Override
  public double[] hostSeconds() {
    return hostSeconds.clone();
  }

  @Override
  public double[] deviceSeconds() {
    return deviceSeconds.clone();
  }

  /** Time beside the device for a batch of {@code size} items, seconds. */
  public double hostSeconds(double size) {
    return at(hostSeconds, size, false);
  }

  /** Time on the device for a batch of {@code size} items, seconds. */
  public double deviceSeconds(double size) {
    return at(deviceSeconds, size, padded);
  }

  /** Both together, seconds. */
  public double seconds(double size) {
    return hostSeconds(size) + deviceSeconds(size);
  }

  private double at(double[] times, double size, boolean up) {
    int last = items.length - 1;
    if (last == 0) {
      return times[0];
    }
    if (size <= items[0]) {
      return times[0];
    }
    int next = Arrays.binarySearch(items, size);
    if (next >= 0) {
      return times[next];
    }
    next = Math.min(-next - 1, last);
    if (up && size < items[next]) {
      return times[next];
    }
    double slope = (times[next] - times[next - 1]) / (items[next] - items[next - 1]);
    double value = times[next - 1] + slope * (size - items[next - 1]);
    return Math.max(value, size > items[last] ? times[last] : 0);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BatchCurve that
        && Arrays.equals(items, that.items)
        && Arrays.equals(hostSeconds, that.hostSeconds)
        && Arrays.equals(deviceSeconds, that.deviceSeconds)
        && padded == that.padded;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(deviceSeconds);
  }
}
