package io.kiss.kisim.autoscale.opponents;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An autoscaler with its parameters set, as {@code hpa:target=0.6,stabilisation=60} names it. */
public final class AutoscalerChoice {
  private final AutoscalerKind kind;
  private final Map<String, String> given;
  private final Function<WorkloadSpec, Autoscaler> maker;

  AutoscalerChoice(
      AutoscalerKind kind, Map<String, String> given, Function<WorkloadSpec, Autoscaler> maker) {
    this.kind = kind;
    this.given = given;
    this.maker = maker;
  }

  /**
   * Reads {@code name} or {@code name:key=value,key=value}.
   *
   * @throws IllegalArgumentException with a sentence of what is known, where it is not
   */
  public static AutoscalerChoice parse(String text) {
    int colon = text.indexOf(':');
    AutoscalerKind kind = Autoscalers.named(colon < 0 ? text : text.substring(0, colon));
    try {
      return kind.with(colon < 0 ? Map.of() : settings(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(text + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, String> settings(String text) {
    Map<String, String> settings = new LinkedHashMap<>();
    for (String pair : text.split(",", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(
            (pair.isBlank() ? "an empty setting" : pair) + " is not of the form key=value");
      }
      String key = pair.substring(0, equals).strip();
      if (settings.put(key, pair.substring(equals + 1).strip()) != null) {
        throw new IllegalArgumentException(key + " is set twice");
      }
    }
    return settings;
  }

  /** What is set. */
  public AutoscalerKind kind() {
    return kind;
  }

  /**
   * The same with one more parameter set.
   *
   * @throws IllegalArgumentException as {@link #parse}
   */
  public AutoscalerChoice with(String key, String value) {
    return with(Map.of(key, value));
  }

  /** The same with these parameters set too. */
  AutoscalerChoice with(Map<String, String> settings) {
    Map<String, String> more = new TreeMap<>(given);
    more.putAll(settings);
    return kind.with(more);
  }

  /** All parameters with their values, those that were not given with their usual ones. */
  public Map<String, String> settings() {
    Map<String, String> all = new LinkedHashMap<>();
    kind.parameters().forEach(each -> all.put(each.name(), each.usual()));
    all.putAll(given);
    return all;
  }

  /** The replicas that {@code static} was told to hold; 0 where it, or another, was not. */
  public int fixedReplicas() {
    return kind.name().equals("static") ? Integer.parseInt(settings().get("replicas")) : 0;
  }

  /** Whether this parameter is set, be it to its usual value. */
  boolean sets(String key) {
    return given.containsKey(key);
  }

  /** A fresh autoscaler, without memory, for one workload. */
  public Autoscaler create(WorkloadSpec workload) {
    return maker.apply(workload);
  }

  /** What {@link #parse} reads, keys in order, nothing but what was set. */
  @Override
  public String toString() {
    return given.isEmpty()
        ? kind.name()
        : given.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(",", kind.name() + ":", ""));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AutoscalerChoice that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }
}
