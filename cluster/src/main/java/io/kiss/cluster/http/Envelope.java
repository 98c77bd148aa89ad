package io.kiss.cluster.http;

import static java.util.stream.Collectors.joining;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaType;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.Accept;
import akka.http.javadsl.model.headers.RawHeader;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.StreamSupport;

/** What every answer has around it, whatever it says. */
final class Envelope {
  static final String REQUEST_ID = "X-Request-Id";

  private static final List<HttpHeader> SECURITY =
      List.of(
          RawHeader.create("X-Content-Type-Options", "nosniff"),
          RawHeader.create("X-Frame-Options", "DENY"),
          RawHeader.create("Referrer-Policy", "no-referrer"),
          RawHeader.create(
              "Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                  + " img-src data:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"));

  private Envelope() {}

  static HttpResponse secured(HttpResponse response) {
    return response.addHeaders(SECURITY);
  }

  /** The id the client gave, if it is one that may stand in a log, or a new one. */
  static String requestId(HttpRequest request) {
    return header(request, REQUEST_ID)
        .filter(id -> id.matches("[A-Za-z0-9._-]{1,64}"))
        .orElseGet(() -> UUID.randomUUID().toString());
  }

  static Optional<String> header(HttpRequest request, String name) {
    return StreamSupport.stream(request.getHeaders().spliterator(), false)
        .filter(header -> header.is(name.toLowerCase(java.util.Locale.ROOT)))
        .map(HttpHeader::value)
        .findFirst();
  }

  /** Refuses a client that cannot read what it would get. */
  static void requireReadable(HttpRequest request) {
    String path = request.getUri().path();
    if (!path.startsWith("/api/")) {
      return;
    }
    List<MediaType> types = types(path);
    if (request.getHeader(Accept.class).isPresent()
        && types.stream().noneMatch(type -> accepts(request, type))) {
      throw new ApiProblem(
          StatusCodes.NOT_ACCEPTABLE,
          "this answers in %s only"
              .formatted(types.stream().map(MediaType::toString).collect(joining(" or "))));
    }
  }

  private static List<MediaType> types(String path) {
    if (path.endsWith("/events")) {
      return List.of(MediaTypes.TEXT_EVENT_STREAM);
    }
    return path.endsWith("/decisions")
        ? List.of(MediaTypes.APPLICATION_JSON, DecisionEndpoints.NDJSON)
        : List.of(MediaTypes.APPLICATION_JSON);
  }

  private static boolean accepts(HttpRequest request, MediaType type) {
    return request
        .getHeader(Accept.class)
        .map(
            accept ->
                StreamSupport.stream(accept.getMediaRanges().spliterator(), false)
                    .anyMatch(range -> range.qValue() > 0 && range.matches(type)))
        .orElse(false);
  }

  /** Whether the client can read this type and no plain JSON. */
  static boolean prefers(HttpRequest request, MediaType type) {
    return accepts(request, type) && !accepts(request, MediaTypes.APPLICATION_JSON);
  }

  /** With its ETag where it has none; without its body where the client has that already. */
  static HttpResponse versioned(HttpRequest request, HttpResponse response) {
    if (!response.status().equals(StatusCodes.OK)
        || !request.getUri().path().startsWith("/api/")
        || !(response.entity() instanceof HttpEntity.Strict strict)) {
      return response;
    }
    String tag = etag(response).orElseGet(() -> Json.etag(strict.getData().utf8String()));
    HttpResponse tagged =
        etag(response).isPresent() ? response : response.addHeader(RawHeader.create("ETag", tag));
    boolean known =
        header(request, "If-None-Match").filter(tags -> Conditions.names(tags, tag)).isPresent();
    return known
        ? HttpResponse.create()
            .withStatus(StatusCodes.NOT_MODIFIED)
            .addHeader(RawHeader.create("ETag", tag))
        : tagged;
  }

  static Optional<String> etag(HttpResponse response) {
    return StreamSupport.stream(response.getHeaders().spliterator(), false)
        .filter(header -> header.is("etag"))
        .map(HttpHeader::value)
        .findFirst();
  }
}
