package io.kiss.kisim.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.cluster.RandomHistory.Faults;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What holds in any history; jqwik prints the seed of a history that breaks it. */
class ClusterPropertiesTest {

  @Property(tries = 300)
  void theBooksBalanceAtEveryInstantWhateverFails(@ForAll long seed) {
    new RandomHistory(seed, Faults.BY_RATE).play(0);
  }

  @Property(tries = 300)
  void whenFaultsStopAllReplicasAreReadyThatEverFit(@ForAll long seed) {
    RandomHistory history = new RandomHistory(seed, Faults.BY_SCRIPT);
    KubernetesCluster cluster = history.play(0).cluster();
    int room = 0;
    for (NodePool pool : history.spec.pools()) {
      room += pool.maxNodes() * pool.gpusPerNode();
    }
    room *= history.service.sharing().podsPerDevice();
    assertThat(cluster.current()).isEqualTo(cluster.desired());
    assertThat(cluster.terminating()).isZero();
    assertThat(cluster.ready()).isEqualTo(Math.min(room, cluster.desired()));
  }

  @Property(tries = 40)
  void theSameSeedGivesTheSameLogHoweverTimeIsCut(@ForAll long seed) {
    RandomHistory history = new RandomHistory(seed, Faults.BY_RATE).drainingAtOnceOrNever();
    Ledger events = history.play(0);
    for (long cut : new long[] {4_000_000_000L, 15_000_000_000L, 777_777_777_777L}) {
      Ledger steps = history.play(cut);
      assertThat(steps.log()).isEqualTo(events.log());
      assertThat(steps.unitNanos()).isEqualTo(events.unitNanos());
    }
  }

  @Test
  void theSameSeedsGiveTheSameLogsOnOneThreadAndOnFour() throws Exception {
    List<List<String>> one = playAll(1);
    assertThat(playAll(4)).isEqualTo(one);
    assertThat(one.stream().flatMap(List::stream).filter(line -> line.contains("KILLED")))
        .hasSizeGreaterThan(1_000);
  }

  private static List<List<String>> playAll(int threads) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<List<String>>> logs =
          LongStream.range(0, 40)
              .mapToObj(
                  seed -> pool.submit(() -> new RandomHistory(seed, Faults.BY_RATE).play(0).log()))
              .toList();
      return logs.stream().map(ClusterPropertiesTest::result).toList();
    } finally {
      pool.shutdown();
    }
  }

  private static <T> T result(Future<T> future) {
    try {
      return future.get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
