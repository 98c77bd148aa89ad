package io.kiss.cluster.http;

import io.kiss.actors.scaler.LiveMetrics.Shadowed;
import io.kiss.kisim.autoscale.shadow.ShadowReport;
import io.kiss.kisim.autoscale.shadow.ShadowReport.Standing;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** What shadows would have cost, a series each; there is none without shadows. */
final class ShadowMeters {
  private final Supplier<Map<Shadowed, ShadowReport>> live;
  private final MultiGauge cost;
  private final MultiGauge regret;
  private final MultiGauge overRunning;

  /**
   * Registers them.
   *
   * @param live how shadows stand now
   */
  ShadowMeters(Supplier<Map<Shadowed, ShadowReport>> live, MeterRegistry registry) {
    this.live = live;
    cost =
        MultiGauge.builder("kiss.shadow.cost")
            .description("Replicas held and late load at its price, over what the load needs")
            .register(registry);
    regret =
        MultiGauge.builder("kiss.shadow.regret.replica.hours")
            .description("Cost so far less that of the cheapest so far")
            .register(registry);
    overRunning =
        MultiGauge.builder("kiss.shadow.over.running.replica.hours")
            .description("Cost so far less that of what really ran, by the same model")
            .register(registry);
  }

  /** Brings the series up to now. */
  void refresh() {
    Map<Shadowed, ShadowReport> reports = live.get();
    cost.register(rows(reports, Standing::cost), true);
    regret.register(rows(reports, Standing::regretReplicaHours), true);
    overRunning.register(rows(reports, Standing::overRunningReplicaHours), true);
  }

  private static List<MultiGauge.Row<?>> rows(
      Map<Shadowed, ShadowReport> reports, ToDoubleFunction<Standing> figure) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    reports.forEach(
        (at, report) -> {
          rows.add(row(at, report.running(), figure));
          report.shadows().forEach(standing -> rows.add(row(at, standing, figure)));
        });
    return rows;
  }

  private static MultiGauge.Row<?> row(
      Shadowed at, Standing standing, ToDoubleFunction<Standing> figure) {
    Tags tags =
        Tags.of(
            "cluster", at.namespace().cluster(),
            "namespace", at.namespace().namespace(),
            "deployment", at.deployment(),
            "shadow", standing.name());
    return MultiGauge.Row.of(tags, figure.applyAsDouble(standing));
  }
}
