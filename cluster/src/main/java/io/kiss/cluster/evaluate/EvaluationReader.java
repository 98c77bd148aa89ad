package io.kiss.cluster.evaluate;

import io.kiss.cluster.evaluate.EvaluationRequest.Window;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.evaluate.EvaluationCase;
import io.kiss.kisim.evaluate.EvaluationPlan;
import io.kiss.kisim.evaluate.FleetSpec;
import io.kiss.kisim.scenario.SimulationScenario;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads all that an evaluation names, and refuses what cannot be used before anything runs. */
public final class EvaluationReader {
  private static final double USUAL_PEAK_REPLICAS = 10;
  private static final double START_UP_VARIATION = 0.1;

  /** The SLO where none is given is so many times what a full pod takes for its batches... */
  private static final double FULL_BATCHES = 2;

  /** ...rounded up to a multiple of this. */
  private static final double SLO_STEP_SECONDS = 0.01;

  private final EvaluationRequest request;
  private final Given given;
  private final Path profiles;
  private final List<String> notes = new ArrayList<>();

  private EvaluationReader(EvaluationRequest request, Given given, Path profiles) {
    this.request = request;
    this.given = given;
    this.profiles = profiles;
  }

  /**
   * What was read.
   *
   * @param plan what to find out
   * @param digest of all that its results depend on
   * @param scenarios whether the cases are scenarios and no traces
   * @param notes sentences that the user should see
   */
  public record Read(EvaluationPlan plan, String digest, boolean scenarios, List<String> notes) {
    public Read {
      notes = List.copyOf(notes);
    }
  }

  /**
   * What is handed over instead of being named in the request.
   *
   * @param traces to replay, after those of the request
   * @param policy that takes part as kiscaler
   */
  public record Given(List<ArrivalTrace> traces, Optional<PolicySnapshot> policy) {
    /** Everything is in the request. */
    public static final Given NOTHING = new Given(List.of(), Optional.empty());

    public Given {
      traces = List.copyOf(traces);
    }
  }

  /** As below, of a request that names all there is. */
  public static Read read(EvaluationRequest request, Path profiles, String version, String build) {
    return read(request, Given.NOTHING, profiles, version, build);
  }

  /**
   * Reads.
   *
   * @param given what belongs to the request and is no file
   * @param profiles folder of the profiles that go by their names
   * @param version of KIS-S, for reports
   * @param build of KIS-S: others may find something else
   * @throws IllegalArgumentException with a sentence, as {@code ScenarioException} and {@code
   *     UnusableFileException} have one
   */
  public static Read read(
      EvaluationRequest request, Given given, Path profiles, String version, String build) {
    EvaluationReader reader = new EvaluationReader(request, given, profiles);
    boolean scenarios = request.traces().isEmpty() && given.traces().isEmpty();
    List<EvaluationCase> cases = scenarios ? reader.scenarios() : reader.replays();
    EvaluationPlan plan =
        new EvaluationPlan(
            request.command(),
            version,
            request.engine(),
            request.violationPrice(),
            cases,
            EntrantList.of(request.autoscalers(), request.policy(), given.policy()),
            request.seeds());
    return new Read(plan, PlanDigest.of(plan, build), scenarios, reader.notes);
  }

  private List<EvaluationCase> replays() {
    FleetSpec fleet = fleet();
    Map<String, ArrivalTrace> traces = new LinkedHashMap<>();
    for (Path file : request.traces()) {
      traces.put(file.toString(), trace(file));
    }
    for (int i = 0; i < given.traces().size(); i++) {
      traces.put("series " + (i + 1), given.traces().get(i));
    }
    Map<String, String> names = new LinkedHashMap<>();
    List<EvaluationCase> cases = new ArrayList<>();
    traces.forEach(
        (source, trace) -> {
          EvaluationCase each = replay(source, trace, fleet);
          String before = names.put(each.name(), source);
          if (before != null) {
            throw new IllegalArgumentException(
                before
                    + " and "
                    + source
                    + " go by the same name, "
                    + each.name()
                    + ", in the results; rename one or leave it out");
          }
          cases.add(each);
        });
    return cases;
  }

