package io.kiss.cluster.jobs;

import io.kiss.cluster.jobs.JobStatus.State;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs of this node, in the order they were asked for. As many run at once as the executor has
 * threads; neither those that wait nor the results that are kept grow without limit. They are gone
 * when the node is.
 */
public final class JobQueue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobQueue.class);

  private final JobSettings settings;
  private final Executor executor;
  private final Clock clock;
  private final Map<String, Job> jobs = new LinkedHashMap<>();
  private final String prefix;
  private long taken;

  /**
   * An empty queue.
   *
   * @param executor runs the jobs; its threads may be blocked and interrupted
   */
  public JobQueue(JobSettings settings, Executor executor, Clock clock) {
    this.settings = settings;
    this.executor = executor;
    this.clock = clock;
    // After a restart an id of before must not name another job.
    prefix = Long.toString(clock.millis() / 1000, 36);
  }

  /** A job and what is known of it; guarded by the queue. */
  private static final class Job {
    private final String id;
    private final String kind;
    private final Instant submittedAt;
    private final CompletableFuture<Object> ended = new CompletableFuture<>();
    private FutureTask<Void> task;
    private State state = State.QUEUED;
    private double progress;
    private Optional<Instant> startedAt = Optional.empty();
    private Optional<Instant> endedAt = Optional.empty();
    private Optional<String> problem = Optional.empty();
    private Optional<Object> result = Optional.empty();

    Job(String id, String kind, Instant submittedAt) {
      this.id = id;
      this.kind = kind;
      this.submittedAt = submittedAt;
    }

    JobStatus status() {
      return new JobStatus(
          id, kind, state, progress, submittedAt, startedAt, endedAt, problem, result);
    }
  }

  /**
   * Takes on a job.
   *
   * @throws QueueFullException if there are too many already
   */
  public JobStatus submit(String kind, JobWork work) {
    Job job;
    JobStatus taken;
    synchronized (this) {
      forgetOld();
      if (unfinished() >= settings.waiting()) {
        throw new QueueFullException(settings.waiting());
      }
      job = new Job(prefix + "-" + ++this.taken, kind, clock.instant());
      job.task = new FutureTask<>(() -> run(job, work), null);
      jobs.put(job.id, job);
      taken = job.status();
    }
    executor.execute(job.task);
    return taken;
  }

  /**
   * Completes with a job's result, or fails with why there is none; empty where there is no such
   * job.
   */
  public synchronized Optional<CompletionStage<Object>> result(String id) {
    return Optional.ofNullable(jobs.get(id)).map(job -> job.ended.minimalCompletionStage());
  }

  private void run(Job job, JobWork work) {
    synchronized (this) {
      if (job.state != State.QUEUED) {
        return;
      }
      job.state = State.RUNNING;
      job.startedAt = Optional.of(clock.instant());
    }
    CompletableFuture.delayedExecutor(settings.longest().toMillis(), TimeUnit.MILLISECONDS)
        .execute(() -> cancel(job, "it ran longer than " + settings.longest()));
    try {
      Object result = work.run(share -> progress(job, share));
      end(job, State.DONE, Optional.empty(), Optional.of(result));
    } catch (InterruptedException | CancellationException e) {
      end(job, State.CANCELLED, Optional.of("it was interrupted"), Optional.empty());
    } catch (IllegalArgumentException e) {
      end(job, State.FAILED, Optional.ofNullable(e.getMessage()), Optional.empty());
    } catch (Exception | OutOfMemoryError | StackOverflowError e) {
      if (job.task.isCancelled()) {
        return;
      }
      LOG.error("Job {} ({}) failed", job.id, job.kind, e);
      end(job, State.FAILED, Optional.of("it failed; the log says more"), Optional.empty());
    }
  }

  private synchronized void progress(Job job, double share) {
    if (job.state == State.RUNNING) {
      job.progress = Math.max(job.progress, Math.min(1, share));
    }
  }

  private void end(Job job, State state, Optional<String> problem, Optional<Object> result) {
    synchronized (this) {
      if (job.state.isFinal()) {
        return;
      }
      job.state = state;
      job.endedAt = Optional.of(clock.instant());
      job.problem = problem;
      job.result = result;
      job.progress = state == State.DONE ? 1 : job.progress;
      forgetOld();
    }
    if (state == State.DONE) {
      job.ended.complete(result.orElseThrow());
    } else {
      job.ended.completeExceptionally(
          state == State.CANCELLED
              ? new CancellationException(problem.orElse(""))
              : new IllegalStateException(problem.orElse("")));
    }
  }

  /** A job as it stands; empty: there is no such job, or it is long over. */
  public synchronized Optional<JobStatus> find(String id) {
    forgetOld();
    return Optional.ofNullable(jobs.get(id)).map(Job::status);
  }

  /** All jobs, the newest first. */
  public synchronized List<JobStatus> all() {
    forgetOld();
    List<JobStatus> all = new ArrayList<>();
    jobs.values().forEach(job -> all.add(job.status()));
    Collections.reverse(all);
    return all;
  }

  /** Cancels a job that is not over, and forgets one that is; whether there was one. */
  public boolean delete(String id) {
    Job job;
    synchronized (this) {
      job = jobs.get(id);
      if (job != null && job.state.isFinal()) {
        jobs.remove(id);
        return true;
      }
    }
    if (job == null) {
      return false;
    }
    cancel(job, "somebody cancelled it");
    return true;
  }

  /** The reason first: work that is interrupted ends at once, and would know none. */
  private void cancel(Job job, String why) {
    end(job, State.CANCELLED, Optional.of(why), Optional.empty());
    job.task.cancel(true);
  }

  /** Jobs that wait or run. */
  public synchronized long unfinished() {
    return jobs.values().stream().filter(job -> !job.state.isFinal()).count();
  }

  private void forgetOld() {
    Instant oldest = clock.instant().minus(settings.retention());
    jobs.values().removeIf(job -> job.endedAt.filter(oldest::isAfter).isPresent());
    long tooMany =
        jobs.values().stream().filter(job -> job.state.isFinal()).count() - settings.kept();
    List<String> ended =
        jobs.values().stream().filter(job -> job.state.isFinal()).map(job -> job.id).toList();
    ended.stream().limit(Math.max(0, tooMany)).forEach(jobs::remove);
  }

  /** Cancels everything. */
  @Override
  public void close() {
    List<Job> all;
    synchronized (this) {
      all = List.copyOf(jobs.values());
    }
    all.forEach(job -> cancel(job, "the node stops"));
  }
}
