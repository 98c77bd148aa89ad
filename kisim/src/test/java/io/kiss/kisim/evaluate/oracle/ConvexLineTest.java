package io.kiss.kisim.evaluate.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConvexLineTest {
  private static final int POINTS = 41;

  /**
   * Bends lie on whole numbers, so the least is found on them; dynamic programming finds it too.
   */
  @Test
  void theLeastOverAllSequencesIsThatOfDynamicProgramming() {
    for (long seed = 1; seed <= 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int from = random.nextInt(4);
      double price = 3 * random.nextDouble();
      ConvexLine line = new ConvexLine(from);
      double[] least = new double[POINTS];
      for (int step = 0; step < 6; step++) {
        if (step > 0) {
          line.letGo(price);
          least = moved(least, from, price);
        }
        double slope = -4 * random.nextDouble();
        line.addLine(slope, 1);
        int bends = 1 + random.nextInt(3);
        for (int x = 0; x < POINTS; x++) {
          least[x] += 1 + slope * x;
        }
        for (int b = 0; b < bends; b++) {
          int where = random.nextInt(30);
          double more = 4.5 * random.nextDouble() + (b == 0 ? 4 : 0);
          line.addBend(where, more);
          for (int x = 0; x < POINTS; x++) {
            least[x] += more * Math.max(0, x - where);
          }
        }
      }
      double lowest = Double.POSITIVE_INFINITY;
      for (int x = from; x < POINTS; x++) {
        lowest = Math.min(lowest, least[x]);
      }
      assertThat(line.lowest()).as("seed %d", seed).isCloseTo(lowest, within(1e-9));
    }
  }

  private static double[] moved(double[] least, int from, double price) {
    double[] moved = new double[POINTS];
    for (int to = 0; to < POINTS; to++) {
      moved[to] = Double.POSITIVE_INFINITY;
      for (int x = from; x < POINTS; x++) {
        moved[to] = Math.min(moved[to], least[x] + price * Math.max(0, to - x));
      }
    }
    return moved;
  }
}
