package io.kiss.kisim.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.commons.statistics.distribution.TDistribution;

/** A mean over independent runs, one a seed, and its 99 % confidence interval. */
record Estimate(double mean, double halfWidth, int runs) {

  static <T> Estimate of(List<T> results, ToDoubleFunction<T> value) {
    int runs = results.size();
    double sum = 0;
    double squares = 0;
    double[] values = new double[runs];
    for (int i = 0; i < runs; i++) {
      values[i] = value.applyAsDouble(results.get(i));
      sum += values[i];
    }
    double mean = sum / runs;
    for (double each : values) {
      squares += (each - mean) * (each - mean);
    }
    double deviation = Math.sqrt(squares / (runs - 1) / runs);
    double t = TDistribution.of(runs - 1).inverseSurvivalProbability(0.005);
    return new Estimate(mean, t * deviation, runs);
  }

  /** Fails unless the interval holds {@code exact} and is narrower than {@code precision} of it. */
  void assertHolds(String what, double exact, double precision) {
    String line =
        String.format(
            "%-44s exact %.6g, simulated %.6g ± %.2g (99 %%, %d seeds)",
            what, exact, mean, halfWidth, runs);
    System.out.println(line);
    assertThat(Math.abs(mean - exact)).as(line).isLessThanOrEqualTo(halfWidth);
    assertThat(halfWidth)
        .as("a wide interval proves nothing: %s", line)
        .isLessThan(precision * exact);
  }
}
