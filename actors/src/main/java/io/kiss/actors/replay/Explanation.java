package io.kiss.actors.replay;

import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.replay.ReplayedDecision.Answer;
import io.kiss.actors.replay.ReplayedDecision.Feature;
import io.kiss.actors.replay.ReplayedDecision.Odds;
import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.Decision;
import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.Guard;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.ScalerCore;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Why two decisions on the same telemetry differ. */
final class Explanation {
  private Explanation() {}

  static List<Odds> odds(float[] recorded, float[] replayed) {
    List<Odds> odds = new ArrayList<>();
    if (recorded.length > 0 || replayed.length > 0) {
      for (int a = 0; a < ActionSpace.SIZE; a++) {
        odds.add(
            new Odds(
                ActionSpace.nameOf(a),
                a < recorded.length ? recorded[a] : null,
                a < replayed.length ? replayed[a] : null));
      }
    }
    return odds;
  }

  static List<Feature> features(
      DecisionRecord record,
      Decision decision,
      Optional<PolicyNetwork> recorded,
      Optional<PolicyNetwork> replayed) {
    float[] observation = decision.observation();
    if (decision.source() == DecisionSource.HOLD) {
      return List.of();
    }
    WorkloadSpec workload = record.workload().orElseThrow();
    Optional<float[]> then =
        recorded
            .filter(network -> record.action() >= 0)
            .map(network -> influence(network, observation, record.current(), workload));
    Optional<float[]> now =
        replayed
            .filter(network -> decision.action() >= 0)
            .map(network -> influence(network, observation, record.current(), workload));
    List<String> names = ScalerCore.observationNames();
    List<Feature> features = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      int feature = i;
      features.add(
          new Feature(
              names.get(i),
              observation[i],
              then.map(all -> all[feature]).orElse(null),
              now.map(all -> all[feature]).orElse(null)));
    }
    return features;
  }

  /**
   * Occlusion: for each feature, the total variation distance between the policy's probabilities
   * and those it has when this feature alone is at its mean in training.
   */
  private static float[] influence(
      PolicyNetwork shared, float[] observation, int current, WorkloadSpec workload) {
    PolicyNetwork network = shared.fork();
    float[] mask = new float[ActionSpace.SIZE];
    for (int a = 0; a < mask.length; a++) {
      mask[a] =
          ActionSpace.allowed(a, current, workload.minReplicas(), workload.maxReplicas()) ? 1 : 0;
    }
    float[] asSeen = probabilities(network, observation, mask);
    float[] mean = network.snapshot().mean();
    float[] influence = new float[observation.length];
    for (int i = 0; i < observation.length; i++) {
      float[] without = observation.clone();
      without[i] = mean[i];
      float[] changed = probabilities(network, without, mask);
      float distance = 0;
      for (int a = 0; a < mask.length; a++) {
        distance += Math.abs(changed[a] - asSeen[a]) / 2;
      }
      influence[i] = distance;
    }
    return influence;
  }

  private static float[] probabilities(PolicyNetwork network, float[] observation, float[] mask) {
    float[] probabilities = new float[ActionSpace.SIZE];
    network.logits(observation, 0, probabilities, 0);
    PolicyNetwork.softmax(probabilities, mask);
    return probabilities;
  }

  static String difference(Answer recorded, Answer replayed) {
    int more = replayed.replicas() - recorded.replicas();
    StringBuilder text =
        new StringBuilder(
            more == 0
                ? "the same " + recorded.replicas() + " replicas"
                : "%d replicas rather than %d".formatted(replayed.replicas(), recorded.replicas()));
    if (!replayed.source().equals(recorded.source())) {
      text.append("; decided by ")
          .append(who(replayed))
          .append(" rather than ")
          .append(who(recorded));
    } else if (!replayed.action().equals(recorded.action())) {
      text.append("; action ")
          .append(replayed.action().orElse("none"))
          .append(" rather than ")
          .append(recorded.action().orElse("none"));
    }
    only(text, replayed, recorded, "; only now ");
    only(text, recorded, replayed, "; only then ");
    return text.toString();
  }

  private static String who(Answer answer) {
    return answer
        .source()
        .map(
            source ->
                switch (source) {
                  case POLICY -> "policy " + answer.by().orElse("");
                  case QUEUEING_RULE -> "the queueing rule";
                  case HOLD -> "nobody, a hold";
                })
        .orElseGet(() -> answer.by().orElse(""));
  }

  private static void only(StringBuilder text, Answer here, Answer there, String lead) {
    if (here.source().isEmpty() || there.source().isEmpty()) {
      // A classical autoscaler has no guardrails that could differ.
      return;
    }
    Set<Guard> guards = EnumSet.noneOf(Guard.class);
    guards.addAll(here.guards());
    guards.removeAll(there.guards());
    if (!guards.isEmpty()) {
      text.append(lead)
          .append(guards.stream().map(Guard::sentence).collect(Collectors.joining(", ")));
    }
  }
}
