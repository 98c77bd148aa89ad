package io.kiss.kisim.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenTrafficTest {
  @ParameterizedTest(name = "{0} s, knots {1} s apart")
  @CsvSource({"1,1", "1,5", "37,1", "37,5", "40,5", "41,5", "200,7"})
  void sumHighestAndTheLineOfSecondsAreThoseOfTheRatesToTheBit(int seconds, int knotSeconds) {
    Random random = new Random(31L * seconds + knotSeconds);
    // Two knots more than the run has: they do not count.
    float[] knots = new float[(seconds - 1) / knotSeconds + 3];
    for (int k = 0; k < knots.length; k++) {
      knots[k] = random.nextInt(4) == 0 ? 0 : 100 * random.nextFloat();
    }
    OpenTraffic traffic = new OpenTraffic(knots, knotSeconds, seconds, 1);
    OpenTraffic.Line line = new OpenTraffic.Line();
    line.reset(traffic);
    double sum = 0;
    for (int s = 0; s < seconds + 10; s++) {
      assertThat(traffic.sum(s, 0)).isEqualTo(sum);
      assertThat(line.rate(s)).as("second %d", s).isEqualTo(traffic.rate(s, 0));
      sum += traffic.rate(s, 0);
      double highest = 0;
      for (int to = s; to < seconds; to++) {
        assertThat(traffic.highest(s, to, 0)).as("%d..%d", s, to).isEqualTo(highest);
        highest = Math.max(highest, traffic.rate(to, 0));
      }
    }
  }
}
