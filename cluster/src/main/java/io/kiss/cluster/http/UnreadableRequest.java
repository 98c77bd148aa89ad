package io.kiss.cluster.http;

import akka.event.LoggingAdapter;
import akka.http.ParsingErrorHandler;
import akka.http.javadsl.model.HttpResponse;
import akka.http.scaladsl.model.ErrorInfo;
import akka.http.scaladsl.model.StatusCode;
import akka.http.scaladsl.settings.ServerSettings;

/** What is no HTTP is refused before there is a request; {@code application.conf} names it. */
public final class UnreadableRequest extends ParsingErrorHandler {
  /** Akka looks for a Scala object. */
  @SuppressWarnings("checkstyle:ConstantName")
  public static final UnreadableRequest MODULE$ = new UnreadableRequest();

  @Override
  public HttpResponse handle(
      StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
    return Envelope.secured(Json.problem(status, "the request is not valid HTTP"));
  }
}
