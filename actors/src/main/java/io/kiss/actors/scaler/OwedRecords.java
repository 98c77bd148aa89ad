package io.kiss.actors.scaler;

import io.kiss.actors.live.DecisionRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Records of a namespace that the journal has not confirmed, oldest first; they are written again
 * with those of later ticks. A batch that was late may be in the journal all the same: one that has
 * a record keeps it once. All namespaces of a node may hold so many together; beyond that the
 * namespace at hand gives up its oldest, and counts them as lost.
 */
final class OwedRecords {
  /** So many go with one tick's: a batch that always took too long would never be confirmed. */
  private static final int AT_ONCE = 1000;

  private final LiveMetrics metrics;
  private final int limit;
  private final Deque<DecisionRecord> records = new ArrayDeque<>();

  /**
   * Owes nothing yet.
   *
   * @param limit of what the whole node may owe
   */
  OwedRecords(LiveMetrics metrics, int limit) {
    this.metrics = metrics;
    this.limit = limit;
  }

  /** The oldest, as many as are to be written at a time. */
  List<DecisionRecord> some() {
    return records.stream().limit(AT_ONCE).toList();
  }

  /** Takes in what was not confirmed. */
  void add(List<DecisionRecord> unconfirmed) {
    records.addAll(unconfirmed);
    metrics.owed(unconfirmed.size());
    int lost = 0;
    while (metrics.owedRecords() > limit && !records.isEmpty()) {
      records.removeFirst();
      metrics.owed(-1);
      lost++;
    }
    metrics.lost(lost);
  }

  /** Forgets what was confirmed. */
  void confirmed(List<DecisionRecord> kept) {
    Set<String> ids = new HashSet<>();
    kept.forEach(record -> ids.add(record.id()));
    int before = records.size();
    records.removeIf(record -> ids.contains(record.id()));
    metrics.owed(records.size() - before);
  }

  /** Forgets all, for somebody else to write, or not. */
  List<DecisionRecord> takeAll() {
    List<DecisionRecord> all = new ArrayList<>(records);
    records.clear();
    metrics.owed(-all.size());
    return all;
  }
}
