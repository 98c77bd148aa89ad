package io.kiss.kisim.scenario;

import io.kiss.kisim.engine.Truth;
import java.util.Locale;

/** Draws a latency distribution as bars over steps of 1, 2 and 5. */
final class LatencyBars {
  private static final int WIDTH = 40;
  private static final double LEAST_SHARE = 1e-4;
  private static final int HALVINGS = 24;

  private LatencyBars() {}

  static String of(Truth truth) {
    double least = truth.latencyQuantile(LEAST_SHARE);
    if (Double.isNaN(least)) {
      return "no request was answered\n";
    }
    double most = truth.latencyQuantile(1 - LEAST_SHARE);
    double low = 0;
    double high = firstStep(least);
    double below = 0;
    StringBuilder out = new StringBuilder();
    while (below < 1) {
      double upTo = high >= most ? 1 : shareBelow(truth, high);
      double share = upTo - below;
      out.append(
          String.format(
              Locale.ROOT,
              "%9s .. %-9s %-" + WIDTH + "s %6.2f %%\n",
              Figures.time(low),
              Figures.time(high),
              "#".repeat((int) Math.round(share * WIDTH)),
              100 * share));
      below = upTo;
      low = high;
      high = nextStep(high);
    }
    return out.toString();
  }

  /** The inverse of the quantile function. */
  private static double shareBelow(Truth truth, double seconds) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (truth.latencyQuantile(middle) <= seconds) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static double firstStep(double seconds) {
    double step = 1e-6;
    while (step < seconds) {
      step = nextStep(step);
    }
    return step;
  }

  private static double nextStep(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step) + 1e-9));
    long digit = Math.round(step / power);
    return digit == 1 ? 2 * power : digit == 2 ? 5 * power : 10 * power;
  }
}
