package io.kiss.kisim.autoscale.opponents;

import java.util.ArrayDeque;

/** Samples of the last seconds, the oldest moment included; missing ones are not kept. */
final class SampleWindow {
  private record Sample(double timeSeconds, double value) {}

  private final double seconds;
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  SampleWindow(double seconds) {
    this.seconds = seconds;
  }

  void record(double now, double value) {
    if (!Double.isNaN(value)) {
      samples.addLast(new Sample(now, value));
    }
    while (!samples.isEmpty() && samples.getFirst().timeSeconds() < now - seconds) {
      samples.removeFirst();
    }
  }

  /** The mean, {@code NaN} without samples. */
  double mean() {
    double sum = 0;
    for (Sample sample : samples) {
      sum += sample.value();
    }
    return sum / samples.size();
  }

  /** The largest, {@code NaN} without samples. */
  double max() {
    double largest = Double.NaN;
    for (Sample sample : samples) {
      largest = sample.value() <= largest ? largest : sample.value();
    }
    return largest;
  }
}
