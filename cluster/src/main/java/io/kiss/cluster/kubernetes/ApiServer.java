package io.kiss.cluster.kubernetes;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** The API server of one cluster: whoever asks it something waits on threads of this class. */
final class ApiServer implements AutoCloseable {
  private final String description;
  private final KubernetesSettings settings;
  private final WatchPulse pulse;
  private final KubernetesClient client;
  private final ExecutorService callers;
  private final ExecutorService watchers;
  private final ScheduledExecutorService timer;

  /** A question to the API server, which blocks. */
  @FunctionalInterface
  interface Question<T> extends Function<KubernetesClient, T> {}

  ApiServer(String cluster, Config access, KubernetesSettings settings) {
    this.settings = settings;
    pulse = new WatchPulse(settings.watchRefresh(), System::nanoTime);
    callers = Executors.newFixedThreadPool(settings.threads(), threads(cluster, "call"));
    watchers = Executors.newCachedThreadPool(threads(cluster, "watch"));
    timer = Executors.newSingleThreadScheduledExecutor(threads(cluster, "timer"));
    int timeoutMillis = (int) settings.requestTimeout().toMillis();
    Config config =
        new ConfigBuilder(access)
            .withRequestTimeout(timeoutMillis)
            .withConnectionTimeout(timeoutMillis)
            // Retries are ours: a write that may have been taken is not simply sent again.
            .withRequestRetryBackoffLimit(0)
            .withWatchReconnectInterval((int) settings.backoff().toMillis())
            .withWatchReconnectLimit(-1)
            // One dead HTTP/2 connection would take all requests with it until TCP gives up.
            .withHttp2Disable(true)
            .withUserAgent("kiss")
            .build();
    client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withTaskExecutor(watchers)
            .withHttpClientBuilderConsumer(
                builder -> builder.addOrReplaceInterceptor("kiss-pulse", pulse))
            .build();
    description =
        "the API server of cluster '%s' at %s"
            .formatted(cluster, client.getMasterUrl().toString().replaceFirst("/$", ""));
  }

  private static ThreadFactory threads(String cluster, String purpose) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread =
          new Thread(
              task,
              "kiss-kubernetes-%s-%s-%d".formatted(cluster, purpose, number.incrementAndGet()));
      thread.setDaemon(true);
      return thread;
    };
  }

  KubernetesClient client() {
    return client;
  }

  WatchPulse pulse() {
    return pulse;
  }

  ExecutorService callers() {
    return callers;
  }

  ScheduledExecutorService timer() {
    return timer;
  }

  /** A failure in words. */
  RuntimeException failure(String doing, Throwable cause) {
    return ApiFailure.of(description, doing, cause);
  }

  /**
   * Asks, again where the server could not take it, with pauses that grow and are never the same.
   *
   * @param doing what is asked, for the sentence when it fails
   */
  <T> CompletionStage<T> ask(String doing, Question<T> question) {
    long deadline = System.nanoTime() + settings.callTimeout().toNanos();
    CompletableFuture<T> answer = new CompletableFuture<>();
    attempt(doing, question, 1, deadline, answer);
    return answer;
  }

  private <T> void attempt(
      String doing, Question<T> question, int number, long deadline, CompletableFuture<T> answer) {
    callers.execute(
        () -> {
          try {
            answer.complete(question.apply(client));
          } catch (RuntimeException e) {
            long pause = pauseMillis(number, e);
            boolean inTime = System.nanoTime() + pause * 1_000_000 < deadline;
            if (number < settings.attempts() && inTime && ApiFailure.passes(e)) {
              timer.schedule(
                  () -> attempt(doing, question, number + 1, deadline, answer),
                  pause,
                  TimeUnit.MILLISECONDS);
            } else {
              answer.completeExceptionally(failure(doing, e));
            }
          }
        });
  }

  /** Doubled each time, then drawn from its upper half; longer where the server says so. */
  private long pauseMillis(int attempt, Throwable failure) {
    long longest = settings.backoff().multipliedBy(1L << Math.min(attempt - 1, 10)).toMillis();
    long pause = ThreadLocalRandom.current().nextLong(longest / 2, longest + 1);
    return Math.max(pause, retryAfter(failure).toMillis());
  }

  private static Duration retryAfter(Throwable failure) {
    return failure instanceof KubernetesClientException answer
            && answer.getStatus() != null
            && answer.getStatus().getDetails() != null
            && answer.getStatus().getDetails().getRetryAfterSeconds() != null
        ? Duration.ofSeconds(answer.getStatus().getDetails().getRetryAfterSeconds())
        : Duration.ZERO;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    callers.shutdownNow();
    client.close();
    watchers.shutdownNow();
  }
}
