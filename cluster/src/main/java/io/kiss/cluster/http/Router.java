package io.kiss.cluster.http;

import akka.actor.typed.ActorSystem;
import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpMethod;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RemoteAddress;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Allow;
import akka.http.javadsl.model.headers.RawHeader;
import akka.http.javadsl.model.headers.TimeoutAccess;
import akka.http.scaladsl.model.EntityStreamException;
import akka.http.scaladsl.model.EntityStreamSizeException;
import akka.http.scaladsl.model.IllegalUriException;
import akka.pattern.StatusReply;
import java.net.InetAddress;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the endpoint of a request, and says every refusal as a problem document. */
final class Router {
  private static final TimeoutException TOO_LATE = new TimeoutException();
  private static final Logger LOG = LoggerFactory.getLogger(Router.class);

  private final ActorSystem<?> system;
  private final List<Endpoint> endpoints;
  private static final Set<String> UNLIMITED = Set.of("/alive", "/ready", "/metrics");

  private final Doorkeeper doorkeeper;
  private final RateLimit rate;
  private final Changes changes;

  Router(
      ActorSystem<?> system,
      List<Endpoint> endpoints,
      Doorkeeper doorkeeper,
      RateLimit rate,
      Changes changes) {
    this.system = system;
    this.endpoints = List.copyOf(endpoints);
    this.doorkeeper = doorkeeper;
    this.rate = rate;
    this.changes = changes;
  }

  CompletionStage<HttpResponse> answer(HttpRequest request) {
    String id = Envelope.requestId(request);
    request
        .getHeader(TimeoutAccess.class)
        .ifPresent(
            access ->
                access
                    .timeoutAccess()
                    .updateHandler(late -> finish(late, id, refusal(late, id, TOO_LATE))));
    CompletionStage<HttpResponse> answer;
    try {
      limit(request);
      Caller caller = doorkeeper.check(request);
      Envelope.requireReadable(request);
      answer = dispatch(request, caller, id);
    } catch (RuntimeException e) {
      answer = CompletableFuture.failedFuture(e);
    }
    return answer
        .exceptionally(failure -> refusal(request, id, failure))
        .thenApply(
            response -> {
              // An entity nobody read would keep the connection from its next request.
              request.discardEntityBytes(system);
              return finish(request, id, response);
            });
  }

  private static HttpResponse finish(HttpRequest request, String id, HttpResponse response) {
    return Envelope.secured(Envelope.versioned(request, response))
        .addHeader(RawHeader.create(Envelope.REQUEST_ID, id));
  }

  private void limit(HttpRequest request) {
    if (UNLIMITED.contains(request.getUri().path())) {
      return;
    }
    String address =
        request
            .getAttribute(AttributeKeys.remoteAddress)
            .flatMap(RemoteAddress::getAddress)
            .map(InetAddress::getHostAddress)
            .orElse("unknown");
    long seconds = rate.take(address);
    if (seconds > 0) {
      throw new TooManyRequests(seconds);
    }
  }

  /** With how long to wait. */
  private static final class TooManyRequests extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final long seconds;

    TooManyRequests(long seconds) {
      super("too many requests from your address", null, false, false);
      this.seconds = seconds;
    }
  }

  private CompletionStage<HttpResponse> dispatch(HttpRequest request, Caller caller, String id) {
    List<String> segments = segments(request);
    List<HttpMethod> allowed = new ArrayList<>();
    for (Endpoint endpoint : endpoints) {
      Optional<Map<String, String>> values = endpoint.match(segments);
      if (values.isPresent()) {
        if (endpoint.method().equals(request.method())) {
          Call call = new Call(request, values.get(), endpoint.query(), system);
          if (endpoint.path().startsWith("/api/")) {
            call.refuseUnknown();
          }
          return Doorkeeper.changesSomething(request)
              ? changes.make(endpoint, call, caller, id)
              : endpoint.handler().answer(call);
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

  private static HttpResponse refusal(HttpRequest request, String id, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof ApiProblem problem) {
      HttpResponse response = Json.problem(problem.status(), problem.getMessage());
      return problem.status().equals(StatusCodes.UNAUTHORIZED)
          ? response
              // Not Basic as well: a browser would ask for a password where the page asks itself.
              .addHeader(RawHeader.create("WWW-Authenticate", "Bearer realm=\"kiss\""))
          : response;
    }
    if (cause instanceof TooManyRequests tooMany) {
      return Json.problem(StatusCodes.TOO_MANY_REQUESTS, tooMany.getMessage())
          .addHeader(RawHeader.create("Retry-After", "" + tooMany.seconds));
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
    if (cause.getCause() instanceof SQLException) {
      LOG.warn(
          "{} {} failed, request {}: {}",
          request.method().value(),
          request.getUri().path(),
          id,
          cause.getMessage());
      return Json.problem(
          StatusCodes.SERVICE_UNAVAILABLE, "the database does not answer; try again in a moment");
    }
    LOG.error(
        "{} {} failed, request {}", request.method().value(), request.getUri().path(), id, cause);
    return Json.problem(
        StatusCodes.INTERNAL_SERVER_ERROR, "this should not have happened; the log says more");
  }
}
