package io.kiss.cluster.jobs;

import java.util.function.DoubleConsumer;

/** What a job does, on a thread that it may keep busy. */
@FunctionalInterface
public interface JobWork {

  /**
   * Does it. A cancelled job's thread is interrupted.
   *
   * @param progress is told the share that is done, 0..1
   * @return the result, which becomes JSON; not null
   * @throws IllegalArgumentException with a sentence for whoever asked for the job
   */
  Object run(DoubleConsumer progress) throws Exception;
}
