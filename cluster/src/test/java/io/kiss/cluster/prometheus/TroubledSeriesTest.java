package io.kiss.cluster.prometheus;

import static io.kiss.cluster.prometheus.Fixtures.read;
import static io.kiss.cluster.prometheus.Fixtures.target;
import static io.kiss.cluster.prometheus.Samples.STEP_SECONDS;
import static io.kiss.cluster.prometheus.Samples.WINDOW_SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.actors.live.MetricsPort.Target;
import io.kiss.actors.live.Workload;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Series that reset, have gaps, end, begin, change labels or make no sense, of a real Prometheus.
 */
class TroubledSeriesTest {
  private static final Offset<Double> EXACT = within(1e-9);

  @TempDir static Path folder;
  private static PrometheusServer prometheus;

  private PrometheusMetrics metrics;

  @BeforeAll
  static void start() throws Exception {
    Samples samples = new Samples();
    String success = "nv_inference_request_success";
    // Its container begins anew before the sixth sample: 4·200 before, 50 until then, 4·200 after.
    samples.series(
        success + "{" + labels("reset-1") + "}", k -> k < 5 ? 1000 + 200 * k : 50 + 200 * (k - 5));
    samples.series(
        success + "{" + labels("gap-1") + "}",
        k -> k < 3 || k > 5,
        k -> Samples.HIGH + 2 * STEP_SECONDS * k);
    samples
        .series(
            success + "{" + labels("moved-1") + "}",
            k -> k < 5,
            k -> Samples.HIGH + 2 * STEP_SECONDS * k)
        .series(
            "nv_inference_pending_request_count{" + labels("moved-1") + "}", k -> k < 5, k -> 40)
        .series(
            success + "{" + labels("moved-2") + "}", k -> k >= 5, k -> 2 * STEP_SECONDS * (k - 5))
        .gauge("nv_inference_pending_request_count{" + labels("moved-2") + "}", 3);
    String relabelled = success + "{" + labels("model-1");
    samples
        .series(
            relabelled + ",version=\"1\"}", k -> k < 5, k -> Samples.HIGH + 2 * STEP_SECONDS * k)
        .series(relabelled + ",version=\"2\"}", k -> k >= 5, k -> 2 * STEP_SECONDS * (k - 5));
    samples.series(
        success + "{" + labels("stale-1") + "}", k -> k < 8, k -> Samples.HIGH + STEP_SECONDS * k);
    samples
        .counter(success + "{" + labels("nan-1") + "}", 1)
        .gauge("nv_inference_pending_request_count{" + labels("nan-1") + "}", Double.NaN)
        .counter(success + "{" + labels("percent-1") + "}", 1)
        .gauge("nv_gpu_utilization{" + labels("percent-1") + "}", 87);
    prometheus = PrometheusServer.withSamples(folder, samples.openMetrics());
  }

  @AfterAll
  static void stop() {
    if (prometheus != null) {
      prometheus.close();
    }
  }

  @BeforeEach
  void connect() {
    metrics = Fixtures.connect(prometheus.url(), "window = " + WINDOW_SECONDS + "s");
  }

  @AfterEach
  void close() {
    metrics.close();
  }

  private static String labels(String pod) {
    return "namespace=\"trouble\",pod=\"%s\"".formatted(pod);
  }

  private TelemetrySample trouble(Target target) {
    return read(metrics, "trouble", "triton", target).get(target.workload().name());
  }

  @Test
  void aCounterThatBeganAnewLosesNothingItCounted() {
    TelemetrySample reset = trouble(target("reset", Double.NaN, "reset-1"));
    assertThat(reset.arrivalRate()).isCloseTo((800 + 50 + 800) / 1800.0, EXACT);
  }

  @Test
  void scrapesThatFailedLeaveTheRateAsItWas() {
    assertThat(trouble(target("gap", Double.NaN, "gap-1")).arrivalRate()).isCloseTo(2, EXACT);
  }

  /**
   * Of 2 a second, rate() sees of the first pod 800 s and half a step beyond each end, 1000 of 2000
   * s; of the second 800 s and half a step at the end, for a counter cannot be below zero.
   */
  private static final double REPLACED = 2 * (1000 + 900) / 2000.0;

  @Test
  void whatAPodCountedBeforeItEndedInsideTheWindowIsStillItsWorkloads() {
    trouble(target("moved", Double.NaN, "moved-1"));
    TelemetrySample seen = trouble(target("percent", Double.NaN, "percent-1"));
    assertThat(seen.completionRate()).isCloseTo(1, EXACT);
  }

