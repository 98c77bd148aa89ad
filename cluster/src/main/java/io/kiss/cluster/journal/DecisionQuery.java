package io.kiss.cluster.journal;

import java.util.Optional;

/**
 * A page of decisions, newest first.
 *
 * @param before id of a decision: only older ones than that; empty: from the newest on
 * @param limit most records, 1..{@value #MAX_LIMIT}
 */
public record DecisionQuery(DecisionRange range, Optional<String> before, int limit) {

  /** Most records one query may ask for. */
  public static final int MAX_LIMIT = 1000;

  public DecisionQuery {
    if (limit < 1 || limit > MAX_LIMIT) {
      throw new IllegalArgumentException("limit must be in 1.." + MAX_LIMIT + ", not " + limit);
    }
  }
}
