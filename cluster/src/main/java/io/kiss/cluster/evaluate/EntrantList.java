package io.kiss.cluster.evaluate;

import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.opponents.AutoscalerKind;
import io.kiss.kisim.autoscale.opponents.Autoscalers;
import io.kiss.kisim.evaluate.Entrant;
import io.kiss.kisim.evaluate.EntrantText;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@code --autoscalers} and {@code --policy}. */
final class EntrantList {
  /** What takes part when nobody says otherwise; with a policy, KIScaler as well. */
  static final String USUAL =
      "hpa,hpa:tuned,hpa:tuned-here,keda:tuned,kpa:tuned,apa:tuned,wva:tuned,dynamo:tuned,"
          + "ray:tuned,queueing,forecast,oracle";

  static final String KISCALER = "kiscaler";
  private static final List<String> TUNING = List.of("tuned", "tuned-here");

  private EntrantList() {}

  /**
   * All that take part.
   *
   * @throws IllegalArgumentException with a sentence that says what is wrong and what is known
   */
  static List<Entrant> of(Optional<String> autoscalers, Optional<Path> policy) {
    return of(autoscalers, policy, Optional.empty());
  }

  /** As above, with a policy that is no file. */
  static List<Entrant> of(
      Optional<String> autoscalers, Optional<Path> policy, Optional<PolicySnapshot> given) {
    List<String> names = new ArrayList<>(split(autoscalers.orElse(USUAL)));
    if ((policy.isPresent() || given.isPresent()) && !names.contains(KISCALER)) {
      names.add(KISCALER);
    }
    return names.stream()
        .map(
            name ->
                given.isPresent() && name.equals(KISCALER)
                    ? Entrant.learned(KISCALER, given.get())
                    : entrant(name, policy))
        .toList();
  }

  /**
   * Splits at commas, but not inside an autoscaler's settings: what sets a key, or says how to
   * tune, goes on with the one before if that one has begun to have settings.
   */
  static List<String> split(String text) {
    List<String> names = new ArrayList<>();
    for (String token : text.split(",", -1)) {
      String part = token.strip();
      boolean setting =
          TUNING.contains(part) || part.indexOf('=') > 0 && !part.split("=", 2)[0].contains(":");
      int last = names.size() - 1;
      if (setting && last >= 0 && names.get(last).contains(":")) {
        names.set(last, names.get(last) + "," + part);
      } else {
        names.add(part);
      }
    }
    return names;
  }

  private static Entrant entrant(String text, Optional<Path> policy) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    if (name.equals(KISCALER)) {
      return learned(text, policy);
    }
    if (text.equals(Entrant.ORACLE)) {
      return Entrant.oracle();
    }
    if (Autoscalers.all().stream().noneMatch(kind -> kind.name().equals(name))) {
      throw new IllegalArgumentException(
          "--autoscalers: "
              + (name.isEmpty() ? "an entry is empty" : "autoscaler " + text + " is unknown")
              + (name.equals(Entrant.ORACLE) ? ", as oracle has no settings" : "")
              + "; known are "
              + Stream.concat(
                      Autoscalers.all().stream().map(AutoscalerKind::name),
                      Stream.of(Entrant.ORACLE, KISCALER))
                  .collect(Collectors.joining(", ")));
    }
    try {
      return Entrant.of(EntrantText.parse(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("--autoscalers: " + e.getMessage(), e);
    }
  }

  private static Entrant learned(String text, Optional<Path> policy) {
    if (!text.equals(KISCALER)) {
      throw new IllegalArgumentException(
          "--autoscalers: kiscaler takes no settings, not " + text + "; --policy names its policy");
    }
    Path file =
        policy.orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--autoscalers: kiscaler needs --policy FILE, a policy of kiss train"));
    if (!Files.exists(file)) {
      throw new IllegalArgumentException(
          "--policy: there is no file " + file + ", and it is no id of a registered policy");
    }
    return Entrant.learned(KISCALER, PolicyFile.read(file).policy());
  }
}
