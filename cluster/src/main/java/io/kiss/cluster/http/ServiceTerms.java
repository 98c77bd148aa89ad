package io.kiss.cluster.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.DeploymentOverride;
import io.kiss.actors.protocol.ServiceProfile;
import io.kiss.actors.protocol.WorkloadSettings;
import io.kiss.cluster.live.ServiceProfiles;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads what requests say about services: SLO, limits, what a replica can do, what matters more.
 */
final class ServiceTerms {
  private static final Set<String> PATCHED =
      Set.of(
          "mode",
          "sloMs",
          "minReplicas",
          "maxReplicas",
          "profile",
          "service",
          "violationPrice",
          "priority");
  private static final int MOST_REPLICAS = 100_000;
  private static final double LONGEST_MS = 24 * 3_600_000.0;
  private static final double HIGHEST_PRICE = 1000;
  private static final int HIGHEST_PRIORITY = 1000;
  private static final int MOST_GPUS = 1_000_000;

  private final ServiceProfiles profiles;

  ServiceTerms(ServiceProfiles profiles) {
    this.profiles = profiles;
  }

  /**
   * What one replica can do, in numbers.
   *
   * @param serviceTimeMs latency of a lone request on an idle replica
   * @param replicaCapacity requests per second one ready replica sustains
   * @param startupSeconds from asking for a replica until it is ready
   */
  record Service(Double serviceTimeMs, Double replicaCapacity, Double startupSeconds) {}

  /** Reads settings; null says nothing. */
  WorkloadSettings settings(
      Double sloMs,
      Integer minReplicas,
      Integer maxReplicas,
      String profile,
      Service service,
      Double violationPrice,
      Integer priority) {
    between("sloMs", sloMs, 1e-3, LONGEST_MS);
    between("minReplicas", minReplicas, 1, MOST_REPLICAS);
    between("maxReplicas", maxReplicas, 1, MOST_REPLICAS);
    between("violationPrice", violationPrice, 0.1, HIGHEST_PRICE);
    between("priority", priority, -HIGHEST_PRIORITY, HIGHEST_PRIORITY);
    requireRoom(Optional.ofNullable(minReplicas), Optional.ofNullable(maxReplicas));
    if (profile != null && service != null) {
      throw ApiProblem.badRequest("profile, service: give one of them, not both");
    }
    return new WorkloadSettings(
        Optional.ofNullable(sloMs).map(millis -> millis / 1000),
        Optional.ofNullable(minReplicas),
        Optional.ofNullable(maxReplicas),
        profile == null ? Optional.ofNullable(service).map(this::inNumbers) : named(profile),
        Optional.ofNullable(violationPrice),
        Optional.ofNullable(priority));
  }

  /** Reads a budget; null sets none. */
  static Optional<Integer> gpuBudget(Integer gpus) {
    between("gpuBudget", gpus, 0, MOST_GPUS);
    return Optional.ofNullable(gpus);
  }

