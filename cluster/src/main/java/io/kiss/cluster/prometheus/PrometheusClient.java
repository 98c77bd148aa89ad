package io.kiss.cluster.prometheus;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;

/**
 * Asks a Prometheus, and never lets its caller wait. A query that fails in passing is sent again
 * after a pause of random length, as long as the round has time for it.
 */
final class PrometheusClient implements AutoCloseable {
  /** Servers and proxies take lines of 8 KiB; what is near goes into a POST. */
  private static final int LONGEST_GET = 4000;

  private static final int THREADS = 4;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(150);
  private static final int TOO_MANY_REQUESTS = 429;
  private static final QueryFailure CLOSED = QueryFailure.lasting("is not asked any more");

  private final PrometheusEndpoint endpoint;
  private final PrometheusSettings settings;
  private final Credentials credentials;
  private final URI url;
  private final ExecutorService executor;
  private final ScheduledThreadPoolExecutor timers;
  private final HttpClient http;
  private final Turnstile turnstile;
  private final LongAdder bytes = new LongAdder();
  private final Set<CompletableFuture<QueryAnswer>> underWay = ConcurrentHashMap.newKeySet();

  /**
   * Connects to nothing yet.
   *
   * @throws IllegalArgumentException where the CA file cannot be used
   */
  PrometheusClient(PrometheusEndpoint endpoint, PrometheusSettings settings) {
    this.endpoint = endpoint;
    this.settings = settings;
    credentials = new Credentials(endpoint, System::nanoTime);
    url = endpoint.queryUrl();
    HttpClient.Builder client = HttpClient.newBuilder();
    Credentials.trust(endpoint).ifPresent(client::sslContext);
    executor = Executors.newFixedThreadPool(THREADS, daemons("kiss-prometheus-"));
    timers = new ScheduledThreadPoolExecutor(1, daemons("kiss-prometheus-timer-"));
    timers.setRemoveOnCancelPolicy(true);
    turnstile = new Turnstile(settings.concurrency(), executor);
    http =
        client
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.queryTimeout())
            .executor(executor)
            .build();
  }

  private static ThreadFactory daemons(String prefix) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, prefix + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Bytes of answers received so far, as they came over the wire. */
  long receivedBytes() {
    return bytes.sum();
  }

  /**
   * Asks for the present; fails with a {@link QueryFailure}.
   *
   * @param deadlineNanos of {@link System#nanoTime}, by when it has ended one way or the other
   */
  CompletableFuture<QueryAnswer> query(String promql, Grouping grouping, long deadlineNanos) {
    Query query = new Query(promql, grouping);
    underWay.add(query.result);
    query.result.whenComplete((answer, failure) -> underWay.remove(query.result));
    try {
      query.begin(deadlineNanos);
    } catch (RejectedExecutionException closed) {
      query.fail(CLOSED);
    }
    return query.result;
  }

  /** A query on its way, through all its attempts. */
  private final class Query {
    final CompletableFuture<QueryAnswer> result = new CompletableFuture<>();
    private final String promql;
    private final Grouping grouping;
    private long deadlineNanos;

    Query(String promql, Grouping grouping) {
      this.promql = promql;
      this.grouping = grouping;
    }

    void begin(long deadline) {
      deadlineNanos = deadline;
      Future<?> end = later(leftNanos(), () -> fail(tooLate(settings.roundTimeout())));
      result.whenComplete((answer, failure) -> end.cancel(false));
      attempt(1);
    }

    private long leftNanos() {
      return deadlineNanos - System.nanoTime();
    }

    void fail(QueryFailure failure) {
      result.completeExceptionally(failure);
    }

    private void attempt(int number) {
      turnstile
          .enter(this::exchange)
          .whenComplete(
              (answer, failure) -> {
                if (failure == null) {
                  result.complete(answer);
                } else {
                  failed(number, failureOf(failure));
                }
              });
    }

    private void failed(int number, QueryFailure failure) {
      long pause = pauseNanos(number);
      if (failure.isPassing() && number < settings.attempts() && pause < leftNanos()) {
        later(pause, () -> attempt(number + 1));
      } else {
        fail(failure);
      }
    }

    private CompletableFuture<QueryAnswer> exchange() {
      if (result.isDone()) {
        return CompletableFuture.failedFuture(tooLate(settings.roundTimeout()));
      }
      CompletableFuture<HttpResponse<byte[]>> sent =
          http.sendAsync(request(), BoundedBody.upTo(settings.responseLimit()));
      // The request's own timeout ends with the answer's head; a body may come in drops.
      long patience = Math.min(settings.queryTimeout().toNanos(), Math.max(0, leftNanos()));
      Future<?> timer = later(patience, () -> sent.cancel(true));
      return sent.whenComplete((response, failure) -> timer.cancel(false))
          .thenApplyAsync(response -> read(response, grouping), executor);
    }

    private HttpRequest request() {
      String form = "query=" + URLEncoder.encode(promql, StandardCharsets.UTF_8);
      HttpRequest.Builder request =
          form.length() <= LONGEST_GET
              ? HttpRequest.newBuilder(URI.create(url + "?" + form))
              : HttpRequest.newBuilder(url)
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(HttpRequest.BodyPublishers.ofString(form));
      credentials.authorization().ifPresent(value -> request.header("Authorization", value));
      endpoint.tenant().ifPresent(tenant -> request.header(endpoint.tenantHeader(), tenant));
      return request.header("Accept", "application/json").header("Accept-Encoding", "gzip").build();
    }
  }

  private Future<?> later(long nanos, Runnable work) {
    return timers.schedule(work, Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  /** From half to one and a half of a pause that doubles, so that many do not come back at once. */
  private static long pauseNanos(int number) {
    long usual = FIRST_PAUSE.toNanos() << (number - 1);
    return (long) (usual * (0.5 + ThreadLocalRandom.current().nextDouble()));
  }

  private QueryAnswer read(HttpResponse<byte[]> response, Grouping grouping) {
    bytes.add(response.body().length);
    if (response.statusCode() != 200) {
      throw refusal(response);
    }
    try (InputStream body = unpacked(response)) {
      return QueryAnswer.read(body, grouping);
    } catch (EOFException e) {
      throw QueryFailure.passing("ends its answer in the middle");
    } catch (IOException e) {
      throw QueryAnswer.notPrometheus();
    }
  }

  private InputStream unpacked(HttpResponse<byte[]> response) throws IOException {
    InputStream body = new ByteArrayInputStream(response.body());
    boolean packed = encoding(response.headers()).filter("gzip"::equalsIgnoreCase).isPresent();
    return packed ? new Bounded(new GZIPInputStream(body), settings.responseLimit()) : body;
  }

  private static Optional<String> encoding(HttpHeaders headers) {
    return headers.firstValue("Content-Encoding");
  }

  /** Unpacks so much and no more. */
  private static final class Bounded extends FilterInputStream {
    private final long most;
    private long read;

    Bounded(InputStream in, long most) {
      super(in);
      this.most = most;
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      count(value < 0 ? 0 : 1);
      return value;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
      int count = super.read(into, from, length);
      count(Math.max(0, count));
      return count;
    }

    private void count(int more) {
      read += more;
      if (read > most) {
        throw BoundedBody.tooLarge(most);
      }
    }
  }

  private QueryFailure refusal(HttpResponse<byte[]> response) {
    int status = response.statusCode();
    if (status == 401 || status == 403) {
      return QueryFailure.lasting(
          "refuses our login (HTTP %d); see bearer-token-file, user and tenant in kiss.prometheus"
              .formatted(status));
    }
    if (status / 100 == 3) {
      return QueryFailure.lasting(
          "sends us elsewhere (HTTP %d), where no login is carried; is the URL right?"
              .formatted(status));
    }
    String said = said(response);
    if (status == TOO_MANY_REQUESTS || status / 100 == 5) {
      return QueryFailure.passing("answers HTTP " + status + said);
    }
    return QueryFailure.lasting(
        status == 404 && said.isEmpty()
            ? "has no /api/v1/query (HTTP 404); is a path missing in the URL?"
            : "answers HTTP " + status + said);
  }

  /** What Prometheus says is wrong; nothing where somebody else answers. */
  private String said(HttpResponse<byte[]> response) {
    try (InputStream body = unpacked(response)) {
      QueryAnswer.read(body, new Grouping(Grouping.By.POD, List.of()));
      return "";
    } catch (QueryFailure failure) {
      String clause = failure.getMessage();
      return clause.equals(QueryAnswer.notPrometheus().getMessage()) ? "" : " and " + clause;
    } catch (IOException e) {
      return "";
    }
  }

  private static QueryFailure tooLate(Duration patience) {
    return QueryFailure.passing("did not answer within %d ms".formatted(patience.toMillis()));
  }

  private QueryFailure failureOf(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    // The HTTP client wraps what a body's subscriber threw.
    for (Throwable inner = cause; inner != null; inner = inner.getCause()) {
      if (inner instanceof QueryFailure known) {
        return known;
      }
    }
    if (cause instanceof CancellationException) {
      return tooLate(settings.queryTimeout());
    }
    if (cause instanceof SSLException) {
      return QueryFailure.lasting(
          "cannot be trusted over TLS: %s; see kiss.prometheus.ca-file".formatted(reason(cause)));
    }
    if (cause instanceof ConnectException) {
      return QueryFailure.passing("cannot be reached");
    }
    if (cause instanceof ZipException) {
      return QueryAnswer.notPrometheus();
    }
    return QueryFailure.passing("broke off: " + reason(cause));
  }

  private static String reason(Throwable cause) {
    return QueryFailure.quoted(
        cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage());
  }

  /** Stops; queries under way fail. */
  @Override
  public void close() {
    timers.shutdownNow();
    executor.shutdownNow();
    underWay.forEach(query -> query.completeExceptionally(CLOSED));
  }
}
