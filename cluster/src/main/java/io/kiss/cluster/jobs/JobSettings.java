package io.kiss.cluster.jobs;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How much work a node takes on.
 *
 * @param waiting most jobs that are not finished
 * @param kept most finished jobs whose results are kept
 * @param retention how long they are kept
 * @param longest how long a job may run
 * @param files folder of the traces and scenarios a request may name
 */
public record JobSettings(int waiting, int kept, Duration retention, Duration longest, Path files) {

  public JobSettings {
    require(waiting >= 1, "kiss.jobs.waiting must be at least 1");
    require(kept >= 1, "kiss.jobs.kept must be at least 1");
    require(!retention.isZero() && !retention.isNegative(), "kiss.jobs.retention must be positive");
    require(!longest.isZero() && !longest.isNegative(), "kiss.jobs.longest must be positive");
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }

  /** Reads {@code kiss.jobs}; a relative folder counts from {@code data}. */
  public static JobSettings from(Config jobs, Path data) {
    return new JobSettings(
        jobs.getInt("waiting"),
        jobs.getInt("kept"),
        jobs.getDuration("retention"),
        jobs.getDuration("longest"),
        data.resolve(jobs.getString("files")));
  }
}
