package io.kiss.cluster.prometheus;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.kiss.actors.live.LiveClock;
import io.kiss.actors.live.MetricsPort.Target;
import io.kiss.actors.live.Workload;
import io.kiss.kisim.telemetry.TelemetrySample;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** Workloads and settings that tests of this package share. */
final class Fixtures {
  static final MetricsSources SOURCES = MetricsSources.read(Path.of("..", "conf", "metrics"));

  private Fixtures() {}

  /** The settings of reference.conf, with some lines on top. */
  static PrometheusSettings settings(String... lines) {
    return PrometheusSettings.from(config(lines));
  }

  static Config config(String... lines) {
    return ConfigFactory.parseString(String.join("\n", lines))
        .withFallback(
            ConfigFactory.parseResources(Fixtures.class.getClassLoader(), "reference.conf")
                .resolve()
                .getConfig("kiss.prometheus"));
  }

  static PrometheusMetrics connect(String url, String... lines) {
    return PrometheusMetrics.connect(
        PrometheusEndpoint.of(url), settings(lines), SOURCES, LiveClock.wall());
  }

  static Target target(String name, double sloSeconds, String... pods) {
    return target(name, sloSeconds, Map.of(), pods.length, pods);
  }

  static Target target(
      String name, double sloSeconds, Map<String, String> annotations, int ready, String... pods) {
    Workload workload =
        new Workload(
            name,
            pods.length,
            "1",
            new Workload.Pods(ready, 0, false, List.of(), List.of(pods)),
            1,
            annotations,
            Optional.empty(),
            Optional.empty());
    return new Target(
        workload,
        Double.isNaN(sloSeconds) ? OptionalDouble.empty() : OptionalDouble.of(sloSeconds));
  }

  /** Asks and waits. */
  static Map<String, TelemetrySample> read(
      PrometheusMetrics metrics, String namespace, String source, Target... targets) {
    try {
      return metrics
          .query(namespace, source, List.of(targets))
          .toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e.getCause() == null ? e : e.getCause());
    }
  }
}
