package io.kiss.kisim.autoscale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueueingRuleTest {
  @ParameterizedTest
  // Closed forms: c = 1 is rho, c = 2 is a^2 / (2 + a); the rest are the sum by definition.
  @CsvSource({"1,0.8", "1,0.25", "2,1", "2,1.5", "5,4", "10,8", "30,25", "100,95"})
  void erlangCIsTheSumOfItsDefinition(int servers, double offered) {
    double value = QueueingRule.erlangC(servers, offered);
    assertThat(value).isCloseTo(byDefinition(servers, offered), within(1e-12));
    if (servers == 1) {
      assertThat(value).isCloseTo(offered, within(1e-12));
    }
    if (servers == 2) {
      assertThat(value).isCloseTo(offered * offered / (2 + offered), within(1e-12));
    }
  }

  /** a^c/c! c/(c−a) over itself and the sum of a^k/k! below c, in 50 digits. */
  private static double byDefinition(int servers, double offered) {
    MathContext digits = new MathContext(50);
    BigDecimal a = BigDecimal.valueOf(offered);
    BigDecimal term = BigDecimal.ONE;
    BigDecimal sum = BigDecimal.ZERO;
    for (int k = 0; k < servers; k++) {
      sum = sum.add(term, digits);
      term = term.multiply(a, digits).divide(BigDecimal.valueOf(k + 1), digits);
    }
    BigDecimal last =
        term.multiply(BigDecimal.valueOf(servers), digits)
            .divide(BigDecimal.valueOf(servers).subtract(a), digits);
    return last.divide(sum.add(last, digits), digits).doubleValue();
  }

  @Test
  void asksForTheFewestReplicasThatMeetTheSlo() {
    WorkloadSpec workload = new WorkloadSpec("t", 1, 100, 0.5, 0.1, 10, 60, 10, 15);
    for (double rate : new double[] {0, 1, 5, 9, 33, 95, 400, 850}) {
      int n = QueueingRule.replicas(workload, rate);
      assertThat(late(rate, n)).as("%s req/s on %d", rate, n).isLessThanOrEqualTo(0.05 + 1e-9);
      if (n > 1) {
        assertThat(late(rate, n - 1)).as("%s req/s on %d", rate, n - 1).isGreaterThan(0.05);
      }
    }
    assertThat(QueueingRule.replicas(workload, 1e6)).isEqualTo(100);
  }

  /** P(wait > 0.4 s): Erlang-C with half the mean wait of exponential service. */
  private static double late(double rate, int n) {
    double offered = rate / 10;
    if (offered >= n) {
      return 1;
    }
    return QueueingRule.erlangC(n, offered) * Math.exp(-(n * 10 - rate) * 0.4 / 0.5);
  }
}
