package io.kiss.kisim.autoscale.opponents;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Values of an autoscaler's parameters, given or usual, each of its type. */
final class ParameterValues {
  private final Map<String, String> given;
  private final AutoscalerKind kind;

  ParameterValues(AutoscalerKind kind, Map<String, String> given) {
    this.kind = kind;
    this.given = given;
  }

  private String text(String name) {
    String value = given.get(name);
    return value == null ? kind.parameter(name).usual() : value;
  }

  double number(String name) {
    return Double.parseDouble(text(name));
  }

  double[] numbers(String name) {
    return Parameter.parts(text(name)).stream().mapToDouble(Double::parseDouble).toArray();
  }

  int whole(String name) {
    return Integer.parseInt(text(name));
  }

  boolean flag(String name) {
    return Boolean.parseBoolean(text(name));
  }

  <E extends Enum<E>> E choice(String name, Class<E> type) {
    return Enum.valueOf(type, text(name).toUpperCase(Locale.ROOT));
  }

  <E extends Enum<E>> List<E> choices(String name, Class<E> type) {
    return Parameter.parts(text(name)).stream()
        .map(part -> Enum.valueOf(type, part.toUpperCase(Locale.ROOT)))
        .toList();
  }
}
