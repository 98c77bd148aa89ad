package io.kiss.kisim.scenario;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.HpaParameters;
import io.kiss.kisim.autoscale.HpaV2;
import io.kiss.kisim.autoscale.StaticReplicas;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** An autoscaler as the command line names it: {@code hpa:target=0.6,stabilisation=60}. */
public final class AutoscalerChoice {
  private static final List<String> HPA_KEYS =
      List.of(
          "metric",
          "target",
          "tolerance",
          "sync",
          "stabilisation",
          "up-percent",
          "up-pods",
          "down-percent");

  private final String text;
  private final Map<String, String> settings = new TreeMap<>();

  private AutoscalerChoice(String text) {
    this.text = text;
  }

  /**
   * Makes the autoscaler {@code text} names for a scenario.
   *
   * @throws IllegalArgumentException with a sentence of what is known, where it is not
   */
  public static Autoscaler of(String text, SimulationScenario scenario) {
    Autoscaler autoscaler = new AutoscalerChoice(text).make(scenario);
    Simulation.wholeTick(autoscaler);
    return autoscaler;
  }

  private Autoscaler make(SimulationScenario scenario) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    if (colon >= 0) {
      Arrays.stream(text.substring(colon + 1).split(",")).forEach(this::setting);
    }
    WorkloadSpec workload = scenario.workload();
    return switch (name) {
      case "static" -> {
        only(List.of("replicas"));
        yield new StaticReplicas(
            workload, (int) number("replicas", scenario.scenario().initialReplicas()));
      }
      case "hpa" -> {
        only(HPA_KEYS);
        yield new HpaV2(workload, hpa());
      }
      default ->
          throw new IllegalArgumentException(
              "autoscaler " + name + " is unknown; known are static and hpa");
    };
  }

  private HpaParameters hpa() {
    HpaParameters usual = HpaParameters.DEFAULT;
    HpaParameters.Metric metric =
        switch (settings.getOrDefault("metric", "load")) {
          case "load" -> HpaParameters.Metric.LOAD;
          case "gpu" -> HpaParameters.Metric.GPU_UTILISATION;
          default ->
              throw new IllegalArgumentException(
                  text + ": metric must be load or gpu, not " + settings.get("metric"));
        };
    return new HpaParameters(
        metric,
        number("target", usual.target()),
        number("tolerance", usual.tolerance()),
        number("sync", usual.syncSeconds()),
        number("stabilisation", usual.stabilisationSeconds()),
        number("up-percent", usual.upPercent()),
        (int) number("up-pods", usual.upPods()),
        number("down-percent", usual.downPercent()));
  }

  private void setting(String pair) {
    int equals = pair.indexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException(text + ": " + pair + " is not of the form key=value");
    }
    settings.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
  }

  private void only(List<String> keys) {
    for (String key : settings.keySet()) {
      if (!keys.contains(key)) {
        throw new IllegalArgumentException(
            text + ": unknown key " + key + "; known are " + String.join(", ", keys));
      }
    }
  }

  private double number(String key, double otherwise) {
    String value = settings.get(key);
    if (value == null) {
      return otherwise;
    }
    try {
      return Double.parseDouble(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(text + ": " + key + " must be a number, not " + value, e);
    }
  }
}
