package io.kiss.cluster.http;

import akka.http.javadsl.model.StatusCode;
import akka.http.javadsl.model.StatusCodes;
import java.time.Duration;

/** A refusal, told to the client as an RFC 9457 problem document; the message is its detail. */
final class ApiProblem extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient StatusCode status;

  ApiProblem(StatusCode status, String detail) {
    super(detail, null, false, false);
    this.status = status;
  }

  StatusCode status() {
    return status;
  }

  static ApiProblem badRequest(String detail) {
    return new ApiProblem(StatusCodes.BAD_REQUEST, detail);
  }

  static ApiProblem notFound(String detail) {
    return new ApiProblem(StatusCodes.NOT_FOUND, detail);
  }

  static ApiProblem conflict(String detail) {
    return new ApiProblem(StatusCodes.CONFLICT, detail);
  }

  static ApiProblem tooLarge() {
    return new ApiProblem(
        StatusCodes.CONTENT_TOO_LARGE, "the body is larger than this API ever needs");
  }

  static ApiProblem tooSlow(Duration patience) {
    return new ApiProblem(
        StatusCodes.REQUEST_TIMEOUT,
        "the body was not there within %d s".formatted(patience.toSeconds()));
  }

  static ApiProblem unavailable(String detail) {
    return new ApiProblem(StatusCodes.SERVICE_UNAVAILABLE, detail);
  }
}
