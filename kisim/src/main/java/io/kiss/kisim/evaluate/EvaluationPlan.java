package io.kiss.kisim.evaluate;

import io.kiss.kisim.scenario.EngineChoice;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * What an evaluation is to find out.
 *
 * @param command that asks for it, for reports
 * @param version of KIS-S, for reports
 * @param engine that runs it
 * @param violationPrice cost of all requests violating the SLO, in units of the GPUs needed
 * @param cases traces and scenarios
 * @param entrants autoscalers
 * @param seeds of the engine, 1 to this, the same for every entrant
 */
public record EvaluationPlan(
    String command,
    String version,
    EngineChoice engine,
    double violationPrice,
    List<EvaluationCase> cases,
    List<Entrant> entrants,
    int seeds) {

  public EvaluationPlan {
    cases = List.copyOf(cases);
    entrants = List.copyOf(entrants);
    if (cases.isEmpty() || entrants.isEmpty() || seeds < 1) {
      throw new IllegalArgumentException(
          "an evaluation needs a trace, an autoscaler and a seed at least");
    }
    for (EvaluationCase each : cases) {
      if (each.episode().workload().violationPrice() != violationPrice) {
        throw new IllegalArgumentException(
            each.name() + " has another price of violations than the evaluation");
      }
    }
    requireUnique("trace", cases, EvaluationCase::name);
    requireUnique("autoscaler", entrants, Entrant::name);
  }

  private static <T> void requireUnique(String what, List<T> all, Function<T, String> name) {
    Set<String> names = new HashSet<>();
    for (T each : all) {
      if (!names.add(name.apply(each))) {
        throw new IllegalArgumentException(
            "two entries called " + name.apply(each) + ": each " + what + " can take part once");
      }
    }
  }
}
