package io.kiss.actors.protocol;

import io.kiss.kisim.autoscale.GuardSettings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A namespace that KIS-S scales, or watches.
 *
 * @param selector label selector; empty selects all
 * @param mode shadow unless acting was switched on explicitly
 * @param tickSeconds time between two decisions
 * @param source templates of the metrics' queries, such as {@code triton}; empty: the cluster's
 *     usual ones
 * @param settings of all Deployments, where nothing else is said of one
 * @param overrides what is said of single Deployments
 * @param gpuBudget GPUs that all Deployments together may ask for; empty: as many as they wish
 * @param shadows who decides beside each Deployment's scaler, without acting
 */
public record Attachment(
    String cluster,
    String namespace,
    String selector,
    Mode mode,
    double tickSeconds,
    GuardSettings guards,
    String source,
    WorkloadSettings settings,
    List<DeploymentOverride> overrides,
    Optional<Integer> gpuBudget,
    List<ShadowRef> shadows)
    implements ControlMessage {

  /** Whether decisions are made, and carried out. */
  public enum Mode {
    /** Decided and recorded, never carried out. */
    SHADOW,
    /** Carried out where that is allowed. */
    ACTIVE,
    /** Left alone: shown, not decided upon. */
    OFF
  }

  /** The last five are absent where a version wrote it that did not know them. */
  public Attachment {
    source = source == null ? "" : source;
    settings = settings == null ? WorkloadSettings.NONE : settings;
    overrides = overrides == null ? List.of() : List.copyOf(overrides);
    gpuBudget = gpuBudget == null ? Optional.empty() : gpuBudget;
    shadows = shadows == null ? List.of() : List.copyOf(shadows);
  }

  /** One without shadows. */
  public Attachment(
      String cluster,
      String namespace,
      String selector,
      Mode mode,
      double tickSeconds,
      GuardSettings guards,
      String source,
      WorkloadSettings settings,
      List<DeploymentOverride> overrides,
      Optional<Integer> gpuBudget) {
    this(
        cluster,
        namespace,
        selector,
        mode,
        tickSeconds,
        guards,
        source,
        settings,
        overrides,
        gpuBudget,
        List.of());
  }

  /** An attachment that leaves what services can do to the cluster, and to estimates. */
  public static Attachment of(
      String cluster,
      String namespace,
      String selector,
      Mode mode,
      double tickSeconds,
      GuardSettings guards) {
    return new Attachment(
        cluster,
        namespace,
        selector,
        mode,
        tickSeconds,
        guards,
        "",
        WorkloadSettings.NONE,
        List.of(),
        Optional.empty());
  }

  /** What is said of one Deployment. */
  public Optional<DeploymentOverride> override(String deployment) {
    return overrides.stream().filter(o -> o.deployment().equals(deployment)).findFirst();
  }

  /** Whether a Deployment's decisions are made, and carried out. */
  public Mode modeOf(String deployment) {
    return override(deployment).flatMap(DeploymentOverride::mode).orElse(mode);
  }

  /** Whether anything here may be acted upon. */
  public boolean acts() {
    return mode == Mode.ACTIVE
        || overrides.stream().anyMatch(o -> o.mode().equals(Optional.of(Mode.ACTIVE)));
  }

  /** The same, with one Deployment's override replaced, or taken away where it says nothing. */
  public Attachment with(DeploymentOverride override) {
    Stream<DeploymentOverride> others =
        overrides.stream().filter(o -> !o.deployment().equals(override.deployment()));
    return withOverrides(
        (override.isEmpty() ? others : Stream.concat(others, Stream.of(override))).toList());
  }

  /** The same with these overrides. */
  public Attachment withOverrides(List<DeploymentOverride> others) {
    return new Attachment(
        cluster,
        namespace,
        selector,
        mode,
        tickSeconds,
        guards,
        source,
        settings,
        others,
        gpuBudget,
        shadows);
  }

  /** The same with these shadows. */
  public Attachment withShadows(List<ShadowRef> others) {
    return new Attachment(
        cluster,
        namespace,
        selector,
        mode,
        tickSeconds,
        guards,
        source,
        settings,
        overrides,
        gpuBudget,
        others);
  }
}
