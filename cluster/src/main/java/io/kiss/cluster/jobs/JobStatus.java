package io.kiss.cluster.jobs;

import java.time.Instant;
import java.util.Optional;

/**
 * A job as it stands.
 *
 * @param kind such as {@code simulation}
 * @param progress share that is done, 0..1
 * @param problem why it failed or was cancelled
 * @param result what came out, once it is done
 */
public record JobStatus(
    String id,
    String kind,
    State state,
    double progress,
    Instant submittedAt,
    Optional<Instant> startedAt,
    Optional<Instant> endedAt,
    Optional<String> problem,
    Optional<Object> result) {

  /** Where a job is in its life. */
  public enum State {
    QUEUED,
    RUNNING,
    DONE,
    FAILED,
    CANCELLED;

    /** Whether nothing more will happen. */
    public boolean isFinal() {
      return this != QUEUED && this != RUNNING;
    }
  }

  /** The same without its result, for lists. */
  public JobStatus withoutResult() {
    return new JobStatus(
        id, kind, state, progress, submittedAt, startedAt, endedAt, problem, Optional.empty());
  }
}
