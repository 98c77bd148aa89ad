package io.kiss.cluster.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kiss.actors.live.MetricsPort;
import io.kiss.actors.live.ScaleConflict;
import io.kiss.actors.live.Workload;
import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.telemetry.TelemetrySample;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.util.DoubleComparator;
import org.junit.jupiter.api.Test;

class DemoClusterTest {
  private static final double ACCELERATION = 30;
  private static final String DEMO = DemoCluster.NAMESPACE;

  private final AtomicLong wall = new AtomicLong(1_790_000_000_000L);
  private final DemoCluster cluster = cluster(Optional.empty());

  private DemoCluster cluster(Optional<ArrivalTrace> trace) {
    return new DemoCluster(new DemoSettings(ACCELERATION, 1800, 7, trace), wall::get);
  }

  @Test
  void aSecondOfTheWallIsThirtyOfTheDemo() {
    double before = cluster.nowSeconds();
    wall.addAndGet(2000);
    assertThat(cluster.nowSeconds() - before).isEqualTo(60, within(1e-3));
    assertThat(cluster.wallTime(15)).hasMillis(500);
  }

  @Test
  void timeGoesOnAcrossRestarts() {
    double before = cluster.nowSeconds();
    wall.addAndGet(10_000);
    assertThat(cluster(Optional.empty()).nowSeconds()).isGreaterThan(before);
  }

  @Test
  void aNewReplicaIsPendingForItsStartUpTimeAndThenReady() {
    Workload resnet = find("resnet50");
    int before = resnet.desiredReplicas();
    join(cluster.scale(DEMO, "resnet50", before + 1, resnet.resourceVersion(), ""));
    wall.addAndGet(100);
    TelemetrySample soon = telemetry("resnet50");
    assertThat(soon.desiredReplicas()).isEqualTo(before + 1);
    assertThat(soon.readyReplicas()).isEqualTo(before);
    assertThat(soon.pendingReplicas()).isEqualTo(1);
    // 60 s on average with a deviation of 12: after 180 s it would be a ten-sigma event.
    wall.addAndGet(6000);
    assertThat(telemetry("resnet50").readyReplicas()).isEqualTo(before + 1);
  }

  @Test
  void aWriteWithAnOldVersionIsAConflictAndChangesNothing() {
    Workload seen = find("bert-large");
    join(cluster.scale(DEMO, "bert-large", seen.desiredReplicas() + 2, seen.resourceVersion(), ""));
    assertThatThrownBy(() -> join(cluster.scale(DEMO, "bert-large", 1, seen.resourceVersion(), "")))
        .hasRootCauseInstanceOf(ScaleConflict.class);
    assertThat(find("bert-large").desiredReplicas()).isEqualTo(seen.desiredReplicas() + 2);
  }

  @Test
  void aPodThatBecameReadyIsANewVersionToo() {
    Workload before = find("resnet50");
    String asked =
        join(
            cluster.scale(
                DEMO, "resnet50", before.desiredReplicas() + 1, before.resourceVersion(), ""));
    wall.addAndGet(6000);
    assertThat(find("resnet50").resourceVersion()).isNotEqualTo(asked);
  }

  @Test
  void theLeaseHasOneHolderUntilItEndsOrIsGivenBack() {
    double until = join(cluster.holdLease(DEMO, "a")).toEpochMilli() / 1000.0;
    assertThat(until - cluster.nowSeconds()).isEqualTo(15 * ACCELERATION, within(0.01));
    assertThatThrownBy(() -> join(cluster.holdLease(DEMO, "b"))).hasMessageContaining("held by a");
    join(cluster.releaseLease(DEMO, "b"));
    assertThatThrownBy(() -> join(cluster.holdLease(DEMO, "b"))).hasMessageContaining("held by a");
    join(cluster.releaseLease(DEMO, "a"));
    join(cluster.holdLease(DEMO, "b"));
    wall.addAndGet(15_001);
    join(cluster.holdLease(DEMO, "a"));
  }

  @Test
  void aSelectorPicksByTheLabelApp() {
    assertThat(join(cluster.workloads(DEMO, ""))).hasSize(3);
    assertThat(join(cluster.workloads(DEMO, "app=recommender")))
        .extracting(Workload::name)
        .containsExactly("recommender");
    assertThatThrownBy(() -> join(cluster.workloads(DEMO, "app in (a)")))
        .hasMessageContaining("app in (a)");
    assertThatThrownBy(() -> join(cluster.workloads("other", ""))).hasMessageContaining("other");
  }

