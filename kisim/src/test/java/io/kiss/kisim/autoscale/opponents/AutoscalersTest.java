package io.kiss.kisim.autoscale.opponents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.kisim.autoscale.Autoscaler;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AutoscalersTest {
  @Test
  void everyOpponentIsKnownByItsName() {
    assertThat(Autoscalers.all())
        .extracting(AutoscalerKind::name)
        .containsExactly(
            "static", "hpa", "keda", "kpa", "apa", "wva", "dynamo", "ray", "queueing", "forecast");
    for (AutoscalerKind kind : Autoscalers.all()) {
      Autoscaler made = AutoscalerChoice.parse(kind.name()).create(Tick.workload());
      assertThat(made.name()).isEqualTo(kind.name());
      assertThat(made.tickSeconds()).isGreaterThanOrEqualTo(1);
      assertThat(made.tickSeconds()).isEqualTo(Math.rint(made.tickSeconds()));
      assertThat(kind.help()).isNotBlank();
    }
  }

  @Test
  void everyUsualValueIsOneThatCanBeGivenAndChangesNothing() {
    for (AutoscalerKind kind : Autoscalers.all()) {
      for (Parameter parameter : kind.parameters()) {
        assertThat(parameter.help()).as(kind.name() + ":" + parameter.name()).isNotBlank();
        AutoscalerChoice given =
            AutoscalerChoice.parse(kind.name() + ":" + parameter.name() + "=" + parameter.usual());
        assertThat(Tick.run(given.create(Tick.workload()), 0, 90, 5, t -> Tick.rate(t, 0, 70)))
            .isEqualTo(
                Tick.run(
                    AutoscalerChoice.parse(kind.name()).create(Tick.workload()),
                    0,
                    90,
                    5,
                    t -> Tick.rate(t, 0, 70)));
      }
    }
  }

  @Test
  void parametersReachTheAutoscaler() {
    Autoscaler hpa =
        AutoscalerChoice.parse("hpa:target=0.5,sync=30,stabilisation=0").create(Tick.workload());
    assertThat(hpa.tickSeconds()).isEqualTo(30);
    // 30/s at 5 a pod: 6; 10/s: 2 at once.
    assertThat(hpa.decide(Tick.rate(0, 4, 30))).isEqualTo(6);
    assertThat(hpa.decide(Tick.rate(30, 4, 10))).isEqualTo(2);
    Autoscaler several =
        AutoscalerChoice.parse("hpa:metric=load+queue,target=0.7+2").create(Tick.workload());
    var telemetry = Tick.rate(0, 5, 42);
    telemetry.queuedRequests = 15;
    assertThat(several.decide(telemetry)).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hpa",
        "hpa:stabilisation=60,target=0.6",
        "hpa:metric=load+gpu,target=0.7+0.8",
        "kpa:metric=rps,target=50",
        "apa:down-pick=highest"
      })
  void aChoiceReadsItsOwnText(String text) {
    AutoscalerChoice choice = AutoscalerChoice.parse(text);
    assertThat(choice).hasToString(text);
    assertThat(AutoscalerChoice.parse(choice.toString())).isEqualTo(choice);
  }

  @Test
  void aChoiceCanBeVaried() {
    AutoscalerChoice hpa = AutoscalerChoice.parse("hpa:target=0.6");
    assertThat(hpa.with("target", "0.5").with("stabilisation", "60"))
        .hasToString("hpa:stabilisation=60,target=0.5");
    assertThat(hpa).hasToString("hpa:target=0.6");
  }

  @Test
  void aTargetInReplicasIsThatShareOfWhatOneServesAtOnceOrSustains() {
    // One server a replica, 10/s: half is 0.5 requests at once, or 5 a second.
    assertThat(
            AutoscalerChoice.parse("ray:target=0.5,unit=replica,up-delay=0")
                .create(Tick.workload())
                .decide(Tick.present(0, 4, 3)))
        .isEqualTo(6);
    assertThat(
            AutoscalerChoice.parse("kpa:metric=rps,target=0.5,unit=replica,utilisation=1")
                .create(Tick.workload())
                .decide(Tick.rate(0, 1, 31)))
        .isEqualTo(7);
  }

  @Test
  void whatIsUnknownIsRefusedWithWhatIsKnown() {
    refused("hpb", "autoscaler hpb is unknown; known are static, hpa, keda, kpa");
    refused("", "the autoscaler has no name; known are static, hpa");
    refused("hpa:targt=1", "hpa:targt=1: unknown key targt; known are metric, target, kind");
    refused("hpa:target", "target is not of the form key=value");
    refused("hpa:", "an empty setting is not of the form key=value");
    refused("hpa:target=0.5,", "an empty setting");
    refused("hpa:target=0.5,target=0.6", "target is set twice");
    refused("hpa:target=much", "target must be numbers joined by +, not much");
    refused("hpa:target=NaN", "target must be");
    refused("hpa:target=", "target is empty; it must be numbers joined by +");
    refused("hpa:target=1e308", "target must be at most 1,000,000 either way, not 1e308");
    refused("keda:max=999999999", "max must be at most 1,000,000");
    refused("hpa:metric=cpu", "metric must be load, rps, concurrency, queue, gpu, latency or kv");
    refused("hpa:up-pods=1.5", "up-pods must be a whole number, not 1.5");
    refused("keda:to-zero=yes", "to-zero must be true or false, not yes");
    refused("ray:", "an empty setting");
    refused("hpa:sync=2.5", "sync must be a whole number, not 2.5");
  }

  @Test
  void theLargestValuesAreRefusedOrHarmless() {
    for (AutoscalerKind kind : Autoscalers.all()) {
      for (Parameter parameter : kind.parameters()) {
        for (String value : new String[] {"1000000", "-1000000", "0.000000001", "0"}) {
          AutoscalerChoice choice;
          try {
            choice = AutoscalerChoice.parse(kind.name() + ":" + parameter.name() + "=" + value);
          } catch (IllegalArgumentException e) {
            continue;
          }
          Autoscaler made = choice.create(Tick.workload());
          for (int t = 0; t <= 600; t += 60) {
            int replicas = made.decide(Tick.rate(t, 5, 10 + t));
            assertThat(replicas).as("%s at %d s", choice, t).isBetween(1, 50);
          }
        }
      }
    }
  }

  @Test
  void theListFitsEightyColumnsAndLeavesNothingOut() {
    assertThat(Autoscalers.describe().lines()).allSatisfy(l -> assertThat(l).hasSizeBetween(5, 80));
    String words = Autoscalers.describe().replaceAll("\\s+", " ");
    for (AutoscalerKind kind : Autoscalers.all()) {
      for (Parameter each : kind.parameters()) {
        assertThat(words).contains(each.name() + "=" + each.usual() + " " + each.help());
      }
    }
  }

  @Test
  void valuesThatMakeNoSenseAreRefusedBeforeAnythingRuns() {
    refused("hpa:target=0", "target must be a positive number");
    refused("hpa:metric=load+gpu+queue,target=1+2", "2 for 3");
    refused("hpa:metric=latency,kind=pods", "kind must be value");
    refused("hpa:up-pods=0,up-percent=0", "up-select=disabled");
    refused("static:replicas=-1", "replicas must not be negative");
    refused("kpa:panic=70", "tick <= panic <= stable");
    refused("wva:queue-spare=9", "0 <= spare <= threshold");
    refused("forecast:level=2", "0..1");
    refused("queueing:drain=0", "drain must be positive");
    refused("apa:max-up=1", "rates must be above 1");
    refused("ray:target=0", "target must be a positive number");
  }

  private static void refused(String text, String because) {
    assertThatThrownBy(() -> AutoscalerChoice.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(because);
  }

  @Test
  void eachRunOfAChoiceStartsWithoutMemory() {
    for (AutoscalerKind kind : Autoscalers.all()) {
      AutoscalerChoice choice = AutoscalerChoice.parse(kind.name());
      List<Integer> first =
          Tick.run(choice.create(Tick.workload()), 0, 300, 4, t -> Tick.rate(t, 0, 30 + t));
      List<Integer> second =
          Tick.run(choice.create(Tick.workload()), 0, 300, 4, t -> Tick.rate(t, 0, 30 + t));
      assertThat(second).isEqualTo(first);
    }
  }
}
