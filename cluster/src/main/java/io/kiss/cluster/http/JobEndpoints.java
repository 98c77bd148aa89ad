package io.kiss.cluster.http;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import io.kiss.actors.live.PolicyStore;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.cluster.jobs.EvaluationOrder;
import io.kiss.cluster.jobs.JobQueue;
import io.kiss.cluster.jobs.JobStatus;
import io.kiss.cluster.jobs.JobWork;
import io.kiss.cluster.jobs.Learned;
import io.kiss.cluster.jobs.Library;
import io.kiss.cluster.jobs.QueueFullException;
import io.kiss.cluster.jobs.SimulationOrder;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.file.UnusableFileException;
import io.kiss.kisim.scenario.ScenarioException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What-if runs: asked for, looked at, cancelled. They live on the node that took them on. */
final class JobEndpoints {
  /** Series of a week in seconds fit. */
  private static final int MAX_ORDER = 4 * 1024 * 1024;

  private static final Pattern FLAG = Pattern.compile("--([a-z]+(?:-[a-z]+)*)");
  private static final String RETRY_AFTER_SECONDS = "10";

  private final JobQueue queue;
  private final Library library;
  private final ControllerClient controller;
  private final Optional<PolicyStore> policies;
  private final Executor blocking;

  /**
   * The endpoints.
   *
   * @param policies empty on a node without a database, which knows no registered policy
   */
  JobEndpoints(
      ActorSystem<?> system,
      JobQueue queue,
      Library library,
      ControllerClient controller,
      Optional<PolicyStore> policies) {
    this.queue = queue;
    this.library = library;
    this.controller = controller;
    this.policies = policies;
    blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
  }

  /** Reads what a request names, with the policy it names. */
  @FunctionalInterface
  private interface Preparation {
    JobWork prepare(Optional<Learned> learned);
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.post(
            "/api/v1/simulations",
            call ->
                call.body(SimulationOrder.class, MAX_ORDER)
                    .thenCompose(
                        order ->
                            take(
                                "simulation",
                                Optional.ofNullable(order.policy()),
                                learned -> order.prepare(library, learned)))),
        Endpoint.post(
            "/api/v1/evaluations",
            call ->
                call.body(EvaluationOrder.class, MAX_ORDER)
                    .thenCompose(
                        order ->
                            take(
                                "evaluation",
                                Optional.ofNullable(order.policy()),
                                learned -> order.prepare(library, learned)))),
        Endpoint.get("/api/v1/jobs", this::list, "limit", "before"),
        Endpoint.get("/api/v1/jobs/{id}", this::show),
        Endpoint.delete("/api/v1/jobs/{id}", this::delete));
  }

  private CompletionStage<HttpResponse> take(
      String kind, Optional<String> policy, Preparation preparation) {
    CompletionStage<Optional<Learned>> learned =
        policy.isEmpty()
            ? CompletableFuture.completedFuture(Optional.empty())
            : learned(policy.get()).thenApply(Optional::of);
    return learned
        .thenApplyAsync(found -> prepare(preparation, found), blocking)
        .thenApply(work -> accepted(kind, work));
  }

  private static JobWork prepare(Preparation preparation, Optional<Learned> learned) {
    return reading(() -> preparation.prepare(learned));
  }

  /** What a request names, or a refusal that says what is wrong with it. */
  static <T> T reading(Supplier<T> reader) {
    try {
      return reader.get();
    } catch (ScenarioException | UnusableFileException | IllegalArgumentException e) {
      throw ApiProblem.badRequest(inFields(String.valueOf(e.getMessage())));
    }
  }

  /** Sentences written for the command line name flags; the fields have the same names. */
  private static String inFields(String sentence) {
    Matcher flag = FLAG.matcher(sentence.lines().findFirst().orElse(""));
    return flag.replaceAll(
        found -> {
          StringBuilder field = new StringBuilder();
          for (String word : found.group(1).split("-")) {
            field.append(
                field.length() == 0
                    ? word
                    : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
          }
          return field.toString();
        });
  }

  /** The weights of a registered policy. */
  CompletionStage<Learned> learned(String id) {
    PolicyStore store =
        policies.orElseThrow(
            () -> ApiProblem.conflict("policy: this node has no database, so it knows none"));
    return controller
        .view()
        .thenApply(
            view ->
                view.policies().stream()
                    .map(RegisteredPolicy::ref)
                    .filter(ref -> ref.id().equals(id))
                    .findFirst()
                    .orElseThrow(
                        () -> ApiProblem.badRequest("policy: there is no policy '" + id + "'")))
        .thenCompose(ref -> store.get(ref.sha256()))
        .thenApply(
            bytes ->
                new Learned(
                    id,
                    PolicySnapshot.fromBytes(
                        bytes.orElseThrow(
                            () ->
                                ApiProblem.conflict(
                                    "policy: the weights of '" + id + "' are gone")))));
  }

  HttpResponse accepted(String kind, JobWork work) {
    try {
      JobStatus job = queue.submit(kind, work);
      return Json.response(StatusCodes.ACCEPTED, job)
          .addHeader(RawHeader.create("Location", "/api/v1/jobs/" + job.id()));
    } catch (QueueFullException e) {
      return Json.problem(StatusCodes.TOO_MANY_REQUESTS, e.getMessage())
          .addHeader(RawHeader.create("Retry-After", RETRY_AFTER_SECONDS));
    }
  }

  /**
   * A page of jobs, newest first, without their results.
   *
   * @param next what to pass as {@code before} for the next page; empty: this was the last
   */
  record JobPage(List<JobStatus> jobs, Optional<String> next) {}

  private CompletionStage<HttpResponse> list(Call call) {
    Page<JobStatus> page =
        Page.of(call, "before", queue.all(), JobStatus::id).map(JobStatus::withoutResult);
    return CompletableFuture.completedFuture(Json.ok(new JobPage(page.items(), page.next())));
  }

  private CompletionStage<HttpResponse> show(Call call) {
    String id = call.segment("id");
    return CompletableFuture.completedFuture(
        Json.ok(queue.find(id).orElseThrow(() -> unknown(id))));
  }

  private CompletionStage<HttpResponse> delete(Call call) {
    String id = call.segment("id");
    if (!queue.delete(id)) {
      throw unknown(id);
    }
    return CompletableFuture.completedFuture(
        HttpResponse.create().withStatus(StatusCodes.NO_CONTENT));
  }

  private static ApiProblem unknown(String id) {
    return ApiProblem.notFound(
        "this node has no job '" + id + "'; jobs live on the node that took them on");
  }
}