  @Test
  void aConstantTraceGivesEachDeploymentTheLoadItsPeakIsToldToHave() {
    double[] flat = new double[120];
    java.util.Arrays.fill(flat, 300);
    DemoCluster replaying = cluster(Optional.of(new ArrivalTrace("flat", 60, flat)));
    // Enough replicas first, so that what arrives is what completes.
    for (DemoService service : DemoService.ALL) {
      Workload workload = join(replaying.workloads(DEMO, "app=" + service.name())).get(0);
      join(
          replaying.scale(
              DEMO, service.name(), service.maxReplicas(), workload.resourceVersion(), ""));
    }
    wall.addAndGet(20_000);
    var samples = join(replaying.query(DEMO, "", targets(join(replaying.workloads(DEMO, "")))));
    for (DemoService service : DemoService.ALL) {
      double expected = 0.75 * service.peakReplicas() * service.service().podCapacity();
      // Poisson counts over a window of a minute: five standard deviations.
      double noise = 5 * Math.sqrt(expected / 45);
      assertThat(samples.get(service.name()).arrivalRate())
          .as(service.name())
          .isEqualTo(expected, within(noise));
    }
  }

  @Test
  void whatTheTrafficDoesDoesNotDependOnHowOftenSomebodyLooks() {
    DemoCluster seldom = cluster(Optional.empty());
    DemoCluster often = cluster(Optional.empty());
    seldom.truth();
    often.truth();
    for (int i = 0; i < 50; i++) {
      wall.addAndGet(200);
      often.truth();
    }
    // A quantile adds up what came since the last look, so its last digits may differ.
    assertThat(often.truth())
        .usingRecursiveComparison()
        .withComparatorForType(new DoubleComparator(1e-9), Double.class)
        .isEqualTo(seldom.truth());
    assertThat(often.truth()).allSatisfy(t -> assertThat(t.requests()).isPositive());
  }

  @Test
  void theDemoStandsStillUntilSomebodyLooks() {
    wall.addAndGet(60_000);
    assertThat(cluster.truth()).allSatisfy(t -> assertThat(t.ageSeconds()).isZero());
    wall.addAndGet(1000);
    assertThat(cluster.truth())
        .allSatisfy(t -> assertThat(t.ageSeconds()).isEqualTo((long) ACCELERATION));
  }

  @Test
  void theDemoGoesOnIntoTheNextWeek() {
    cluster.truth();
    wall.addAndGet((long) (7.5 * 86_400_000 / ACCELERATION));
    assertThat(cluster.truth())
        .allSatisfy(t -> assertThat(t.ageSeconds()).isBetween(647_999L, 648_000L));
    assertThat(telemetry("resnet50").timeSeconds()).isEqualTo(cluster.nowSeconds(), within(1.0));
  }

  private Workload find(String name) {
    return join(cluster.workloads(DEMO, "app=" + name)).get(0);
  }

  private TelemetrySample telemetry(String name) {
    return join(cluster.query(DEMO, "", targets(List.of(find(name))))).get(name);
  }

  private static List<MetricsPort.Target> targets(List<Workload> workloads) {
    return workloads.stream()
        .map(workload -> new MetricsPort.Target(workload, OptionalDouble.empty()))
        .toList();
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  /**
   * What {@code kiss status} and shadows call measured comes from a histogram: with a bucket that
   * ends at the SLO it is what was, save for what the last window has not shown yet.
   */
  @Test
  void theLateShareThatIsMeasuredIsTheOneThatWas() {
    // Flash crowds make requests give up, which are late and in no histogram: not the third.
    for (DemoService service : DemoService.ALL.subList(0, 2)) {
      int seconds = 6 * 3600;
      float[] rates = DemoTraffic.rates(service, Optional.empty(), 0, 1, seconds, 7);
      DemoDeployment deployment = new DemoDeployment(service, rates, 7);
      Autoscaler hpa = AutoscalerChoice.parse("hpa:target=0.7").create(service.workload());
      deployment.advanceTo(0);
      double late = 0;
      double all = 0;
      for (int t = 15; t < seconds; t += 15) {
        deployment.advanceTo(t);
        TelemetrySample seen = deployment.telemetry();
        deployment.scale(hpa.decide(seen));
        if (seen.violatingShare() >= 0) {
          late += seen.completionRate() * seen.violatingShare();
          all += seen.completionRate();
        }
      }
      assertThat(late / all)
          .as(service.name())
          .isCloseTo(1 - deployment.truth().sloAttainment(), within(0.01));
    }
  }
}
