package io.kiss.kisim.autoscale;

import io.kiss.kisim.autoscale.PolicyFile.Provenance;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Several policies that decide together: the logits of the whole are the mean of its members',
 * which is the normalised geometric mean of their probabilities. Training runs that differ in their
 * seed alone disagree mostly where they err, so the mean errs less than each.
 *
 * <p>The members lie side by side in one wider network, with zeros where a layer would lead from
 * one to another. Whatever takes a policy takes the whole as one: files, the registry, scalers, and
 * training that starts from it.
 */
public final class PolicyEnsemble {
  private PolicyEnsemble() {}

  /**
   * Puts policies side by side.
   *
   * <p>The whole has one normaliser, the first member's, and the others' first layers are rewritten
   * for it. So a feature that one member would clip at {@value PolicyNetwork#OBSERVATION_CLIP}
   * deviations is clipped where the first one's is. It counts as trained where all were trained.
   *
   * @param members of the same observation, actions and number of layers, at least one
   * @throws IllegalArgumentException where they do not fit together, with the reason
   */
  public static PolicySnapshot of(List<PolicySnapshot> members) {
    PolicySnapshot first = members.get(0);
    for (PolicySnapshot member : members) {
      requireAlike(first, member);
    }
    int[] layers = first.layers().clone();
    for (int l = 1; l < layers.length - 1; l++) {
      int layer = l;
      layers[l] = members.stream().mapToInt(member -> member.layers()[layer]).sum();
    }
    float[] lowest = first.lowest().clone();
    float[] highest = first.highest().clone();
    for (PolicySnapshot member : members) {
      for (int i = 0; i < lowest.length; i++) {
        lowest[i] = Math.max(lowest[i], member.lowest()[i]);
        highest[i] = Math.min(highest[i], member.highest()[i]);
      }
    }
    return new PolicySnapshot(
        first.observationId(),
        first.actionId(),
        layers,
        first.heads(),
        weights(members, layers),
        first.mean(),
        first.deviation(),
        lowest,
        highest);
  }

  /**
   * Puts the policies of files side by side, and says where each is from: steps and seconds are
   * sums, what differs from member to member stands one after another, runs as one name.
   *
   * @param created when this is done
   * @throws IllegalArgumentException as {@link #of}
   */
  public static PolicyFile ofFiles(List<PolicyFile> members, Instant created) {
    PolicySnapshot whole = of(members.stream().map(PolicyFile::policy).toList());
    List<Provenance> from = members.stream().map(PolicyFile::provenance).toList();
    StringBuilder settings = new StringBuilder("mean of the logits of");
    for (PolicyFile member : members) {
      Provenance its = member.provenance();
      settings
          .append(' ')
          .append(member.policy().sha256(), 0, 12)
          .append(" (")
          .append(its.run())
          .append(", seed ")
          .append(its.seed())
          .append(", ")
          .append(its.environmentSteps())
          .append(" steps, commit ")
          .append(its.commit())
          .append(")");
    }
    settings.append(", each with ").append(each(from, Provenance::settings));
    return new PolicyFile(
        whole,
        new Provenance(
            from.stream().map(Provenance::run).distinct().collect(Collectors.joining("-")),
            from.get(0).seed(),
            from.stream().mapToLong(Provenance::iterations).sum(),
            from.stream().mapToLong(Provenance::environmentSteps).sum(),
            from.stream().mapToDouble(Provenance::seconds).sum(),
            each(from, Provenance::engine),
            each(from, Provenance::commit),
            created,
            settings.toString()));
  }

  private static String each(List<Provenance> from, Function<Provenance, String> what) {
    return from.stream().map(what).distinct().collect(Collectors.joining(" + "));
  }

  private static void requireAlike(PolicySnapshot first, PolicySnapshot other) {
    if (!first.observationId().equals(other.observationId())
        || !first.actionId().equals(other.actionId())
        || !Arrays.equals(first.heads(), other.heads())) {
      throw new IllegalArgumentException(
          "policies of observation "
              + first.observationId()
              + " and actions "
              + first.actionId()
              + " cannot decide together with one of "
              + other.observationId()
              + " and "
              + other.actionId());
    }
    if (first.layers().length != other.layers().length || first.layers().length < 3) {
      throw new IllegalArgumentException(
          "networks of "
              + Arrays.toString(first.layers())
              + " and "
              + Arrays.toString(other.layers())
              + " cannot lie side by side: they need equally many hidden layers, at least one");
    }
  }

  private static float[] weights(List<PolicySnapshot> members, int[] layers) {
    float[] whole = new float[PolicySnapshot.weightCount(layers)];
    int[] from = new int[members.size()];
    int to = 0;
    for (int l = 0; l + 1 < layers.length; l++) {
      boolean last = l + 2 == layers.length;
      int column = 0;
      int row = 0;
      for (int m = 0; m < members.size(); m++) {
        PolicySnapshot member = members.get(m);
        Block block = new Block(to, layers[l], layers[l + 1], last ? 0 : row, l == 0 ? 0 : column);
        int in = member.layers()[l];
        int out = member.layers()[l + 1];
        block.add(whole, member.weights(), from[m], in, out, last ? 1f / members.size() : 1);
        from[m] += out * (in + 1);
        row += out;
        column += in;
      }
      to += layers[l + 1] * (layers[l] + 1);
    }
    for (int m = 1; m < members.size(); m++) {
      renormalise(whole, members, m, layers);
    }
    return whole;
  }

  /**
   * Rewrites a member's first layer for the first one's normaliser: of z = (x − m) / d it makes (z
   * · d₁ + m₁ − m) / d.
   */
  private static void renormalise(
      float[] whole, List<PolicySnapshot> members, int m, int[] layers) {
    PolicySnapshot common = members.get(0);
    PolicySnapshot own = members.get(m);
    int row = members.subList(0, m).stream().mapToInt(member -> member.layers()[1]).sum();
    int in = layers[0];
    int biases = in * layers[1];
    for (int o = row; o < row + own.layers()[1]; o++) {
      double bias = whole[biases + o];
      for (int i = 0; i < in; i++) {
        double weight = whole[o * in + i];
        double divisor = PolicyNetwork.divisor(own, i);
        bias += weight * (common.mean()[i] - own.mean()[i]) / divisor;
        whole[o * in + i] = (float) (weight * PolicyNetwork.divisor(common, i) / divisor);
      }
      whole[biases + o] = (float) bias;
    }
  }

  /**
   * A member's place in a layer of the whole.
   *
   * @param start of the layer's weights
   * @param in width of the layer's input
   * @param out width of its output
   * @param row first output of the member
   * @param column first input of the member
   */
  private record Block(int start, int in, int out, int row, int column) {

    /** Adds a member's matrix and bias, so that outputs that all share become a weighted sum. */
    void add(float[] whole, float[] member, int from, int width, int height, float share) {
      for (int o = 0; o < height; o++) {
        for (int i = 0; i < width; i++) {
          whole[start + (row + o) * in + column + i] += share * member[from + o * width + i];
        }
        whole[start + out * in + row + o] += share * member[from + height * width + o];
      }
    }
  }
}
