package io.kiss.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Watches a run from outside while things break, and says afterwards whether all it saw can be.
 *
 * <p>What must hold: epochs never go back; within one, neither iterations nor environment steps do,
 * overall and as far as each worker's are shown; an epoch begins with what the one before had at
 * most one checkpoint interval before it was last seen; and steps are counted once: an update of n
 * workers learns from 1 to n segments of a known size, so that after i updates there are i to n·i
 * segments' worth of steps.
 */
final class Witness implements AutoCloseable {
  /** How often the learner writes down what it has. */
  static final Duration CHECKPOINT = Duration.ofSeconds(2);

  /** From wanting a checkpoint to its being in the database, on a busy machine. */
  private static final Duration WRITTEN = Duration.ofSeconds(3);

  private static final int WORKERS = 2;

  private record Seen(long nanos, long epoch, long iteration, long steps, JsonNode workers) {}

  private final ProcessCluster cluster;
  private final List<Seen> seen = new ArrayList<>();
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();

  Witness(ProcessCluster cluster) {
    this.cluster = cluster;
    thread.scheduleWithFixedDelay(this::look, 0, 200, TimeUnit.MILLISECONDS);
  }

  private void look() {
    long nanos = System.nanoTime();
    cluster
        .training()
        .filter(now -> !now.path("run").asText().isEmpty())
        .ifPresent(
            now -> {
              synchronized (this) {
                seen.add(
                    new Seen(
                        nanos,
                        now.path("epoch").asLong(),
                        now.path("iteration").asLong(),
                        now.path("environmentSteps").asLong(),
                        now.path("rollout").path("workers")));
              }
            });
  }

  private synchronized Seen last() {
    assertThat(seen).as("training was seen").isNotEmpty();
    return seen.get(seen.size() - 1);
  }

  /** Waits until ten updates more than now, in an epoch above this one where a new one is due. */
  Duration awaitProgress(String what, boolean newEpoch, Duration atMost) {
    await().atMost(Duration.ofSeconds(60)).until(this::hasSeen);
    Seen before = last();
    long from = System.nanoTime();
    await(what)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              Seen now = last();
              return newEpoch
                  ? now.epoch() > before.epoch() && now.iteration() > before.iteration()
                  : now.epoch() >= before.epoch() && now.iteration() >= before.iteration() + 10;
            });
    return Duration.ofNanos(System.nanoTime() - from);
  }

  private synchronized boolean hasSeen() {
    return !seen.isEmpty();
  }

  /** The newest epoch seen. */
  long epoch() {
    return last().epoch();
  }

  /** The longest time in which no update was seen to end. */
  synchronized Duration longestStandstill() {
    long longest = 0;
    Seen at = seen.get(0);
    for (Seen now : seen) {
      if (now.epoch() != at.epoch() || now.iteration() != at.iteration()) {
        longest = Math.max(longest, now.nanos() - at.nanos());
        at = now;
      }
    }
    return Duration.ofNanos(longest);
  }

  /** Fails where something was seen that must not be. */
  void check() {
    List<Seen> all;
    synchronized (this) {
      all = List.copyOf(seen);
    }
    assertThat(all).hasSizeGreaterThan(2);
    Seen before = all.get(0);
    Map<Integer, long[]> newestOfWorker = new HashMap<>();
    for (Seen now : all) {
      assertThat(now.epoch()).as("%s, then %s", before, now).isGreaterThanOrEqualTo(before.epoch());
      if (now.epoch() == before.epoch()) {
        assertThat(now.iteration())
            .as("%s, then %s", before, now)
            .isGreaterThanOrEqualTo(before.iteration());
        assertThat(now.steps())
            .as("%s, then %s", before, now)
            .isGreaterThanOrEqualTo(before.steps());
      } else {
        assertThat(now.steps())
            .as("no more than a checkpoint interval is lost: %s, then %s", before, now)
            .isGreaterThanOrEqualTo(secure(all, before));
      }
      assertThat(now.steps() % ProcessCluster.SEGMENT).as("%s", now).isZero();
      assertThat(now.steps() / ProcessCluster.SEGMENT)
          .as("every step is counted once: %s", now)
          .isBetween(now.iteration(), WORKERS * now.iteration());
      checkWorkers(now, newestOfWorker);
      before = now;
    }
  }

  private static void checkWorkers(Seen now, Map<Integer, long[]> newestOfWorker) {
    for (JsonNode worker : now.workers()) {
      if (worker.path("iteration").asLong() < 0) {
        // Joined, and has delivered nothing yet.
        continue;
      }
      long[] before =
          newestOfWorker.getOrDefault(worker.path("worker").asInt(), new long[] {-1, -1});
      long[] at = {now.epoch(), worker.path("iteration").asLong()};
      if (at[0] == before[0]) {
        assertThat(at[1]).as("%s", now).isGreaterThanOrEqualTo(before[1]);
      }
      newestOfWorker.put(worker.path("worker").asInt(), at);
    }
  }

  /** Steps that must have been written down when an epoch was last seen. */
  private static long secure(List<Seen> all, Seen lastOfEpoch) {
    long until = lastOfEpoch.nanos() - CHECKPOINT.plus(WRITTEN).toNanos();
    return all.stream()
        .filter(seen -> seen.epoch() == lastOfEpoch.epoch() && seen.nanos() <= until)
        .mapToLong(Seen::steps)
        .max()
        .orElse(0);
  }

  @Override
  public void close() throws InterruptedException {
    thread.shutdownNow();
    thread.awaitTermination(10, TimeUnit.SECONDS);
  }
}
