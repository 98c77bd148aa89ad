package io.kiss.cluster.http;

import akka.actor.typed.ActorSystem;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import io.kiss.actors.controller.ControllerSingleton;
import io.kiss.actors.scaler.NamespaceSharding;
import io.kiss.learner.LearnerSingleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What machines ask, and the page for people. */
final class ProbeEndpoints {
  private static final ContentType YAML =
      MediaTypes.applicationWithFixedCharset("yaml", HttpCharsets.UTF_8).toContentType();

  private static final ContentType CSS = MediaTypes.TEXT_CSS.toContentType(HttpCharsets.UTF_8);
  private static final ContentType JAVASCRIPT =
      MediaTypes.APPLICATION_JAVASCRIPT.toContentType(HttpCharsets.UTF_8);

  private final ActorSystem<?> system;
  private final Readiness readiness;
  private final Supplier<CompletionStage<String>> scrape;

  /**
   * Asks whether the parts a node may need answer: the learner where it can run here, the
   * controller on nodes that control or scale. A worker waits for nothing but its membership.
   *
   * @param database empty where there is none
   */
  record Readiness(
      Optional<Supplier<CompletionStage<?>>> database,
      Supplier<CompletionStage<?>> learner,
      Supplier<CompletionStage<?>> controller) {}

  ProbeEndpoints(
      ActorSystem<?> system, Readiness readiness, Supplier<CompletionStage<String>> scrape) {
    this.system = system;
    this.readiness = readiness;
    this.scrape = scrape;
  }

  /** Whether a node can do its work, and what it waits for. */
  record ReadyView(boolean ready, List<String> waitingFor) {}

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.get("/alive", call -> alive()),
        Endpoint.get("/ready", call -> ready()),
        Endpoint.get(
            "/metrics",
            call ->
                scrape
                    .get()
                    .thenCompose(
                        metrics ->
                            text(
                                ContentTypes.TEXT_PLAIN_UTF8,
                                metrics.getBytes(java.nio.charset.StandardCharsets.UTF_8)))),
        Endpoint.get("/openapi.yaml", call -> text(YAML, resource("openapi.yaml"))),
        Endpoint.get("/", call -> text(ContentTypes.TEXT_HTML_UTF8, resource("web/index.html"))),
        Endpoint.get("/kiss.css", call -> text(CSS, resource("web/kiss.css"))),
        Endpoint.get("/kiss.js", call -> text(JAVASCRIPT, resource("web/kiss.js"))));
  }

  /** A node that was put out of its cluster is of no use until it is started again. */
  private CompletionStage<HttpResponse> alive() {
    if (Cluster.get(system).isTerminated()) {
      throw ApiProblem.unavailable("this node is no longer part of its cluster");
    }
    return text(
        ContentTypes.TEXT_PLAIN_UTF8, "alive\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private CompletionStage<HttpResponse> ready() {
    CompletionStage<List<String>> waiting = CompletableFuture.completedFuture(new ArrayList<>());
    Member self = Cluster.get(system).selfMember();
    if (!self.status().equals(MemberStatus.up())) {
      waiting = with(waiting, "membership of the cluster");
    }
    if (readiness.database().isPresent()) {
      waiting = check(waiting, "the database", readiness.database().get());
    }
    if (self.hasRole(LearnerSingleton.ROLE)) {
      waiting = check(waiting, "the learner", readiness.learner());
    }
    if (self.hasRole(ControllerSingleton.ROLE) || self.hasRole(NamespaceSharding.ROLE)) {
      waiting = check(waiting, "the controller", readiness.controller());
    }
    return waiting.thenApply(
        list ->
            Json.response(
                list.isEmpty() ? StatusCodes.OK : StatusCodes.SERVICE_UNAVAILABLE,
                new ReadyView(list.isEmpty(), list)));
  }

  private static CompletionStage<List<String>> check(
      CompletionStage<List<String>> waiting, String part, Supplier<CompletionStage<?>> ask) {
    CompletionStage<Boolean> answers = ask.get().handle((answer, failure) -> failure == null);
    return waiting.thenCombine(
        answers,
        (list, answered) -> {
          if (!answered) {
            list.add(part);
          }
          return list;
        });
  }

  private static CompletionStage<List<String>> with(
      CompletionStage<List<String>> waiting, String part) {
    return waiting.thenApply(
        list -> {
          list.add(part);
          return list;
        });
  }

  private static CompletionStage<HttpResponse> text(ContentType type, byte[] bytes) {
    return CompletableFuture.completedFuture(
        HttpResponse.create().withEntity(HttpEntities.create(type, bytes)));
  }

  private static byte[] resource(String name) {
    try (InputStream in = ProbeEndpoints.class.getClassLoader().getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
