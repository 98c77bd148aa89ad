package io.kiss.actors.controller;

import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.ShadowRef;
import io.kiss.kisim.autoscale.opponents.AutoscalerChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Whom names of shadows mean: registered policies come first, then classical autoscalers. */
public final class ShadowNames {
  private ShadowNames() {}

  /**
   * Resolves all of them.
   *
   * @param registered a policy by its id; empty where there is none
   * @throws IllegalArgumentException with a sentence, where one means nobody, one is there twice or
   *     there are too many
   */
  public static List<ShadowRef> resolve(
      Function<String, Optional<PolicyRef>> registered, List<String> names) {
    if (names.size() > ShadowRef.MOST) {
      throw new IllegalArgumentException(
          "%d shadows are too many: at most %d decide beside a scaler"
              .formatted(names.size(), ShadowRef.MOST));
    }
    List<ShadowRef> shadows = new ArrayList<>();
    for (String name : names) {
      ShadowRef shadow = resolve(registered, name);
      if (shadows.contains(shadow)) {
        throw new IllegalArgumentException("shadow '" + name + "' is there twice");
      }
      shadows.add(shadow);
    }
    return shadows;
  }

  private static ShadowRef resolve(Function<String, Optional<PolicyRef>> registered, String name) {
    Optional<PolicyRef> policy = registered.apply(name);
    if (policy.isPresent()) {
      return new ShadowRef(name, policy);
    }
    try {
      return new ShadowRef(AutoscalerChoice.parse(name).toString(), Optional.empty());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "shadow '%s': no such policy is registered, and %s".formatted(name, e.getMessage()), e);
    }
  }
}
