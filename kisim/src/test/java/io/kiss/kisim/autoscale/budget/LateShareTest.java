package io.kiss.kisim.autoscale.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.PriorityQueue;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LateShareTest {
  /** One server a replica, service of 0.1 s: offered load is a tenth of the arrival rate. */
  private static WorkloadSpec spec(double sloSeconds) {
    return new WorkloadSpec("web", 1, 100, sloSeconds, 0.1, 10, 60, 10, 15);
  }

  @ParameterizedTest
  @CsvSource({"1,0.5", "2,1.5", "5,4", "10,12", "30,25", "40,90"})
  void withoutSlackItIsErlangsLossFormula(int servers, double offered) {
    double term = 1;
    double sum = 1;
    for (int k = 1; k <= servers; k++) {
      term *= offered / k;
      sum += term;
    }

    assertThat(LateShare.upTo(spec(0.1), servers, 10 * offered)[servers])
        .isCloseTo(term / sum, within(1e-12));
  }

  @ParameterizedTest
  @CsvSource({"4,3,0.05", "4,6,0.1", "2,1.9,0.2", "2,2,0.1", "8,7.5,0.02", "3,9,0.03"})
  void itIsWhatAQueueShowsWhoseImpatientRequestsLeave(
      int servers, double offered, double slackSeconds) {
    // Waits count half: arrivals are Poisson and service hardly varies.
    double patience = slackSeconds / 0.1 / 0.5;

    assertThat(LateShare.upTo(spec(0.1 + slackSeconds), servers, 10 * offered)[servers])
        .isCloseTo(simulated(servers, offered, patience, 20_261_126), within(0.003));
  }

  /** Exponential service of mean 1; who would wait longer than the patience is lost. */
  private static double simulated(int servers, double offered, double patience, long seed) {
    Random random = new Random(seed);
    PriorityQueue<Double> free = new PriorityQueue<>();
    for (int i = 0; i < servers; i++) {
      free.add(0.0);
    }
    double now = 0;
    int lost = 0;
    int all = 1_000_000;
    for (int i = 0; i < all; i++) {
      now -= Math.log(1 - random.nextDouble()) / offered;
      if (free.element() - now > patience) {
        lost++;
      } else {
        free.add(Math.max(now, free.remove()) - Math.log(1 - random.nextDouble()));
      }
    }
    return (double) lost / all;
  }

  @Property
  void everyReplicaSavesLessThanTheOneBefore(
      @ForAll @DoubleRange(min = 0.01, max = 3_000) double arrivalRate,
      @ForAll @DoubleRange(min = 0.05, max = 3) double sloSeconds,
      @ForAll @IntRange(min = 1, max = 20) int serversPerReplica) {
    WorkloadSpec workload =
        new WorkloadSpec("web", 1, 60, sloSeconds, 0.1, 10.0 * serversPerReplica, 60, 10, 15);

    double[] late = LateShare.upTo(workload, 60, arrivalRate);

    assertThat(late[0]).isEqualTo(1);
    for (int n = 1; n < 60; n++) {
      assertThat(late[n]).isBetween(0.0, 1.0);
      assertThat(late[n] - late[n + 1])
          .as("what replica %d saves after %d", n + 1, n)
          .isBetween(0.0, late[n - 1] - late[n] + 1e-12);
    }
  }
}
