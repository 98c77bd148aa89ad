package io.kiss.kisim.scenario;

import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What decided in a simulation, so that its output says how to make it again.
 *
 * @param name of the autoscaler
 * @param asked what it was asked for by, such as {@code hpa:target=0.6}
 * @param settings by name, the usual ones too; of a policy, which it is
 */
public record Decider(String name, String asked, Map<String, String> settings) {
  private static final int SHORT = 12;

  public Decider {
    settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
  }

  /** One known by its name alone. */
  public static Decider named(String name) {
    return new Decider(name, name, Map.of());
  }

  /** One of the opponents. */
  public static Decider of(AutoscalerChoice choice) {
    return new Decider(choice.kind().name(), choice.toString(), choice.settings());
  }

  /** A learned policy. */
  public static Decider of(String name, PolicyFile policy) {
    String sha256 = policy.policy().sha256();
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("run", policy.provenance().run());
    settings.put("sha256", sha256);
    return new Decider(
        name,
        name
            + " with policy "
            + policy.provenance().run()
            + ", sha256 "
            + sha256.substring(0, SHORT),
        settings);
  }
}
