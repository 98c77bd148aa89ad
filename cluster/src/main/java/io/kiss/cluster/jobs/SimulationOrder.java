package io.kiss.cluster.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import io.kiss.kisim.scenario.Decider;
import io.kiss.kisim.scenario.EngineChoice;
import io.kiss.kisim.scenario.Simulation;
import io.kiss.kisim.scenario.SimulationReport;
import io.kiss.kisim.scenario.SimulationScenario;
import java.util.Optional;

/**
 * {@code ./kiss simulate} as a request: the same names and defaults.
 *
 * @param scenario name of a scenario, or one in the keys of a scenario file
 * @param trace name of a trace whose arrivals replace the traffic; null: the scenario's
 * @param series arrivals instead of a named trace
 * @param traceScale factor on the counts of either; null: 1
 * @param engine null: request
 * @param autoscaler as {@code --autoscaler}; null: static, or the policy where there is one
 * @param policy id of a registered policy that decides
 * @param seed null: 1
 */
public record SimulationOrder(
    JsonNode scenario,
    String trace,
    Series series,
    Double traceScale,
    EngineChoice engine,
    String autoscaler,
    String policy,
    Long seed) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final double MOST_SCALE = 1e6;

  /**
   * Reads all that it names.
   *
   * @throws IllegalArgumentException with a sentence that names the field
   */
  public JobWork prepare(Library library, Optional<Learned> learned) {
    SimulationScenario read = withArrivals(scenario(library), library);
    Autoscaler scaler;
    Decider decider;
    if (learned.isPresent()) {
      require(autoscaler == null, "autoscaler: leave it out where a policy decides");
      scaler = new KiScaler(read.workload(), GuardSettings.DEFAULT, learned.map(Learned::policy));
      decider = Decider.named("kiscaler:" + learned.get().id());
    } else {
      String name = autoscaler == null ? "static" : autoscaler;
      require(
          !name.startsWith("kiscaler"), "autoscaler: name the policy of kiscaler in field policy");
      AutoscalerChoice choice = choice(name);
      int fixed = choice.fixedReplicas();
      require(
          fixed == 0 || fixed >= read.minReplicas() && fixed <= read.scenario().maxReplicas(),
          "autoscaler: the replicas must be within the scenario's");
      scaler = choice.create(read.workload());
      decider = Decider.of(choice);
    }
    EngineChoice on = engine == null ? EngineChoice.REQUEST : engine;
    long from = seed == null ? 1 : seed;
    return progress ->
        JSON.readTree(
            SimulationReport.json(
                Simulation.run(read, on, scaler, decider, from, progress::accept)));
  }

  private static AutoscalerChoice choice(String name) {
    try {
      return AutoscalerChoice.parse(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("autoscaler: " + e.getMessage(), e);
    }
  }

  private SimulationScenario scenario(Library library) {
    if (scenario != null && scenario.isTextual()) {
      return SimulationScenario.read(library.scenario(scenario.asText()));
    }
    require(
        scenario != null && scenario.isObject(),
        "scenario: must be the name of a scenario or an object with a scenario's keys");
    ObjectNode given = scenario.deepCopy();
    resolve(given.path("profile"), "profile.file", library::profile);
    resolve(given.path("traffic"), "traffic.file", library::trace);
    ObjectNode root = JSON.createObjectNode();
    root.set("scenario", given);
    // As JSON, and not as HOCON, which could include files and read the environment.
    Config config =
        ConfigFactory.parseString(
            root.toString(),
            ConfigParseOptions.defaults()
                .setSyntax(ConfigSyntax.JSON)
                .setOriginDescription("scenario"));
    return SimulationScenario.of(config, "inline", library.scenarios());
  }

  private static void resolve(
      JsonNode section,
      String field,
      java.util.function.Function<String, java.nio.file.Path> library) {
    if (section instanceof ObjectNode object && object.has("file")) {
      require(object.get("file").isTextual(), "scenario." + field + ": must be a name");
      object.put("file", library.apply(object.get("file").asText()).toAbsolutePath().toString());
    }
  }

  private SimulationScenario withArrivals(SimulationScenario read, Library library) {
    require(trace == null || series == null, "series: leave it out where a trace is named");
    if (trace == null && series == null) {
      require(traceScale == null, "traceScale: is for a trace or series, and there is none");
      return read;
    }
    double scale = traceScale == null ? 1 : traceScale;
    require(scale > 0 && scale <= MOST_SCALE, "traceScale: must be above 0 and at most 1000000");
    return read.withTrace(
        series != null ? series.trace("series") : TraceFiles.read("trace", library.trace(trace)),
        scale);
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }
}
