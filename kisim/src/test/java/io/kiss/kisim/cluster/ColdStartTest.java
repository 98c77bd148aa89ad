package io.kiss.kisim.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.DelaySampler;
import java.util.Arrays;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

/** The named cold starts give the times that were measured. */
class ColdStartTest {

  @Test
  void aDelayByTwoQuantilesHasThem() {
    int draws = 200_000;
    DelaySampler sampler =
        new DelaySampler(
            Delay.lognormalFromQuantiles(22.7, 45.4), RandomSource.XO_SHI_RO_256_PP.create(3L));
    double[] seconds = new double[draws];
    Arrays.setAll(seconds, i -> sampler.seconds());
    Arrays.sort(seconds);
    assertThat(seconds[draws / 2]).isCloseTo(22.7, within(0.2));
    assertThat(seconds[draws * 95 / 100]).isCloseTo(45.4, within(0.5));
    // Log-normal: p5 p95 = p50^2, and the mean is p50 exp(sigma^2 / 2).
    assertThat(seconds[draws * 5 / 100]).isCloseTo(22.7 * 22.7 / 45.4, within(0.15));
    double sigma = Math.log(2) / 1.6449;
    assertThat(Arrays.stream(seconds).average().orElseThrow())
        .isCloseTo(22.7 * Math.exp(sigma * sigma / 2), within(0.15));
    assertThatThrownBy(() -> Delay.lognormalFromQuantiles(2, 2)).hasMessageContaining("p50 < p95");
  }

  @Test
  void tritonIsReadyFortySecondsAfterItWasAskedForOnAWarmNode() {
    // Scheduled at 1 s, container at 10.5 s, loaded long before the first probe 30 s later.
    ClusterRun run =
        ClusterRun.of(
            ColdStart.cluster(NodePool.fixed("gpu", 1, 2)),
            ColdStart.of(ModelLoad.MOBILENET_TRITON),
            1);
    run.news();
    run.cluster.setDesired(2);
    assertThat(run.until(100).news()).containsExactly("0 created 1", "40.5 ready 1");
  }

  @Test
  void aLargeModelOnANewNodeTakesMinutes() {
    ClusterRun run =
        ClusterRun.of(
            ColdStart.cluster(ColdStart.autoscaledPool("gpu", 1, 1, 2)),
            ColdStart.of(ModelLoad.LLAMA_3_1_8B_VLLM_L40S),
            1);
    run.cluster.setDesired(2);
    run.until(1 + 9.5 + 294);
    assertThat(run.cluster.ready()).isEqualTo(1);
    run.until(7200);
    assertThat(run.cluster.ready()).isEqualTo(2);
  }
}
