package io.kiss.actors.scaler;

import io.kiss.actors.live.Workload;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.Attachment.Mode;
import io.kiss.actors.protocol.DeploymentOverride;
import io.kiss.actors.protocol.ServiceProfile;
import io.kiss.actors.protocol.WorkloadSettings;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.estimate.ServiceEstimator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * What decisions about one workload go by; a pure function of what was said and what was seen.
 *
 * <p>What is said of the Deployment over HTTP counts most, then its own annotations, then what is
 * said of its namespace, then what the cluster says by itself.
 *
 * @param mode whether decisions are carried out
 * @param spec empty: not enough is known to decide
 * @param estimated the parts of {@code spec} that were estimated from what was observed
 * @param refusal why nothing is decided; empty: it is
 */
record Terms(
    Mode mode, Optional<WorkloadSpec> spec, List<String> estimated, Optional<String> refusal) {

  /** Annotations of an object; times in milliseconds. */
  static final String SLO = "kiss.io/slo-ms";

  static final String MIN = "kiss.io/min-replicas";
  static final String MAX = "kiss.io/max-replicas";
  static final String PRICE = "kiss.io/violation-price";
  static final String PRIORITY = "kiss.io/priority";

  /**
   * What GPU services take where nobody has seen this one start: the middle of one to ten minutes.
   */
  static final double ASSUMED_STARTUP_SECONDS = 180;

  private static final double USUAL_PRICE = 10;
  private static final int USUAL_MIN = 1;

  /**
   * Settles the terms.
   *
   * @param known of the service, by itself
   */
  static Terms of(Attachment attachment, Workload workload, Knowledge known) {
    Mode mode = attachment.modeOf(workload.name());
    Optional<String> refusal = workload.refusal();
    if (mode == Mode.OFF) {
      refusal = Optional.of("it is switched off");
    }
    if (refusal.isPresent()) {
      return refused(mode, refusal.get());
    }
    try {
      return settled(attachment, workload, mode, said(attachment, workload), known);
    } catch (IllegalArgumentException e) {
      return refused(mode, e.getMessage());
    }
  }

  private static WorkloadSettings said(Attachment attachment, Workload workload) {
    return attachment
        .override(workload.name())
        .map(DeploymentOverride::settings)
        .orElse(WorkloadSettings.NONE)
        .or(annotations(workload))
        .or(attachment.settings())
        .or(byCluster(workload));
  }

  private static Terms refused(Mode mode, String why) {
    return new Terms(mode, Optional.empty(), List.of(), Optional.of(why));
  }

  private static Terms settled(
      Attachment attachment,
      Workload workload,
      Mode mode,
      WorkloadSettings settings,
      Knowledge known) {
    if (settings.sloSeconds().isEmpty()) {
      return refused(mode, "no SLO is stated: set sloMs of the namespace, or annotate " + SLO);
    }
    if (settings.maxReplicas().isEmpty()) {
      return refused(
          mode, "no maximum is stated: set maxReplicas of the namespace, or annotate " + MAX);
    }
    List<String> estimated = new ArrayList<>();
    Optional<ServiceProfile> profile = settings.profile();
    OptionalDouble service =
        stated(profile, ServiceProfile::serviceTimeSeconds)
            .orElseGet(
                () ->
                    known.figure(
                        "serviceTimeSeconds",
                        ServiceEstimator::serviceTimeSeconds,
                        WorkloadSpec::serviceTimeSeconds,
                        Double.NaN,
                        estimated));
    OptionalDouble capacity =
        stated(profile, ServiceProfile::replicaCapacity)
            .orElseGet(
                () ->
                    known.figure(
                        "replicaCapacity",
                        ServiceEstimator::replicaCapacity,
                        WorkloadSpec::replicaCapacity,
                        Double.NaN,
                        estimated));
    OptionalDouble startup =
        stated(profile, ServiceProfile::startupSeconds)
            .orElseGet(
                () ->
                    known.figure(
                        "startupSeconds",
                        ServiceEstimator::startupSeconds,
                        WorkloadSpec::startupSeconds,
                        ASSUMED_STARTUP_SECONDS,
                        estimated));
    if (service.isEmpty() || capacity.isEmpty()) {
      return refused(
          mode,
          "what one replica can serve is not known yet: watched until it is seen, or name a profile");
    }
    if (startup.isEmpty()) {
      estimated.add("startupSeconds (assumed)");
    }
    WorkloadSpec spec =
        new WorkloadSpec(
            workload.name(),
            settings.minReplicas().orElse(USUAL_MIN),
            settings.maxReplicas().get(),
            settings.sloSeconds().get(),
            service.getAsDouble(),
            capacity.getAsDouble(),
            startup.orElse(ASSUMED_STARTUP_SECONDS),
            settings.violationPrice().orElse(USUAL_PRICE),
            attachment.tickSeconds());
    return new Terms(mode, Optional.of(spec), List.copyOf(estimated), Optional.empty());
  }

  private static Optional<OptionalDouble> stated(
      Optional<ServiceProfile> profile, ToDoubleFunction<ServiceProfile> figure) {
    return profile.map(p -> OptionalDouble.of(figure.applyAsDouble(p)));
  }

  private static WorkloadSettings byCluster(Workload workload) {
    return workload
        .profile()
        .map(
            spec ->
                new WorkloadSettings(
                    Optional.of(spec.sloSeconds()),
                    Optional.of(spec.minReplicas()),
                    Optional.of(spec.maxReplicas()),
                    Optional.of(
                        new ServiceProfile(
                            spec.name(),
                            spec.serviceTimeSeconds(),
                            spec.replicaCapacity(),
                            spec.startupSeconds())),
                    Optional.of(spec.violationPrice()),
                    Optional.empty()))
        .orElse(WorkloadSettings.NONE);
  }

  private static WorkloadSettings annotations(Workload workload) {
    return new WorkloadSettings(
        number(workload, SLO).map(millis -> millis / 1000),
        whole(workload, MIN),
        whole(workload, MAX),
        Optional.empty(),
        number(workload, PRICE),
        priority(workload));
  }

  private static Optional<Integer> priority(Workload workload) {
    String text = workload.annotations().get(PRIORITY);
    try {
      return text == null ? Optional.empty() : Optional.of(Integer.parseInt(text.strip()));
    } catch (NumberFormatException e) {
      throw unreadable(workload, PRIORITY, "a whole number");
    }
  }

  private static Optional<Integer> whole(Workload workload, String key) {
    return number(workload, key)
        .map(
            value -> {
              if (value != Math.rint(value) || value > Integer.MAX_VALUE) {
                throw unreadable(workload, key, "a whole number");
              }
              return value.intValue();
            });
  }

  private static Optional<Double> number(Workload workload, String key) {
    String text = workload.annotations().get(key);
    if (text == null) {
      return Optional.empty();
    }
    try {
      double value = Double.parseDouble(text.strip());
      // Nothing at least is a number; that it cannot be the minimum is for the limits to say.
      boolean none = value == 0 && key.equals(MIN);
      if (none || value > 0 && !Double.isInfinite(value)) {
        return Optional.of(value);
      }
    } catch (NumberFormatException e) {
      throw unreadable(workload, key, "a number");
    }
    throw unreadable(workload, key, "a positive number");
  }

  private static IllegalArgumentException unreadable(Workload workload, String key, String what) {
    return new IllegalArgumentException(
        "its annotation %s is '%s', not %s".formatted(key, workload.annotations().get(key), what));
  }

  /** What counts as violating, seconds; empty where nobody has said it so that it can be read. */
  static OptionalDouble sloSeconds(Attachment attachment, Workload workload) {
    try {
      return said(attachment, workload)
          .sloSeconds()
          .map(OptionalDouble::of)
          .orElse(OptionalDouble.empty());
    } catch (IllegalArgumentException e) {
      return OptionalDouble.empty();
    }
  }

  /** Who is served first where a GPU budget does not suffice; 0 where nobody has said it. */
  static int priority(Attachment attachment, Workload workload) {
    try {
      return said(attachment, workload).priority().orElse(0);
    } catch (IllegalArgumentException e) {
      return 0;
    }
  }
}
