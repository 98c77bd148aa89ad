package io.kiss.actors.protocol;

import java.util.Optional;

/**
 * What an operator says about a Deployment, or about all of a namespace. What is empty is left to
 * whoever else says it.
 *
 * @param sloSeconds latency a request should not exceed
 * @param minReplicas lower limit
 * @param maxReplicas upper limit
 * @param profile what one replica can do; empty: estimated from what is observed
 * @param violationPrice cost of all requests violating the SLO, in units of the GPUs the load needs
 * @param priority who is served first where a GPU budget does not suffice: the higher
 */
public record WorkloadSettings(
    Optional<Double> sloSeconds,
    Optional<Integer> minReplicas,
    Optional<Integer> maxReplicas,
    Optional<ServiceProfile> profile,
    Optional<Double> violationPrice,
    Optional<Integer> priority)
    implements ControlMessage {

  /** Says nothing. */
  public static final WorkloadSettings NONE =
      new WorkloadSettings(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** A field that is absent, as where an older version wrote it, says nothing. */
  public WorkloadSettings {
    sloSeconds = sloSeconds == null ? Optional.empty() : sloSeconds;
    minReplicas = minReplicas == null ? Optional.empty() : minReplicas;
    maxReplicas = maxReplicas == null ? Optional.empty() : maxReplicas;
    profile = profile == null ? Optional.empty() : profile;
    violationPrice = violationPrice == null ? Optional.empty() : violationPrice;
    priority = priority == null ? Optional.empty() : priority;
  }

  /** These, and {@code others} where these say nothing. */
  public WorkloadSettings or(WorkloadSettings others) {
    return new WorkloadSettings(
        sloSeconds.or(others::sloSeconds),
        minReplicas.or(others::minReplicas),
        maxReplicas.or(others::maxReplicas),
        profile.or(others::profile),
        violationPrice.or(others::violationPrice),
        priority.or(others::priority));
  }
}
