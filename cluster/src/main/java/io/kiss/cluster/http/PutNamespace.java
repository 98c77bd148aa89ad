package io.kiss.cluster.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Attachment;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How to attach a namespace; what is left out has a default, but the mode stays as it was.
 *
 * @param source templates of the metrics' queries
 * @param guards some or all of the guardrails' settings
 */
record PutNamespace(
    String selector,
    Attachment.Mode mode,
    Double tickSeconds,
    String source,
    Double sloMs,
    Integer minReplicas,
    Integer maxReplicas,
    String profile,
    ServiceTerms.Service service,
    Double violationPrice,
    Integer priority,
    Integer gpuBudget,
    ObjectNode guards) {
  private static final int MOST_FAILSAFE_REPLICAS = 10_000;

  /**
   * The attachment that this asks for.
   *
   * @param before the one there is, whose Deployments' overrides and shadows stay
   */
  Attachment attachment(NamespaceRef ref, Optional<Attachment> before, ServiceTerms terms) {
    return attachment(ref, before, terms, guardSettings(GuardSettings.DEFAULT, false));
  }

  private Attachment attachment(
      NamespaceRef ref, Optional<Attachment> before, ServiceTerms terms, GuardSettings inForce) {
    double tick = tickSeconds == null ? WorkloadSpec.DEFAULT_TICK_SECONDS : tickSeconds;
    if (!(tick >= 1 && tick <= 3600)) {
      throw ApiProblem.badRequest("tickSeconds: must be in 1..3600");
    }
    if (selector != null && !LabelSelector.isValid(selector)) {
      throw ApiProblem.badRequest(
          "selector: '%s' is not a label selector such as app=web,tier in (a, b),!canary"
              .formatted(selector));
    }
    Attachment.Mode kept = before.map(Attachment::mode).orElse(Attachment.Mode.SHADOW);
    return new Attachment(
        ref.cluster(),
        ref.namespace(),
        selector == null ? "" : selector,
        mode == null ? kept : mode,
        tick,
        inForce,
        source == null ? "" : source,
        terms.settings(sloMs, minReplicas, maxReplicas, profile, service, violationPrice, priority),
        before.map(Attachment::overrides).orElse(List.of()),
        ServiceTerms.gpuBudget(gpuBudget),
        before.map(Attachment::shadows).orElse(List.of()));
  }

  /**
   * An attachment after a merge patch (RFC 7396) of the body that would attach it so: what the
   * patch leaves out stays, and what is null in it goes back to its default.
   */
  static Attachment patched(Attachment before, ObjectNode patch, ServiceTerms terms) {
    PutNamespace put;
    try {
      put = Json.MAPPER.treeToValue(patch, PutNamespace.class);
    } catch (JsonProcessingException e) {
      throw ApiProblem.badRequest(Json.sentence(e));
    }
    NamespaceRef ref = new NamespaceRef(before.cluster(), before.namespace());
    GuardSettings inForce =
        patch.has("guards") ? put.guardSettings(before.guards(), true) : before.guards();
    Attachment said = put.attachment(ref, Optional.empty(), terms, inForce);
    return new Attachment(
        before.cluster(),
        before.namespace(),
        patch.has("selector") ? said.selector() : before.selector(),
        patch.has("mode") ? said.mode() : before.mode(),
        patch.has("tickSeconds") ? said.tickSeconds() : before.tickSeconds(),
        inForce,
        patch.has("source") ? said.source() : before.source(),
        ServiceTerms.patched(before.settings(), said.settings(), patch),
        before.overrides(),
        patch.has("gpuBudget") ? said.gpuBudget() : before.gpuBudget(),
        before.shadows());
  }

  /**
   * What is said of guardrails, over others.
   *
   * @param nullIsUsual whether null stands for the usual, as in a merge patch; else it is refused
   */
  private GuardSettings guardSettings(GuardSettings base, boolean nullIsUsual) {
    if (guards == null) {
      return GuardSettings.DEFAULT;
    }
    ObjectNode usual = Json.MAPPER.valueToTree(GuardSettings.DEFAULT);
    ObjectNode all = Json.MAPPER.valueToTree(base);
    for (Iterator<Map.Entry<String, JsonNode>> said = guards.fields(); said.hasNext(); ) {
      Map.Entry<String, JsonNode> guard = said.next();
      boolean back = nullIsUsual && guard.getValue().isNull() && usual.has(guard.getKey());
      all.set(guard.getKey(), back ? usual.get(guard.getKey()) : guard.getValue());
    }
    try {
      GuardSettings settings = Json.MAPPER.treeToValue(all, GuardSettings.class);
      if (settings.failsafeReplicas() > MOST_FAILSAFE_REPLICAS) {
        throw ApiProblem.badRequest(
            "guards.failsafeReplicas: must be in 0.." + MOST_FAILSAFE_REPLICAS);
      }
      return settings;
    } catch (JsonProcessingException e) {
      throw ApiProblem.badRequest(Json.sentence("guards", e));
    }
  }
}