  @Test
  void ratesOfAWorkloadThatHadNoSamplesWhenTheWindowBeganAreUnknownAtFirst() {
    // It may have begun since, or its scrapes may have been missing, and counts on.
    TelemetrySample half = trouble(target("moved", Double.NaN, "moved-2"));
    assertThat(half.completionRate()).isNaN();
    assertThat(half.arrivalRate()).isNaN();
    assertThat(half.queuedRequests()).isEqualTo(3);
    assertThat(metrics.problem("trouble").orElse(""))
        .contains("samples come again only now, so that rates are not known yet, of moved");
  }

  @Test
  void aLabelThatChangedIsAnotherSeriesOfTheSamePod() {
    assertThat(trouble(target("model", Double.NaN, "model-1")).completionRate())
        .isCloseTo(REPLACED, EXACT);
  }

  @Test
  void theAgeOfSeriesThatEndedLongAgoIsUnknownThoughTheWindowStillHasARate() {
    // The last sample is 500 s old, the look-back 300 s.
    TelemetrySample stale = trouble(target("stale", Double.NaN, "stale-1"));
    assertThat(stale.sampleAgeSeconds()).isNaN();
    assertThat(stale.completionRate()).isPositive();
  }

  @Test
  void aValueThatIsNoneMakesThatFigureUnknownAndSaysSo() {
    TelemetrySample nan = trouble(target("nan", Double.NaN, "nan-1"));
    assertThat(nan.queuedRequests()).isNaN();
    assertThat(nan.arrivalRate()).as("the growth is unknown, too").isNaN();
    assertThat(nan.completionRate()).isCloseTo(1, EXACT);
    assertThat(metrics.problem("trouble").orElseThrow())
        .contains("values that cannot be came as queued of nan");
    TelemetrySample percent = trouble(target("percent", Double.NaN, "percent-1"));
    assertThat(percent.gpuUtilisation()).isNaN();
    assertThat(percent.arrivalRate()).isCloseTo(1, EXACT);
    assertThat(metrics.problem("trouble").orElseThrow())
        .contains("values that cannot be came as gpu of percent");
  }

  @Test
  void aWorkloadWithoutSeriesHasNoRatesButItsReplicas() {
    Workload.Pods pods =
        new Workload.Pods(
            1, 1, true, List.of(System.currentTimeMillis() / 1000.0 - 90), List.of("silent-1"));
    Workload workload =
        new Workload("silent", 2, "1", pods, 1, Map.of(), Optional.empty(), Optional.empty());
    TelemetrySample silent = trouble(new Target(workload, OptionalDouble.of(1)));
    assertThat(
            List.of(
                silent.arrivalRate(),
                silent.completionRate(),
                silent.p50LatencySeconds(),
                silent.p95LatencySeconds(),
                silent.violatingShare(),
                silent.queuedRequests(),
                silent.runningRequests(),
                silent.gpuUtilisation(),
                silent.sampleAgeSeconds()))
        .allMatch(figure -> Double.isNaN(figure));
    assertThat(silent.desiredReplicas()).isEqualTo(2);
    assertThat(silent.readyReplicas()).isEqualTo(1);
    assertThat(silent.unschedulableReplicas()).isEqualTo(1);
    assertThat(silent.rolloutInProgress()).isTrue();
    assertThat(silent.pendingAgeSeconds(0)).isCloseTo(90, within(30.0));
    assertThat(metrics.problem("trouble"))
        .hasValue("there are no arrivals (source triton) of silent");
  }

  @Test
  void arrivalsAreUnknownWherePodsReadyForLongTellNone() {
    Target three = target("gap", Double.NaN, "gap-1", "gap-2", "gap-3");
    TelemetrySample blind = trouble(three);
    assertThat(blind.arrivalRate()).isNaN();
    assertThat(metrics.problem("trouble").orElseThrow())
        .contains("too few ready pods tell their arrivals")
        .contains("gap (1 of 3)");
    // Two of them are only becoming ready.
    PrometheusMetrics fresh = Fixtures.connect(prometheus.url(), "window = 2000s");
    Target one = target("gap", Double.NaN, Map.of(), 1, "gap-1", "gap-2", "gap-3");
    read(fresh, "trouble", "triton", one);
    assertThat(read(fresh, "trouble", "triton", three).get("gap").arrivalRate())
        .isCloseTo(2, EXACT);
    fresh.close();
  }
}
