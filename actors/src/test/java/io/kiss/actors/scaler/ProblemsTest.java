package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.scaler.Problems.Area;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

class ProblemsTest {
  private final Problems problems =
      new Problems(new NamespaceRef("local", "other"), NOPLogger.NOP_LOGGER);

  @Test
  void whatSeveralAreasSayAlikeIsSaidOnceAndTheGravestFirst() {
    problems.set(Area.METRICS, "no such namespace");
    problems.set(Area.LEASE, "another node holds the lease");
    problems.set(Area.CLUSTER, "no such namespace");
    assertThat(problems.all()).contains("no such namespace; another node holds the lease");
    problems.clear(Area.CLUSTER);
    assertThat(problems.all()).contains("another node holds the lease; no such namespace");
  }

  @Test
  void noProblemIsNoSentence() {
    problems.set(Area.TICK, "late");
    problems.clear(Area.TICK);
    assertThat(problems.all()).isEmpty();
  }
}
