package io.kiss.cluster.gate;

import io.kiss.cluster.gate.DecisionLog.Choice;
import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.ScalerCore;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Whether a policy's action depends on what it observes. Each choice is made again with the
 * observation, or one feature of it, exchanged for that of another choice; what is counted is how
 * often the action changes (permutation importance, Breiman, Random Forests, 2001, §10, of the
 * action instead of the error). Limits and replicas stay: an action that is not allowed is none.
 *
 * @param overall share of the choices that change where all of the observation is another's; 0
 *     where nothing was chosen
 * @param features the same of each feature alone
 */
public record ActionSensitivity(double overall, List<Feature> features) {
  private static final int ALL = -1;

  public ActionSensitivity {
    features = List.copyOf(features);
  }

  /** A feature, and the share of the choices that depend on it. */
  public record Feature(String name, double share) {}

  static ActionSensitivity of(PolicySnapshot policy, List<Choice> choices, long seed) {
    PolicyNetwork network = new PolicyNetwork(policy);
    int[] usual =
        choices.stream().mapToInt(each -> action(network, each, each.observation())).toArray();
    List<String> names = ScalerCore.observationNames();
    List<Feature> features = new ArrayList<>();
    for (int f = 0; f < names.size(); f++) {
      features.add(new Feature(names.get(f), share(network, choices, usual, f, seed)));
    }
    return new ActionSensitivity(share(network, choices, usual, ALL, seed), features);
  }

  private static double share(
      PolicyNetwork network, List<Choice> choices, int[] usual, int feature, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int changed = 0;
    for (int i = 0; i < usual.length; i++) {
      float[] other = choices.get(random.nextInt(choices.size())).observation();
      float[] seen = other;
      if (feature != ALL) {
        seen = choices.get(i).observation().clone();
        seen[feature] = other[feature];
      }
      changed += action(network, choices.get(i), seen) == usual[i] ? 0 : 1;
    }
    return choices.isEmpty() ? 0 : (double) changed / choices.size();
  }

  /** What the policy alone takes, a Deployment's own record (CostBalance) left out. */
  private static int action(PolicyNetwork network, Choice choice, float[] observation) {
    float[] probabilities = new float[ActionSpace.SIZE];
    float[] mask = new float[ActionSpace.SIZE];
    int least = choice.workload().minReplicas();
    int most = choice.workload().maxReplicas();
    for (int a = 0; a < mask.length; a++) {
      mask[a] = ActionSpace.allowed(a, choice.current(), least, most) ? 1 : 0;
    }
    network.logits(observation, 0, probabilities, 0);
    PolicyNetwork.softmax(probabilities, mask);
    return ActionSpace.quantile(probabilities, ActionSpace.MEDIAN);
  }

  /** Names of the features that no action depended on. */
  List<String> ignored() {
    return features.stream().filter(f -> f.share() == 0).map(Feature::name).toList();
  }
}
