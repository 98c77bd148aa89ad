package io.kiss.cluster.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.WatcherException;
import io.kiss.actors.live.ScaleConflict;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What went wrong with an API server, as a sentence for people. */
final class ApiFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private static final Pattern FORBIDDEN =
      Pattern.compile("cannot (\\S+) resource \"([^\"]+)\" in API group \"([^\"]*)\"");
  private static final Pattern NO_NAMESPACE = Pattern.compile("^namespaces \"([^\"]+)\" not found");
  private static final int LONGEST_DETAIL = 300;

  ApiFailure(String message) {
    super(message);
  }

  private ApiFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Puts a failure into words.
   *
   * @param server the API server, with its URL
   * @param doing what was asked of it, such as {@code listing pods in namespace team}
   */
  static RuntimeException of(String server, String doing, Throwable failure) {
    Throwable cause = unwrapped(failure);
    return cause instanceof ApiFailure || cause instanceof ScaleConflict
        ? (RuntimeException) cause
        : new ApiFailure(sentence(server, doing, cause), cause);
  }

  /** Whether the same request may well be taken a little later. */
  static boolean passes(Throwable failure) {
    Throwable cause = unwrapped(failure);
    int code = code(cause);
    return code == 429 || code >= 500 || code == 0 && !isGarbage(cause) && isNetwork(cause);
  }

  /** The HTTP status, or 0 where there was none. */
  static int code(Throwable failure) {
    // The client says -1 where no answer came.
    return unwrapped(failure) instanceof KubernetesClientException answer
        ? Math.max(0, answer.getCode())
        : 0;
  }

  private static String sentence(String server, String doing, Throwable cause) {
    return switch (code(cause)) {
      case 0 -> withoutAnswer(server, doing, cause);
      case 401 ->
          "%s does not accept our credentials (401) for %s; renew the kubeconfig or the service account's token"
              .formatted(server, doing);
      case 403 -> forbidden(server, doing, cause);
      case 404 -> missing(server, doing, detail(cause));
      case 429 -> "%s is too busy for %s (429); it is asked again".formatted(server, doing);
      default -> "%s answered %d to %s: %s".formatted(server, code(cause), doing, detail(cause));
    };
  }

  private static String missing(String server, String doing, String detail) {
    Matcher namespace = NO_NAMESPACE.matcher(detail);
    return namespace.find()
        ? "%s has no namespace '%s'".formatted(server, namespace.group(1))
        : "%s knows nothing of what %s is about (404): %s".formatted(server, doing, detail);
  }

  private static String forbidden(String server, String doing, Throwable cause) {
    Matcher words = FORBIDDEN.matcher(detail(cause));
    String missing =
        words.find()
            ? "verb '%s' on '%s'%s is missing"
                .formatted(
                    words.group(1),
                    words.group(2),
                    words.group(3).isEmpty() ? "" : " of API group '" + words.group(3) + "'")
            : detail(cause);
    return "%s forbids %s: %s; conf/kubernetes/attach/namespace-access.yaml grants what is needed"
        .formatted(server, doing, missing);
  }

  private static String withoutAnswer(String server, String doing, Throwable cause) {
    if (isGarbage(cause)) {
      return "%s answered %s with something that is not Kubernetes' JSON; is the URL an API server's?"
          .formatted(server, doing);
    }
    if (isTimeout(cause)) {
      return "%s did not answer %s in time; is it overloaded or cut off?".formatted(server, doing);
    }
    return "cannot reach %s for %s (%s); check that it runs and can be reached from here"
        .formatted(
            server,
            doing,
            any(cause, ConnectException.class) ? "no connection" : firstLine(root(cause)));
  }

  private static boolean isTimeout(Throwable cause) {
    return any(cause, HttpTimeoutException.class) || any(cause, TimeoutException.class);
  }

  private static boolean isGarbage(Throwable cause) {
    return any(cause, JsonProcessingException.class);
  }

  private static boolean isNetwork(Throwable cause) {
    return any(cause, IOException.class) || any(cause, TimeoutException.class);
  }

  private static boolean any(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (type.isInstance(t)) {
        return true;
      }
    }
    return false;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException
            || cause instanceof ExecutionException
            || cause instanceof WatcherException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String detail(Throwable cause) {
    if (cause instanceof KubernetesClientException answer
        && answer.getStatus() != null
        && answer.getStatus().getMessage() != null) {
      return shortened(answer.getStatus().getMessage());
    }
    return firstLine(cause);
  }

  /** What a failure says, on one line. */
  static String firstLine(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : shortened(message.lines().findFirst().orElse(message));
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() <= LONGEST_DETAIL ? line : line.substring(0, LONGEST_DETAIL) + "…";
  }
}
