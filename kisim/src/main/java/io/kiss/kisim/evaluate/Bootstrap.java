package io.kiss.kisim.evaluate;

import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Percentile bootstrap of a median (Efron and Tibshirani, An Introduction to the Bootstrap, §13).
 */
final class Bootstrap {
  private static final int RESAMPLES = 4000;

  private Bootstrap() {}

  /**
   * The interval that holds the median of what {@code values} were drawn from.
   *
   * @param confidence such as 0.95
   * @return lower and upper end
   */
  static double[] medianInterval(double[] values, double confidence, long seed) {
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(seed);
    double[] medians = new double[RESAMPLES];
    double[] sample = new double[values.length];
    for (int r = 0; r < RESAMPLES; r++) {
      for (int i = 0; i < sample.length; i++) {
        sample[i] = values[random.nextInt(values.length)];
      }
      medians[r] = median(sample);
    }
    Arrays.sort(medians);
    double tail = (1 - confidence) / 2;
    int low = (int) Math.floor(tail * RESAMPLES);
    return new double[] {medians[low], medians[RESAMPLES - 1 - low]};
  }

  /** The median; sorts a copy. */
  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
