package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An autoscaler that can be asked for by name. */
public final class AutoscalerKind {
  private final String name;
  private final String help;
  private final List<Parameter> parameters;
  private final Function<ParameterValues, Function<WorkloadSpec, Autoscaler>> maker;

  /**
   * Describes one.
   *
   * @param maker checks the values and says how to make the autoscaler with them
   */
  AutoscalerKind(
      String name,
      String help,
      List<Parameter> parameters,
      Function<ParameterValues, Function<WorkloadSpec, Autoscaler>> maker) {
    this.name = name;
    this.help = help;
    this.parameters = List.copyOf(parameters);
    this.maker = maker;
  }

  /** As in {@code hpa:target=0.6}. */
  public String name() {
    return name;
  }

  /** One line for people. */
  public String help() {
    return help;
  }

  /** What can be set, in the order to show. */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** The same autoscaler with these values, the others as usual. */
  AutoscalerChoice with(Map<String, String> values) {
    for (Map.Entry<String, String> each : values.entrySet()) {
      parameter(each.getKey()).check(each.getValue());
    }
    Map<String, String> given = new TreeMap<>(values);
    return new AutoscalerChoice(this, given, maker.apply(new ParameterValues(this, given)));
  }

  Parameter parameter(String key) {
    return parameters.stream()
        .filter(p -> p.name().equals(key))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown key " + key + "; " + known()));
  }

  private String known() {
    return "known are "
        + parameters.stream().map(Parameter::name).collect(Collectors.joining(", "));
  }
}
