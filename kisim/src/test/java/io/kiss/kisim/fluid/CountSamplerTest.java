package io.kiss.kisim.fluid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountSamplerTest {
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 3, 12, 29.9, 30, 500})
  void countsHaveTheMeanVarianceAndSkewOfPoisson(double mean) {
    CountSampler sampler = new CountSampler(RandomSource.XO_SHI_RO_256_PP.create(42L));
    int n = 400_000;
    double sum = 0;
    double squares = 0;
    double cubes = 0;
    for (int i = 0; i < n; i++) {
      double deviation = sampler.poisson(mean) - mean;
      sum += deviation;
      squares += deviation * deviation;
      cubes += deviation * deviation * deviation;
    }
    // Poisson: variance and third central moment equal the mean; five standard errors of room.
    double room = 5 / Math.sqrt(n);
    assertThat(sum / n).isCloseTo(0, within(room * Math.sqrt(mean)));
    assertThat(squares / n).isCloseTo(mean, within(room * 1.5 * (mean + Math.sqrt(mean)) + 0.1));
    assertThat(cubes / n).isCloseTo(mean, within(room * 4 * Math.pow(mean + 1, 1.5) + 0.03 * mean));
  }
}
