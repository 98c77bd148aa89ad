package io.kiss.cluster.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.kiss.cluster.jobs.JobStatus.State;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class JobQueueTest {
  private static final JobSettings SETTINGS =
      new JobSettings(2, 2, Duration.ofHours(1), Duration.ofMinutes(1), Path.of("files"));

  private final ExecutorService threads = Executors.newSingleThreadExecutor();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
  private final JobQueue queue =
      new JobQueue(
          SETTINGS,
          threads,
          new Clock() {
            @Override
            public java.time.ZoneId getZone() {
              return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
              return this;
            }

            @Override
            public Instant instant() {
              return now.get();
            }
          });

  @AfterEach
  void stop() {
    queue.close();
    threads.shutdownNow();
  }

  @Test
  void aJobRunsAndItsResultIsKept() {
    String id =
        queue
            .submit(
                "sum",
                progress -> {
                  progress.accept(0.5);
                  return 3;
                })
            .id();
    assertThat(queue.result(id).orElseThrow().toCompletableFuture().join()).isEqualTo(3);
    JobStatus done = queue.find(id).orElseThrow();
    assertThat(done.state()).isEqualTo(State.DONE);
    assertThat(done.progress()).isEqualTo(1);
    assertThat(done.result()).contains(3);
    assertThat(queue.all().get(0).withoutResult().result()).isEmpty();
  }

  @Test
  void aCancelledJobsThreadIsInterruptedAndTheNextOneRuns() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    String id =
        queue
            .submit(
                "endless",
                progress -> {
                  started.countDown();
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.set(true);
                    throw e;
                  }
                  return 0;
                })
            .id();
    started.await();
    assertThat(queue.delete(id)).isTrue();
    assertThat(queue.find(id).orElseThrow().state()).isEqualTo(State.CANCELLED);
    await().untilTrue(interrupted);
    String next = queue.submit("next", progress -> Thread.currentThread().isInterrupted()).id();
    assertThat(queue.result(next).orElseThrow().toCompletableFuture().join()).isEqualTo(false);
    assertThat(queue.delete(id)).as("one that is over is forgotten").isTrue();
    assertThat(queue.delete(id)).isFalse();
  }

  @Test
  void moreJobsThanTheQueueHoldsAreRefused() {
    CountDownLatch end = new CountDownLatch(1);
    JobWork waits =
        progress -> {
          end.await();
          return 1;
        };
    queue.submit("one", waits);
    String second = queue.submit("two", waits).id();
    assertThatThrownBy(() -> queue.submit("three", waits))
        .isInstanceOf(QueueFullException.class)
        .hasMessageContaining("2 jobs");
    end.countDown();
    queue.result(second).orElseThrow().toCompletableFuture().join();
    assertThat(queue.submit("three", waits).state()).isEqualTo(State.QUEUED);
  }

  @Test
  void resultsAreForgottenByNumberAndByAge() {
    for (int i = 0; i < 5; i++) {
      String id = queue.submit("job", progress -> 1).id();
      queue.result(id).orElseThrow().toCompletableFuture().join();
    }
    assertThat(queue.all()).hasSize(2);
    now.set(now.get().plus(SETTINGS.retention()).plusSeconds(1));
    assertThat(queue.all()).isEmpty();
  }

  @Test
  void whatGoesWrongIsSaidInASentenceAndNeverAsAnException() {
    String refused =
        queue
            .submit(
                "refused",
                progress -> {
                  throw new IllegalArgumentException("too many requests for this engine");
                })
            .id();
    String broken =
        queue
            .submit(
                "broken",
                progress -> {
                  throw new ArithmeticException("/ by zero");
                })
            .id();
    await().until(() -> queue.find(broken).orElseThrow().state() == State.FAILED);
    assertThat(queue.find(refused).orElseThrow().problem())
        .contains("too many requests for this engine");
    assertThat(queue.find(broken).orElseThrow().problem()).contains("it failed; the log says more");
  }

  @Test
  void aJobThatRunsTooLongIsCancelled() {
    try (JobQueue hasty =
        new JobQueue(
            new JobSettings(2, 2, Duration.ofHours(1), Duration.ofMillis(1), Path.of("files")),
            threads,
            Clock.systemUTC())) {
      String id =
          hasty
              .submit(
                  "endless",
                  progress -> {
                    new CountDownLatch(1).await();
                    return 0;
                  })
              .id();
      await().until(() -> hasty.find(id).orElseThrow().state() == State.CANCELLED);
      assertThat(hasty.find(id).orElseThrow().problem().orElseThrow()).contains("longer than");
    }
  }
}
