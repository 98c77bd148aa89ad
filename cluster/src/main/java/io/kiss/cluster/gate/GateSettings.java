package io.kiss.cluster.gate;

import com.typesafe.config.Config;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import java.util.ArrayList;
import java.util.List;

/**
 * What a policy has to pass.
 *
 * @param cases Deployments drawn as training draws them, but none that it drew
 * @param seed they are drawn from
 * @param beats autoscalers it must cost less than, beyond doubt
 * @param beside autoscalers it must not cost more than, beyond doubt
 * @param traces names of the operator's traces that take part
 * @param scenarios names of scenarios that take part
 * @param profile of the pods that traces are replayed on
 * @param leastSensitivity share of its decisions that must come out otherwise where it is shown the
 *     observation of another one
 * @param mostOutOfRange share of its decisions that may lie outside the range it was trained on
 */
public record GateSettings(
    int cases,
    long seed,
    List<AutoscalerChoice> beats,
    List<AutoscalerChoice> beside,
    List<String> traces,
    List<String> scenarios,
    String profile,
    double leastSensitivity,
    double mostOutOfRange) {

  public GateSettings {
    beats = List.copyOf(beats);
    beside = List.copyOf(beside);
    traces = List.copyOf(traces);
    scenarios = List.copyOf(scenarios);
    require(cases >= 1 && cases <= 1000, "kiss.gate.cases must be in 1..1000, not " + cases);
    require(!beats.isEmpty(), "kiss.gate.beats must name an autoscaler");
    require(
        beats.stream().distinct().count() + beside.stream().distinct().count()
                == beats.size() + beside.size()
            && beats.stream().noneMatch(beside::contains),
        "kiss.gate.beats and kiss.gate.beside name an autoscaler twice");
    require(
        leastSensitivity >= 0 && leastSensitivity <= 1,
        "kiss.gate.least-action-sensitivity must be in 0..1, not " + leastSensitivity);
    require(
        mostOutOfRange >= 0 && mostOutOfRange <= 1,
        "kiss.gate.most-out-of-range must be in 0..1, not " + mostOutOfRange);
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }

  /** Reads {@code kiss.gate}. */
  public static GateSettings from(Config gate) {
    return new GateSettings(
        gate.getInt("cases"),
        gate.getLong("seed"),
        choices(gate, "beats"),
        choices(gate, "beside"),
        gate.getStringList("traces"),
        gate.getStringList("scenarios"),
        gate.getString("profile"),
        gate.getDouble("least-action-sensitivity"),
        gate.getDouble("most-out-of-range"));
  }

  private static List<AutoscalerChoice> choices(Config gate, String key) {
    List<AutoscalerChoice> choices = new ArrayList<>();
    for (String name : gate.getStringList(key)) {
      try {
        choices.add(AutoscalerChoice.parse(name));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("kiss.gate." + key + ": " + e.getMessage(), e);
      }
    }
    return choices;
  }
}
