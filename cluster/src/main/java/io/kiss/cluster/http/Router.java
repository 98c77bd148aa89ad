package io.kiss.cluster.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Allow;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.scaladsl.model.EntityStreamException;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.http.scaladsl.model.IllegalUriException;
import akka.pattern.StatusReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the endpoint of a request, and says every refusal as a problem document. */
final class Router {
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);

  private final ActorSystem<?> system;
  private final List<Endpoint> endpoints;
  private final Doorkeeper doorkeeper;

  Router(ActorSystem<?> system, List<Endpoint> endpoints, Doorkeeper doorkeeper) {
    this.system = system;
    this.endpoints = List.copyOf(endpoints);
    this.doorkeeper = doorkeeper;
  }

  CompletionStage<HttpResponse> answer(HttpRequest request) {
    CompletionStage<HttpResponse> answer;
    try {
      doorkeeper.check(request);
      answer = dispatch(request);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    return answer
        .exceptionally(failure -> refusal(request, failure))
        .thenApply(
            response -> {
              // An entity nobody read would keep the connection from its next request.
              request.discardEntityBytes(system);
              return response;
            });
  }

  private CompletionStage<HttpResponse> dispatch(HttpRequest request) {
    List<String> segments = segments(request);
    List<HttpMethod> allowed = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      Optional<Map<String, String>> values = endpoint.match(segments);
      if (values.isPresent()) {
        if (endpoint.method().equals(request.method())) {
          return endpoint.handler().answer(new Call(request, values.get(), system));
        }
        allowed.add(endpoint.method());
      }
    }
    if (allowed.isEmpty()) {
      throw ApiProblem.notFound(
          "there is nothing at " + request.getUri().path() + "; see /openapi.yaml");
    }
    return CompletableFuture.completedFuture(
        Json.problem(
                StatusCodes.METHOD_NOT_ALLOWED,
                request.getUri().path() + " does not know " + request.method().value())
            .addHeader(Allow.create(allowed.toArray(new HttpMethod[0]))));
  }

  private static List<String> segments(HttpRequest request) {
    List<String> segments = new ArrayList<>();
    request.getUri().pathSegments().forEach(segments::add);
    return segments;
  }

  private static HttpResponse refusal(HttpRequest request, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof ApiProblem problem) {
      HttpResponse response = Json.problem(problem.status(), problem.getMessage());
      return problem.status().equals(StatusCodes.UNAUTHORIZED)
          ? response
              .addHeader(RawHeader.create("WWW-Authenticate", "Bearer realm=\"kiss\""))
              .addHeader(RawHeader.create("WWW-Authenticate", "Basic realm=\"kiss\""))
          : response;
    }
    if (cause instanceof StatusReply.ErrorMessage) {
      return Json.problem(StatusCodes.CONFLICT, cause.getMessage());
    }
    if (cause instanceof TimeoutException) {
      return Json.problem(
          StatusCodes.SERVICE_UNAVAILABLE,
          "the part of the cluster that knows this does not answer; try again in a moment");
    }
    if (cause instanceof EntityStreamSizeException) {
      ApiProblem tooLarge = ApiProblem.tooLarge();
      return Json.problem(tooLarge.status(), tooLarge.getMessage());
    }
    if (cause instanceof EntityStreamException) {
      return Json.problem(StatusCodes.BAD_REQUEST, "the body cannot be read to its end");
    }
    if (cause instanceof IllegalUriException) {
      return Json.problem(StatusCodes.BAD_REQUEST, "the address is not a valid URI");
    }
    LOG.error("{} {} failed", request.method().value(), request.getUri().path(), cause);
    return Json.problem(
        StatusCodes.INTERNAL_SERVER_ERROR, "this should not have happened; the log says more");
  }
}
