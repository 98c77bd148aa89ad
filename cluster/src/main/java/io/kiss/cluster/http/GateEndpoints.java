package io.kiss.cluster.http;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.http.javadsl.model.HttpResponse;
import com.typesafe.config.ConfigException;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.GateReport;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.gate.Gate;
import io.kiss.cluster.gate.Gate.Contender;
import io.kiss.cluster.gate.GateSettings;
import io.kiss.cluster.jobs.GateOrder;
import io.kiss.cluster.jobs.JobWork;
import io.kiss.cluster.jobs.Library;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/** Puts registered policies through the gate; the report is kept with the policy. */
final class GateEndpoints {
  /** As for evaluations: series of a week in seconds fit. */
  private static final int MAX_ORDER = 4 * 1024 * 1024;

  /** One a core would take the cores from scalers and learner. */
  private static final int THREADS = 1;

  private final JobEndpoints jobs;
  private final Library library;
  private final ControllerClient controller;
  private final GateSettings settings;
  private final Executor blocking;

  GateEndpoints(
      ActorSystem<?> system, JobEndpoints jobs, Library library, ControllerClient controller) {
    this.jobs = jobs;
    this.library = library;
    this.controller = controller;
    settings = settings(system);
    blocking = system.dispatchers().lookup(DispatcherSelector.blocking());
  }

  private static GateSettings settings(ActorSystem<?> system) {
    try {
      return GateSettings.from(system.settings().config().getConfig("kiss.gate"));
    } catch (IllegalArgumentException | ConfigException e) {
      throw new BootFailure(e.getMessage(), e);
    }
  }

  List<Endpoint> endpoints() {
    return List.of(Endpoint.post("/api/v1/policies/{id}/evaluate", this::evaluate));
  }

  private CompletionStage<HttpResponse> evaluate(Call call) {
    String id = call.segment("id");
    return call.body(GateOrder.class, MAX_ORDER)
        .thenCombine(controller.view(), (order, view) -> take(id, order, view))
        .thenCompose(answer -> answer);
  }

  private CompletionStage<HttpResponse> take(String id, GateOrder order, ControllerView view) {
    PolicyRef candidate =
        view.policies().stream()
            .map(RegisteredPolicy::ref)
            .filter(ref -> ref.id().equals(id))
            .findFirst()
            .orElseThrow(() -> ApiProblem.notFound("there is no policy '" + id + "'"));
    Optional<PolicyRef> champion = view.assignment().policy().filter(ref -> !ref.equals(candidate));
    CompletionStage<Optional<Contender>> other =
        champion
            .map(ref -> contender(ref).thenApply(Optional::of))
            .orElse(CompletableFuture.completedFuture(Optional.empty()));
    return contender(candidate)
        .thenCombineAsync(
            other,
            (mine, theirs) -> {
              Gate gate = JobEndpoints.reading(() -> order.prepare(library, settings));
              return jobs.accepted("gate", work(gate, mine, theirs));
            },
            blocking);
  }

  private CompletionStage<Contender> contender(PolicyRef ref) {
    return jobs.learned(ref.id()).thenApply(learned -> new Contender(ref, learned.policy()));
  }

  private JobWork work(Gate gate, Contender candidate, Optional<Contender> champion) {
    return progress -> {
      Gate.Result result = gate.run(candidate, champion, THREADS, progress);
      keep(result.report());
      return result;
    };
  }

  /** A result that is not kept would be no report: the job has failed then. */
  private void keep(GateReport report) throws InterruptedException {
    try {
      controller
          .<Done>order(reply -> new ControllerProtocol.RecordGate(report, reply))
          .toCompletableFuture()
          .get();
    } catch (ExecutionException e) {
      throw new IllegalArgumentException(
          "the controller did not keep the report, try again: " + e.getCause().getMessage(), e);
    }
  }
}
