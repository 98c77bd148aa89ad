package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.live.DecisionRecord.Outcome;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment.Mode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of the records of decisions while the journal is away, or late. */
class OwedRecordsTest extends NamespaceFixture {
  /** Of a settings record that lets a node keep five. */
  private static final int LIMIT = SETTINGS.unrecordedDecisions();

  private List<DecisionRecord> kept(int batch) {
    return cluster.batch(batch);
  }

  @Test
  void whatWasDecidedInAnOutageIsRecordedOnceTheJournalIsBack() {
    cluster.journalFails = new IllegalStateException("disk full");
    attachAndTick(Mode.ACTIVE);
    tick();
    tick();
    assertThat(metrics.owedRecords()).isEqualTo(3);

    cluster.journalFails = null;
    tick();
    assertThat(kept(0)).hasSize(4).doesNotHaveDuplicates();
    assertThat(kept(0))
        .extracting(DecisionRecord::timeSeconds)
        .containsExactly(1000.0, 1015.0, 1030.0, 1045.0);
    assertThat(kept(0).get(0).outcome())
        .as("the one that was carried out before anybody knew")
        .isEqualTo(Outcome.APPLIED);
    assertThat(metrics.owedRecords()).isZero();
    assertThat(metrics.lostRecords()).isZero();
    tick();
    assertThat(kept(1)).as("written once").hasSize(1);
    assertThat(metrics.decisions()).isEqualTo(5);
  }

  @Test
  void aBatchThatTheJournalWasLateWithIsWrittenAgainUnderTheSameNames() {
    cluster.journalSilent = true;
    attach(Mode.ACTIVE, Assignment.NONE);
    soon().until(() -> cluster.batches() == 1);
    time.timePasses(SETTINGS.portTimeout());
    soon().until(() -> metrics.decisions() == 1);
    assertThat(status().problem().orElseThrow()).contains("journal did not answer within 5000 ms");

    cluster.journalSilent = false;
    cluster.now += TICK;
    time.timePasses(TICK_TIME.minus(SETTINGS.portTimeout()));
    awaitTick(2);
    assertThat(kept(1)).hasSize(2).startsWith(kept(0).get(0));
    assertThat(metrics.owedRecords()).isZero();
    assertThat(status().problem()).isEmpty();
  }

  @Test
  void whatIsMoreThanANodeMayKeepIsLostOldestFirstAndCounted() {
    cluster.journalFails = new IllegalStateException("disk full");
    attachAndTick(Mode.SHADOW);
    for (int i = 0; i < LIMIT + 1; i++) {
      tick();
    }
    assertThat(metrics.owedRecords()).isEqualTo(LIMIT);
    assertThat(metrics.lostRecords()).isEqualTo(2);

    cluster.journalFails = null;
    tick();
    assertThat(kept(0)).hasSize(LIMIT + 1);
    assertThat(kept(0).get(0).timeSeconds()).isEqualTo(1000 + 2 * TICK);
  }

  @Test
  void aNamespaceThatEndsHandsOverWhatItOwesOrCountsIt() {
    cluster.journalFails = new IllegalStateException("disk full");
    attachAndTick(Mode.SHADOW);
    tick();
    cluster.journalFails = null;
    kit.stop(namespace, Duration.ofSeconds(10));
    assertThat(kept(0)).hasSize(2);
    assertThat(metrics.owedRecords()).isZero();
    assertThat(metrics.lostRecords()).isZero();

    cluster.journalFails = new IllegalStateException("disk full");
    namespace = spawn("node-1");
    attach(Mode.SHADOW, Assignment.NONE);
    soon().until(() -> metrics.owedRecords() == 1);
    kit.stop(namespace, Duration.ofSeconds(10));
    assertThat(metrics.owedRecords()).isZero();
    assertThat(metrics.lostRecords()).isEqualTo(1);
  }
}