  private static void between(String name, Number value, double least, double most) {
    if (value != null && !(value.doubleValue() >= least && value.doubleValue() <= most)) {
      throw ApiProblem.badRequest(
          "%s: must be in %s..%s, not %s".formatted(name, plain(least), plain(most), value));
    }
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private Optional<ServiceProfile> named(String profile) {
    try {
      return Optional.of(profiles.find(profile));
    } catch (IllegalArgumentException e) {
      throw ApiProblem.badRequest("profile: " + e.getMessage());
    }
  }

  private ServiceProfile inNumbers(Service service) {
    if (service.serviceTimeMs() == null
        || service.replicaCapacity() == null
        || service.startupSeconds() == null) {
      throw ApiProblem.badRequest(
          "service: wants serviceTimeMs, replicaCapacity (requests per second) and"
              + " startupSeconds, or leave it out to have them estimated");
    }
    between("service.serviceTimeMs", service.serviceTimeMs(), 1e-3, LONGEST_MS);
    between("service.replicaCapacity", service.replicaCapacity(), 1e-3, 1e7);
    between("service.startupSeconds", service.startupSeconds(), 0.1, 86_400);
    return new ServiceProfile(
        "as told",
        service.serviceTimeMs() / 1000,
        service.replicaCapacity(),
        service.startupSeconds());
  }

  /** One Deployment's override after a merge patch (RFC 7396) of it. */
  DeploymentOverride patched(
      String deployment, Optional<DeploymentOverride> before, ObjectNode patch) {
    for (String key : (Iterable<String>) patch::fieldNames) {
      if (!PATCHED.contains(key)) {
        throw ApiProblem.badRequest(
            "%s: unknown; known are %s".formatted(key, String.join(", ", new TreeSet<>(PATCHED))));
      }
    }
    WorkloadSettings old = before.map(DeploymentOverride::settings).orElse(WorkloadSettings.NONE);
    WorkloadSettings said =
        settings(
            value(patch, "sloMs", Double.class),
            value(patch, "minReplicas", Integer.class),
            value(patch, "maxReplicas", Integer.class),
            value(patch, "profile", String.class),
            value(patch, "service", Service.class),
            value(patch, "violationPrice", Double.class),
            value(patch, "priority", Integer.class));
    WorkloadSettings now = patched(old, said, patch);
    Optional<Attachment.Mode> mode =
        patch.has("mode")
            ? Optional.ofNullable(value(patch, "mode", Attachment.Mode.class))
            : before.flatMap(DeploymentOverride::mode);
    return new DeploymentOverride(deployment, mode, now);
  }

  /**
   * Settings after a patch.
   *
   * @param said by the patch, where it says anything
   */
  static WorkloadSettings patched(WorkloadSettings old, WorkloadSettings said, ObjectNode patch) {
    boolean profileSaid = patch.has("profile") || patch.has("service");
    WorkloadSettings now =
        new WorkloadSettings(
            patch.has("sloMs") ? said.sloSeconds() : old.sloSeconds(),
            patch.has("minReplicas") ? said.minReplicas() : old.minReplicas(),
            patch.has("maxReplicas") ? said.maxReplicas() : old.maxReplicas(),
            profileSaid ? said.profile() : old.profile(),
            patch.has("violationPrice") ? said.violationPrice() : old.violationPrice(),
            patch.has("priority") ? said.priority() : old.priority());
    requireRoom(now.minReplicas(), now.maxReplicas());
    return now;
  }

  private static void requireRoom(Optional<Integer> least, Optional<Integer> most) {
    if (least.isPresent() && most.isPresent() && least.get() > most.get()) {
      throw ApiProblem.badRequest(
          "minReplicas: is %d, above maxReplicas, %d".formatted(least.get(), most.get()));
    }
  }

  /**
   * Refuses a minimum above the maximum that comes from elsewhere, as an annotation, or the other
   * way round: such a Deployment would not be scaled any more.
   *
   * @param before what was said of it so far, which {@code inUse} has in it
   * @param inUse what its decisions go by now
   */
  static void requireRoom(
      DeploymentOverride override,
      Optional<DeploymentOverride> before,
      Optional<WorkloadSpec> inUse) {
    WorkloadSettings old = before.map(DeploymentOverride::settings).orElse(WorkloadSettings.NONE);
    Optional<Integer> least =
        override
            .settings()
            .minReplicas()
            .or(() -> elsewhere(old.minReplicas(), inUse.map(WorkloadSpec::minReplicas)));
    Optional<Integer> most =
        override
            .settings()
            .maxReplicas()
            .or(() -> elsewhere(old.maxReplicas(), inUse.map(WorkloadSpec::maxReplicas)));
    if (least.isPresent() && most.isPresent() && least.get() > most.get()) {
      throw ApiProblem.badRequest(
          "minReplicas of %s would be %d, above its maxReplicas, %d: set both"
              .formatted(override.deployment(), least.get(), most.get()));
    }
  }

  private static Optional<Integer> elsewhere(Optional<Integer> old, Optional<Integer> inUse) {
    return old.isPresent() ? Optional.empty() : inUse;
  }

  private static <T> T value(ObjectNode patch, String key, Class<T> type) {
    JsonNode node = patch.get(key);
    if (node == null || node.isNull()) {
      return null;
    }
    try {
      return Json.MAPPER.treeToValue(node, type);
    } catch (JsonProcessingException e) {
      throw ApiProblem.badRequest(Json.sentence(key, e));
    }
  }
}
