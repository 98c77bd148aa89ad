package io.kiss.cluster.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.cluster.boot.BuildInfo;
import io.kiss.cluster.evaluate.Durations;
import io.kiss.cluster.evaluate.EvaluationReader;
import io.kiss.cluster.evaluate.EvaluationRequest;
import io.kiss.cluster.evaluate.EvaluationRequest.Window;
import io.kiss.cluster.evaluate.report.ReportFiles;
import io.kiss.kisim.evaluate.Evaluation;
import io.kiss.kisim.evaluate.EvaluationLog;
import io.kiss.kisim.evaluate.result.EvaluationResults;
import io.kiss.kisim.scenario.EngineChoice;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * {@code ./kiss evaluate} as a request: the flags' names and defaults.
 *
 * @param traces names of traces to replay; null: none
 * @param series traces given in the request itself; null: none
 * @param scenarios names of scenarios to run instead; null: none
 * @param policy id of a registered policy that takes part as kiscaler
 */
public record EvaluationOrder(
    List<String> traces,
    List<Series> series,
    List<String> scenarios,
    String profile,
    String startupSeconds,
    Double peakReplicas,
    Double sloMs,
    Integer minReplicas,
    Integer maxReplicas,
    String window,
    String autoscalers,
    String policy,
    Double violationPrice,
    Integer seeds,
    EngineChoice engine) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_CASES = 100;
  private static final int MOST_SEEDS = 1000;
  private static final double USUAL_PRICE = 10;
  private static final int USUAL_SEEDS = 5;

  /** One a core would take the cores from scalers and learner. */
  private static final int THREADS = 1;

  public EvaluationOrder {
    traces = traces == null ? List.of() : List.copyOf(traces);
    series = series == null ? List.of() : List.copyOf(series);
    scenarios = scenarios == null ? List.of() : List.copyOf(scenarios);
  }

  /**
   * Reads all that it names.
   *
   * @throws IllegalArgumentException with a sentence that names the field
   */
  public JobWork prepare(Library library, Optional<Learned> learned) {
    EvaluationReader.Read read = read(library, learned);
    return progress ->
        json(Evaluation.run(read.plan(), THREADS, EvaluationLog.NONE, progress::accept));
  }

  /** Reads all that it names, as {@link #prepare}. */
  EvaluationReader.Read read(Library library, Optional<Learned> learned) {
    check();
    List<ArrivalTrace> given = new ArrayList<>();
    for (int i = 0; i < series.size(); i++) {
      given.add(series.get(i).trace("series." + i));
    }
    return EvaluationReader.read(
        request(library),
        new EvaluationReader.Given(given, learned.map(Learned::policy)),
        library.profiles(),
        version(),
        BuildInfo.commit());
  }

  private static String version() {
    String version = EvaluationOrder.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }

  /** As results.json has it, but for the replays: they are for the report's plots, and long. */
  private static JsonNode json(EvaluationResults results) throws java.io.IOException {
    ObjectNode all = (ObjectNode) JSON.readTree(ReportFiles.json(results));
    all.remove("replays");
    return all;
  }

  private void check() {
    boolean replays = !traces.isEmpty() || !series.isEmpty();
    require(
        replays != !scenarios.isEmpty(),
        "traces, series or scenarios: some traces and series, or else some scenarios, must be"
            + " given");
    require(
        traces.size() + series.size() + scenarios.size() <= MOST_CASES,
        "traces: at most " + MOST_CASES + " cases in one request");
    require(
        replays || profile == null && peakReplicas == null && window == null,
        "profile, peakReplicas and window are for traces; a scenario says it itself");
    require(
        profile == null || profile.matches("[A-Za-z0-9][A-Za-z0-9_-]*"),
        "profile: must be the name of one of conf/profiles");
    requireIn("peakReplicas", peakReplicas, 1e-3, 500);
    requireIn("sloMs", sloMs, 1e-3, 1e9);
    requireIn("violationPrice", violationPrice, 1e-6, 1e6);
    requireIn("minReplicas", minReplicas, 1, 1000);
    requireIn("maxReplicas", maxReplicas, 1, 1000);
    requireIn("seeds", seeds, 1, MOST_SEEDS);
  }

  private EvaluationRequest request(Library library) {
    return new EvaluationRequest(
        "POST /api/v1/evaluations",
        traces.stream().map(library::trace).toList(),
        scenarios.stream().map(library::scenario).toList(),
        Optional.ofNullable(profile),
        startup(),
        peakReplicas == null ? OptionalDouble.empty() : OptionalDouble.of(peakReplicas),
        sloMs == null ? OptionalDouble.empty() : OptionalDouble.of(sloMs / 1000),
        minReplicas == null ? OptionalInt.empty() : OptionalInt.of(minReplicas),
        maxReplicas == null ? OptionalInt.empty() : OptionalInt.of(maxReplicas),
        Optional.ofNullable(window).map(Window::parse),
        Optional.ofNullable(autoscalers),
        Optional.<Path>empty(),
        violationPrice == null ? USUAL_PRICE : violationPrice,
        seeds == null ? USUAL_SEEDS : seeds,
        engine == null ? EngineChoice.FLUID : engine);
  }

  private OptionalDouble startup() {
    if (startupSeconds == null) {
      return OptionalDouble.empty();
    }
    double seconds;
    try {
      seconds = Durations.seconds(startupSeconds);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("startupSeconds: " + e.getMessage(), e);
    }
    require(seconds > 0, "startupSeconds: must be above 0");
    return OptionalDouble.of(seconds);
  }

  private static void requireIn(String field, Number value, double least, double most) {
    require(
        value == null || value.doubleValue() >= least && value.doubleValue() <= most,
        "%s: must be in %s..%s".formatted(field, plain(least), plain(most)));
  }

  private static String plain(double value) {
    return java.math.BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }
}
