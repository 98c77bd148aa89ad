package io.kiss.actors.scaler;

import io.kiss.actors.live.NamespaceRef;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;

/** What keeps a namespace from being scaled now; says each change once in the log. */
final class Problems {

  /** Where a problem lies, the gravest first. */
  enum Area {
    CONTROLLER,
    NODE,
    CLUSTER,
    LEASE,
    METRICS,
    JOURNAL,
    POLICY,
    SCALER,
    TICK
  }

  private final NamespaceRef namespace;
  private final Logger log;
  private final Map<Area, String> sentences = new EnumMap<>(Area.class);

  Problems(NamespaceRef namespace, Logger log) {
    this.namespace = namespace;
    this.log = log;
  }

  void set(Area area, String sentence) {
    if (!sentence.equals(sentences.put(area, sentence))) {
      log.warn("Namespace {}: {}", namespace, sentence);
    }
  }

  void clear(Area area) {
    if (sentences.remove(area) != null) {
      log.info(
          "Namespace {}: {} works again",
          namespace,
          area.name().toLowerCase(java.util.Locale.ROOT));
    }
  }

  Optional<String> of(Area area) {
    return Optional.ofNullable(sentences.get(area));
  }

  /** All of them, the gravest first; what several areas say alike is said once. */
  Optional<String> all() {
    return sentences.isEmpty()
        ? Optional.empty()
        : Optional.of(sentences.values().stream().distinct().collect(Collectors.joining("; ")));
  }
}
