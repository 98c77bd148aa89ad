package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.Attachment.Mode;
import io.kiss.actors.protocol.NamespaceProtocol.Attach;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.ShadowRef;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.shadow.ShadowReport;
import io.kiss.kisim.autoscale.shadow.ShadowReport.Standing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Those who decide beside a scaler, seen from outside. */
class ShadowsInUseTest extends NamespaceFixture {
  private static final PolicySnapshot UP = TestPolicies.always(PLUS_ONE);

  private static ShadowRef classical(String name) {
    return new ShadowRef(name, Optional.empty());
  }

  private void say(Mode mode, Assignment assignment, List<ShadowRef> shadows) {
    Attachment attachment = attachment(mode).withShadows(shadows);
    namespace.tell(new Attach(attachment, assignment, Optional.empty()));
  }

  private ShadowRef policy(String id, PolicySnapshot policy) {
    cluster.put(policy.sha256(), policy.toBytes());
    return new ShadowRef(id, Optional.of(TestPolicies.ref(id, policy)));
  }

  private ShadowReport report() {
    soon().until(() -> status("web").shadows().isPresent());
    return status("web").shadows().get();
  }

  private ShadowReport reportOfTick() {
    soon().until(() -> report().untilSeconds() == cluster.now);
    return report();
  }

  @Test
  void theyNeverActAndTheScalerDecidesTheSameToTheSameBits() {
    List<ShadowRef> shadows =
        List.of(classical("static:replicas=40"), classical("hpa"), policy("up", UP));
    List<DecisionRecord> with = run(shadows);
    assertThat(reportOfTick().shadows().get(0).replicas()).isEqualTo(40);
    List<FakeCluster.Write> writes = List.copyOf(cluster.attempts());
    stop();
    start();
    int before = cluster.batches();
    int written = cluster.attempts().size();
    List<DecisionRecord> without = run(List.of()).subList(0, with.size());
    assertThat(before).isPositive();
    for (int i = 0; i < with.size(); i++) {
      assertThat(with.get(i).replicas()).isEqualTo(without.get(i).replicas());
      assertThat(with.get(i).observation()).isEqualTo(without.get(i).observation());
      assertThat(with.get(i).scalerState()).isEqualTo(without.get(i).scalerState());
      assertThat(with.get(i).reason()).isEqualTo(without.get(i).reason());
    }
    assertThat(cluster.attempts().subList(written, cluster.attempts().size()))
        .extracting(FakeCluster.Write::replicas)
        .containsExactlyElementsOf(writes.stream().map(FakeCluster.Write::replicas).toList());
  }

  /** Twelve ticks from the same start. */
  private List<DecisionRecord> run(List<ShadowRef> shadows) {
    cluster.now = 1_000_000;
    cluster.put("web", FakeCluster.Deployment.of(2, 100));
    int before = cluster.batches();
    long ticks = metrics.ticks();
    say(Mode.ACTIVE, Assignment.NONE, shadows);
    awaitTick(ticks + 1);
    for (int i = 0; i < 11; i++) {
      tick();
    }
    List<DecisionRecord> records = new ArrayList<>();
    for (int i = before; i < cluster.batches(); i++) {
      records.addAll(cluster.batch(i));
    }
    return records;
  }

  @Test
  void anotherListBeginsAnewAndNoneShowsNothing() {
    say(Mode.SHADOW, Assignment.NONE, List.of(classical("hpa")));
    awaitTick(1);
    tick();
    ShadowReport first = reportOfTick();
    assertThat(first.shadows()).extracting(Standing::name).containsExactly("hpa");
    tick();
    assertThat(reportOfTick().sinceSeconds()).isEqualTo(first.sinceSeconds());
    assertThat(metrics.shadows()).hasSize(1);

    say(Mode.SHADOW, Assignment.NONE, List.of(classical("hpa"), classical("queueing")));
    tick();
    tick();
    ShadowReport second = reportOfTick();
    assertThat(second.shadows()).extracting(Standing::name).containsExactly("hpa", "queueing");
    assertThat(second.sinceSeconds()).isGreaterThan(first.sinceSeconds());

    say(Mode.SHADOW, Assignment.NONE, List.of());
    soon().until(() -> status("web").shadows().isEmpty());
    tick();
    assertThat(status("web").shadows()).isEmpty();
    assertThat(metrics.shadows()).isEmpty();
  }

  @Test
  void aPolicyThatCannotBeHadSaysSoUntilItCan() {
    PolicyRef lost = TestPolicies.ref("lost", UP);
    say(
        Mode.SHADOW,
        Assignment.NONE,
        Arrays.asList(new ShadowRef("lost", Optional.of(lost)), classical("hpa")));
    awaitTick(1);
    tick();
    assertThat(reportOfTick().shadows().get(0).failure()).contains("no policy 'lost'");
    assertThat(reportOfTick().shadows().get(1).failure()).isEmpty();
    cluster.put(UP.sha256(), UP.toBytes());
    say(
        Mode.SHADOW,
        Assignment.NONE,
        Arrays.asList(new ShadowRef("lost", Optional.of(lost)), classical("hpa")));
    tick();
    tick();
    assertThat(reportOfTick().shadows().get(0).failure()).isEmpty();
  }

  @Test
  void oneThatStartsAgainSaysSinceWhen() {
    say(Mode.SHADOW, Assignment.NONE, List.of(classical("hpa")));
    awaitTick(1);
    tick();
    double since = reportOfTick().sinceSeconds();
    kit.stop(namespace);
    namespace = spawn("node-2");
    cluster.now += 600;
    long ticks = metrics.ticks();
    say(Mode.SHADOW, Assignment.NONE, List.of(classical("hpa")));
    awaitTick(ticks + 1);
    tick();
    tick();
    ShadowReport after = reportOfTick();
    assertThat(after.sinceSeconds()).isGreaterThanOrEqualTo(since + 600);
    assertThat(after.countedSeconds()).isLessThanOrEqualTo(2 * TICK);
  }
}
