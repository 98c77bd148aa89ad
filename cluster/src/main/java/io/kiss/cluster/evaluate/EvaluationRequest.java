package io.kiss.cluster.evaluate;

import io.kiss.kisim.scenario.EngineChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * An evaluation as it is asked for; nothing in it has been read yet.
 *
 * @param command that asks, without what changes nothing in its results
 * @param traces files to replay; or else
 * @param scenarios files to run as they are
 * @param profile of the pods that traces are replayed on: a name, a file, or file#name
 * @param startupSeconds mean time until a new pod is ready, instead of the profile's
 * @param peakReplicas replicas that a trace's busiest minute keeps busy
 * @param sloSeconds latency a request should not exceed
 * @param minReplicas lower limit
 * @param maxReplicas upper limit
 * @param window part of the traces
 * @param autoscalers as the flag has them; empty for the usual ones
 * @param policy file of the learned policy
 * @param violationPrice cost of all requests violating the SLO, in units of the GPUs needed
 * @param seeds of the engine
 * @param engine that runs it
 */
public record EvaluationRequest(
    String command,
    List<Path> traces,
    List<Path> scenarios,
    Optional<String> profile,
    OptionalDouble startupSeconds,
    OptionalDouble peakReplicas,
    OptionalDouble sloSeconds,
    OptionalInt minReplicas,
    OptionalInt maxReplicas,
    Optional<Window> window,
    Optional<String> autoscalers,
    Optional<Path> policy,
    double violationPrice,
    int seeds,
    EngineChoice engine) {
  public EvaluationRequest {
    traces = List.copyOf(traces);
    scenarios = List.copyOf(scenarios);
  }

  /**
   * Part of a trace.
   *
   * @param fromSeconds since its start
   * @param toSeconds since its start; {@link Integer#MAX_VALUE}: to its end
   */
  public record Window(int fromSeconds, int toSeconds) {

    /**
     * Reads {@code FROM:TO}, each in seconds or as in {@code 1h30m}; without TO it goes on to the
     * end.
     *
     * @throws IllegalArgumentException with a sentence
     */
    public static Window parse(String text) {
      int colon = text.indexOf(':');
      if (colon < 0 || colon != text.lastIndexOf(':')) {
        throw new IllegalArgumentException(
            "--window must be FROM:TO, such as 0:6h or 3600:7200, not " + text);
      }
      String end = text.substring(colon + 1);
      Window window =
          new Window(
              whole(text.substring(0, colon)), end.isEmpty() ? Integer.MAX_VALUE : whole(end));
      if (window.toSeconds <= window.fromSeconds) {
        throw new IllegalArgumentException("--window must end after it begins, not be " + text);
      }
      return window;
    }

    private static int whole(String text) {
      double seconds;
      try {
        seconds = text.isEmpty() ? 0 : Durations.seconds(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("--window: " + e.getMessage(), e);
      }
      if (seconds != Math.rint(seconds) || seconds > Integer.MAX_VALUE / 2) {
        throw new IllegalArgumentException(
            "--window counts whole seconds of a trace, and cannot use " + text);
      }
      return (int) seconds;
    }
  }
}
