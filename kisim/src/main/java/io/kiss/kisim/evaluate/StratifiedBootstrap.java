package io.kiss.kisim.evaluate;

import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Percentile intervals by resampling the runs of each stratum with replacement, strata kept as they
 * are (Agarwal et al., Deep Reinforcement Learning at the Edge of the Statistical Precipice,
 * NeurIPS 2021, §4). The same seed gives the same interval.
 */
final class StratifiedBootstrap {
  private final int resamples;
  private final double confidence;
  private final long seed;

  StratifiedBootstrap(int resamples, double confidence, long seed) {
    this.resamples = resamples;
    this.confidence = confidence;
    this.seed = seed;
  }

  /** A figure of resampled scores {@code [samples][strata][runs]}. */
  interface Statistic {
    double of(double[][][] samples);
  }

  /**
   * The interval of a statistic of samples whose runs belong together: of each stratum, the same
   * runs are drawn for all.
   */
  Interval paired(Statistic statistic, double[][]... samples) {
    return interval(statistic, true, samples);
  }

  /** The interval of a statistic of samples that have nothing to do with each other. */
  Interval independent(Statistic statistic, double[][]... samples) {
    return interval(statistic, false, samples);
  }

  private Interval interval(Statistic statistic, boolean paired, double[][][] samples) {
    double estimate = statistic.of(samples);
    if (Arrays.stream(samples[0]).allMatch(runs -> runs.length < 2)) {
      return new Interval(estimate, Double.NaN, Double.NaN);
    }
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(seed);
    double[][][] drawn = new double[samples.length][][];
    for (int k = 0; k < samples.length; k++) {
      drawn[k] = Arrays.stream(samples[k]).map(double[]::clone).toArray(double[][]::new);
    }
    double[] values = new double[resamples];
    for (int r = 0; r < resamples; r++) {
      if (paired) {
        drawTogether(samples, drawn, random);
      } else {
        for (int k = 0; k < samples.length; k++) {
          drawTogether(new double[][][] {samples[k]}, new double[][][] {drawn[k]}, random);
        }
      }
      values[r] = statistic.of(drawn);
    }
    Arrays.sort(values);
    int tail = (int) Math.floor((1 - confidence) / 2 * resamples);
    return new Interval(estimate, values[tail], values[resamples - 1 - tail]);
  }

  private static void drawTogether(
      double[][][] samples, double[][][] drawn, UniformRandomProvider random) {
    for (int s = 0; s < samples[0].length; s++) {
      int runs = samples[0][s].length;
      for (int i = 0; i < runs; i++) {
        int from = random.nextInt(runs);
        for (int k = 0; k < samples.length; k++) {
          drawn[k][s][i] = samples[k][s][from];
        }
      }
    }
  }
}
