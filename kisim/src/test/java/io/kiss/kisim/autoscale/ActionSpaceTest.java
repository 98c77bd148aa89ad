package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ActionSpaceTest {
  @Test
  void stepsAreRoundedAwayFromWhereTheyStart() {
    int[] of = {1, 2, 5, 10, 11, 70};
    int[] plusTenPercent = {2, 3, 6, 11, 13, 77};
    int[] minusTwentyPercent = {0, 1, 4, 8, 8, 56};
    for (int i = 0; i < of.length; i++) {
      assertThat(ActionSpace.apply(6, of[i])).isEqualTo(plusTenPercent[i]);
      assertThat(ActionSpace.apply(1, of[i])).isEqualTo(minusTwentyPercent[i]);
    }
  }

  @Test
  void aFractionNeverAddsAPodTooManyByRounding() {
    int[] percents = {-50, -20, -10, 0, 0, 0, 10, 20, 50, 100};
    for (int n = 1; n <= 1000; n++) {
      for (int a = 0; a < ActionSpace.SIZE; a++) {
        int magnitude = (Math.abs(percents[a]) * n + 99) / 100;
        int expected = n + Integer.signum(percents[a]) * magnitude + (a == 3 ? -1 : a == 5 ? 1 : 0);
        assertThat(ActionSpace.apply(a, n)).as("%d of %d", a, n).isEqualTo(expected);
      }
    }
  }

  @Test
  void theMaskHasAOneForExactlyTheAllowedActions() {
    float[] mask = new float[ActionSpace.SIZE + 1];
    for (int min = 0; min <= 3; min++) {
      for (int max = 3; max <= 40; max++) {
        for (int n = 0; n <= 50; n++) {
          ActionSpace.mask(mask, 1, n, min, max);
          for (int a = 0; a < ActionSpace.SIZE; a++) {
            assertThat(mask[1 + a] == 1)
                .as("action %d at %d in %d..%d", a, n, min, max)
                .isEqualTo(ActionSpace.allowed(a, n, min, max));
          }
        }
      }
    }
  }

  @Test
  void allowedActionsReachDifferentReplicasInsideTheLimitsAndStayIsAlwaysAllowed() {
    for (int n = 1; n <= 50; n++) {
      Set<Integer> reached = new HashSet<>();
      for (int a = 0; a < ActionSpace.SIZE; a++) {
        if (ActionSpace.allowed(a, n, 1, 50)) {
          int to = Math.max(1, Math.min(50, ActionSpace.apply(a, n)));
          assertThat(reached.add(to)).as("action %d at %d", a, n).isTrue();
        }
      }
      assertThat(ActionSpace.allowed(ActionSpace.STAY, n, 1, 50)).isTrue();
      assertThat(reached.contains(n - 1)).isEqualTo(n > 1);
      assertThat(reached.contains(n + 1)).isEqualTo(n < 50);
    }
  }

  @Test
  void aQuantileIsTheActionThatItsShareOfTheSamplesDoNotGoBeyond() {
    Random random = new Random(5);
    for (int draw = 0; draw < 200; draw++) {
      float[] probabilities = new float[ActionSpace.SIZE];
      float sum = 0;
      for (int a = 0; a < probabilities.length; a++) {
        probabilities[a] = random.nextInt(3) == 0 ? 0 : random.nextFloat();
        sum += probabilities[a];
      }
      for (int a = 0; a < probabilities.length; a++) {
        probabilities[a] /= sum;
      }
      double level = 0.2 + 0.6 * random.nextDouble();
      int quantile = ActionSpace.quantile(probabilities, level);
      double below = 0;
      double upTo = 0;
      for (int a = 0; a <= quantile; a++) {
        below = upTo;
        upTo += probabilities[a];
      }
      assertThat(probabilities[quantile]).isPositive();
      assertThat(below).as("draw %d", draw).isLessThanOrEqualTo(level + 1e-6);
      assertThat(upTo).as("draw %d", draw).isGreaterThanOrEqualTo(level - 1e-6);
    }
  }

  @Test
  void manyWaysDownOutweighThatStayingIsTheMostProbable() {
    assertThat(median(0, .1f, .2f, .3f, .4f, 0, 0, 0, 0, 0)).isEqualTo(3);
    assertThat(median(0, 0, 0, 0, 1, 0, 0, 0, 0, 0)).isEqualTo(ActionSpace.STAY);
    assertThat(median(0, 0, 0, 0, .4f, .2f, .2f, .2f, 0, 0)).isEqualTo(5);
  }

  private static int median(float... probabilities) {
    return ActionSpace.quantile(probabilities, ActionSpace.MEDIAN);
  }
}
