package io.kiss.cluster.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Set;
import org.junit.jupiter.api.Test;

class TwinServiceTest {
  private static final double SERVICE = 0.4;
  private static final double SLO = 1.0;

  private final TwinService twin = new TwinService(4, SERVICE, SLO, 0, 7);

  @Test
  void aPodWithRoomServesEveryRequestInItsServiceTime() {
    twin.offer(1);
    twin.advance(2000, Set.of("a"));
    TwinPod pod = twin.pods().get("a");
    assertThat(pod.completed()).isBetween(1850L, 2150L);
    assertThat(pod.latencySum() / pod.completed()).isEqualTo(SERVICE, within(0.02));
    assertThat(twin.takeFared().attainment()).isEqualTo(1);
  }

  @Test
  void pastItsCapacityAPodCompletesWhatItCanAndTheRestWaits() {
    twin.offer(15);
    twin.advance(1000, Set.of("a"));
    TwinPod pod = twin.pods().get("a");
    assertThat(pod.completed()).isBetween(9_800L, 10_200L);
    assertThat(pod.waiting()).isGreaterThan(4_000);
    assertThat(twin.takeFared().attainment()).isLessThan(0.1);
  }

  @Test
  void aSecondPodSharesTheLoadAndTheViolationsEnd() {
    twin.offer(15);
    twin.advance(1000, Set.of("a", "b"));
    long first = twin.pods().get("a").completed();
    long second = twin.pods().get("b").completed();
    assertThat(first + second).isBetween(14_600L, 15_400L);
    assertThat(Math.min(first, second)).isGreaterThan(6_000);
    assertThat(twin.takeFared().attainment()).isGreaterThan(0.99);
  }

  @Test
  void whatAPodThatGoesHasNotServedIsServedByAnother() {
    twin.offer(5);
    twin.advance(100, Set.of("a"));
    twin.advance(200, Set.of("b"));
    twin.offer(0);
    twin.advance(300, Set.of("b"));
    assertThat(twin.pods()).containsOnlyKeys("b");
    assertThat(twin.pods().get("b").outstanding()).isZero();
    assertThat(twin.takeFared().done()).isBetween(900L, 1100L);
  }

  @Test
  void aScrapeShowsTheHistogramCumulatively() {
    twin.offer(1);
    twin.advance(500, Set.of("a"));
    long all = twin.pods().get("a").completed();
    assertThat(twin.exposition("ns", "m"))
        .contains(
            "vllm:e2e_request_latency_seconds_bucket"
                + "{namespace=\"ns\",pod=\"a\",model_name=\"m\",le=\"0.3\"} 0\n")
        .contains(
            "vllm:e2e_request_latency_seconds_bucket"
                + "{namespace=\"ns\",pod=\"a\",model_name=\"m\",le=\"+Inf\"} "
                + all
                + "\n")
        .contains("vllm:request_success_total{namespace=\"ns\",pod=\"a\",model_name=\"m\"} " + all);
  }
}