  private FleetSpec fleet() {
    ServiceModel service =
        ProfileChoice.find(request.profile().orElse(ProfileChoice.USUAL), profiles);
    if (request.startupSeconds().isPresent()) {
      service =
          service.with(
              startUp(request.startupSeconds().getAsDouble(), service.startUp().graceSeconds()));
    }
    double peak = request.peakReplicas().orElse(USUAL_PEAK_REPLICAS);
    double usualMost = Math.max(2, Math.ceil(2 * peak));
    return new FleetSpec(
        service,
        peak,
        request.sloSeconds().orElse(usualSlo(service)),
        request.minReplicas().orElse(1),
        request.maxReplicas().orElse((int) usualMost),
        request.violationPrice());
  }

  private static StartUp startUp(double seconds, double graceSeconds) {
    return StartUp.ofTotal(seconds, START_UP_VARIATION, graceSeconds);
  }

  private static double usualSlo(ServiceModel service) {
    double batches =
        service.batching().instances() * service.batching().maxBatch() / service.podCapacity();
    double full = service.batching().maxQueueDelaySeconds() + batches;
    return Math.ceil(FULL_BATCHES * full / SLO_STEP_SECONDS - 1e-9) * SLO_STEP_SECONDS;
  }

  private EvaluationCase replay(String source, ArrivalTrace whole, FleetSpec fleet) {
    ArrivalTrace trace = window(source, whole);
    int from = request.window().map(Window::fromSeconds).orElse(0);
    try {
      int begins = from / trace.binSeconds() * trace.binSeconds();
      return EvaluationCase.of(
          trace.name(), source, begins, fleet.factor(trace), fleet.replay(trace));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
    }
  }

  private static ArrivalTrace trace(Path file) {
    if (file.toString().isBlank()) {
      throw new IllegalArgumentException("--traces names a file without a name");
    }
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException(file + ": is a folder; name the trace's file");
    }
    try {
      return ArrivalTrace.read(file);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new IllegalArgumentException(file + ": there is no such file", e);
    } catch (java.nio.file.AccessDeniedException e) {
      throw new IllegalArgumentException(file + ": may not be read; check its permissions", e);
    } catch (IOException e) {
      String message = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(
          message.contains(file.toString()) ? message : file + ": cannot be read: " + message, e);
    }
  }

  private ArrivalTrace window(String source, ArrivalTrace trace) {
    if (request.window().isEmpty()) {
      return trace;
    }
    Window window = request.window().get();
    if (window.fromSeconds() >= trace.durationSeconds()) {
      throw new IllegalArgumentException(
          source
              + ": lasts "
              + trace.durationSeconds()
              + " s, so that nothing of it is in the --window from "
              + window.fromSeconds()
              + " s on");
    }
    if (window.toSeconds() != Integer.MAX_VALUE && window.toSeconds() > trace.durationSeconds()) {
      notes.add(
          source
              + " lasts "
              + trace.durationSeconds()
              + " s, less than the window; it is taken to its end");
    }
    return trace.window(
        window.fromSeconds(), Math.min(window.toSeconds(), trace.durationSeconds()));
  }

  private List<EvaluationCase> scenarios() {
    List<EvaluationCase> cases = new ArrayList<>();
    for (Path file : request.scenarios()) {
      try {
        cases.add(scenario(file));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
      }
    }
    return cases;
  }

  private EvaluationCase scenario(Path file) {
    SimulationScenario read = SimulationScenario.read(file);
    Scenario given = read.scenario();
    ServiceModel service = given.service();
    if (request.startupSeconds().isPresent()) {
      service =
          service.with(
              startUp(request.startupSeconds().getAsDouble(), service.startUp().graceSeconds()));
    }
    int least = request.minReplicas().orElse(read.minReplicas());
    int most = request.maxReplicas().orElse(given.maxReplicas());
    if (least > most) {
      throw new IllegalArgumentException(
          "the least replicas, "
              + least
              + ", are more than the most, "
              + most
              + "; change --min-replicas or --max-replicas");
    }
    Scenario scenario =
        new Scenario(
            given.name(),
            service,
            given.routing(),
            given.traffic(),
            given.seconds(),
            given.cluster(),
            request.sloSeconds().orElse(given.sloSeconds()),
            Math.max(least, Math.min(most, given.initialReplicas())),
            most,
            given.telemetry());
    if (!(scenario.meanNeededReplicas(1) > 0)) {
      throw new IllegalArgumentException("has no request, so nothing to compare");
    }
    return EvaluationCase.of(
        given.name(),
        file.toString(),
        FleetSpec.episode(scenario, least, request.violationPrice()));
  }
}
