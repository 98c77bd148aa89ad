package io.kiss.cluster.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.scaler.LiveMetrics.Shadowed;
import io.kiss.kisim.autoscale.shadow.ShadowReport;
import io.kiss.kisim.autoscale.shadow.ShadowReport.ModelCheck;
import io.kiss.kisim.autoscale.shadow.ShadowReport.Standing;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ShadowMetersTest {
  private static final Shadowed CHAT = new Shadowed(new NamespaceRef("prod", "llm"), "chat");

  private static Standing standing(String name, double regret) {
    return new Standing(name, 3, 3, 0.01, 1.5, regret, regret - 2, "", 0.02, 1.6);
  }

  @Test
  void seriesComeAndGoWithShadowsAndAreDocumented() throws Exception {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    AtomicReference<Map<Shadowed, ShadowReport>> live = new AtomicReference<>(Map.of());
    ShadowMeters meters = new ShadowMeters(live::get, registry);
    meters.refresh();
    assertThat(registry.scrape()).doesNotContain("kiss_shadow");
    live.set(
        Map.of(
            CHAT,
            new ShadowReport(
                0,
                60,
                60,
                2,
                standing("running", 2),
                List.of(standing("hpa", 0)),
                new ModelCheck(0, 0, 0, 0.0))));
    meters.refresh();
    String labels = "{cluster=\"prod\",deployment=\"chat\",namespace=\"llm\",shadow=\"hpa\"}";
    assertThat(registry.scrape())
        .contains("kiss_shadow_cost" + labels + " 1.5")
        .contains("kiss_shadow_regret_replica_hours" + labels + " 0.0")
        .contains("kiss_shadow_over_running_replica_hours" + labels + " -2.0")
        .contains("shadow=\"running\"} 2.0");
    List<String> document = Files.readAllLines(Path.of("..", "docs", "metrics.md"));
    registry
        .scrape()
        .lines()
        .filter(line -> line.startsWith("# TYPE kiss_"))
        .forEach(
            line ->
                assertThat(document)
                    .anyMatch(row -> row.startsWith("| `" + line.split(" ")[2] + "`")));
    live.set(Map.of());
    meters.refresh();
    assertThat(registry.scrape()).doesNotContain("kiss_shadow_cost{");
  }
}
