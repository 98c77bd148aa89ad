package io.kiss.cluster.http;

import akka.Done;
import io.kiss.actors.live.DecisionJournal;
import io.kiss.actors.live.DecisionRecord;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionStage;

/** Tells listeners and counters of decisions as soon as they are durable. */
public final class PublishingJournal implements DecisionJournal {
  private final DecisionJournal journal;
  private final EventFeeds feeds;
  private final MeterRegistry meters;

  public PublishingJournal(DecisionJournal journal, EventFeeds feeds, MeterRegistry meters) {
    this.journal = journal;
    this.feeds = feeds;
    this.meters = meters;
  }

  @Override
  public CompletionStage<Done> append(List<DecisionRecord> records) {
    return journal
        .append(records)
        .thenApply(
            done -> {
              feeds.publish(records);
              records.forEach(this::count);
              return done;
            });
  }

  private void count(DecisionRecord record) {
    meters
        .counter(
            NodeMeters.DECISIONS,
            "source",
            record.source().name().toLowerCase(Locale.ROOT),
            "outcome",
            record.outcome().name().toLowerCase(Locale.ROOT))
        .increment();
  }
}
