package io.kiss.cluster.http;

import akka.http.javadsl.model.StatusCodes;
import java.util.Arrays;
import java.util.Optional;

/** {@code If-Match}: a change is made to what its author has seen, or not at all (RFC 9110). */
final class Conditions {
  private Conditions() {}

  /**
   * Lets a change pass, or throws the {@link ApiProblem} to answer it with.
   *
   * @param ifMatch the header
   * @param now ETag of what is to be changed; empty: there is no such thing yet
   * @param required whether a change of what is there must carry the header
   */
  static void check(Optional<String> ifMatch, Optional<String> now, boolean required) {
    if (ifMatch.isPresent()) {
      boolean holds =
          ifMatch.get().strip().equals("*")
              ? now.isPresent()
              : now.filter(tag -> names(ifMatch.get(), tag)).isPresent();
      if (!holds) {
        throw new ApiProblem(
            StatusCodes.PRECONDITION_FAILED,
            now.isPresent()
                ? "it was changed in the meantime: read it again and decide anew"
                : "there is nothing yet that If-Match could name");
      }
    } else if (required && now.isPresent()) {
      throw new ApiProblem(
          StatusCodes.PRECONDITION_REQUIRED,
          "send If-Match with the ETag of what you have seen (kiss.http.require-if-match)");
    }
  }

  static boolean names(String tags, String tag) {
    return Arrays.stream(tags.split(","))
        .map(String::strip)
        .map(text -> text.startsWith("W/") ? text.substring(2) : text)
        .anyMatch(text -> text.equals("*") || text.equals(tag));
  }
}
