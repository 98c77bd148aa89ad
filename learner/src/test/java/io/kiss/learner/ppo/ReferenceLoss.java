package io.kiss.learner.ppo;

import java.util.Arrays;
import java.util.List;

/**
 * The loss of the whole update and its gradient, derived by hand and written in double precision,
 * row by row, no engine and no automatic differentiation.
 *
 * <p>With p the masked softmax of one head, H its entropy, k the action taken, ρ the ratio of all
 * heads together and A the advantage:
 *
 * <pre>
 *   ∂ log p_k / ∂ z_a = [a = k] - p_a
 *   ∂ H / ∂ z_a       = -p_a (log p_a + H)
 *   ∂ min(ρA, clip(ρ)A) / ∂ z_a = ρ A ([a = k] - p_a)  where the unclipped term is the smaller, else 0
 * </pre>
 */
final class ReferenceLoss {
  private final ActorCritic network;
  private final TrainingBatch batch;
  private final PpoSettings settings;
  private final double entropyBonus;
  private final int decided;

  ReferenceLoss(
      ActorCritic network, TrainingBatch batch, PpoSettings settings, double entropyBonus) {
    this.network = network;
    this.batch = batch;
    this.settings = settings;
    this.entropyBonus = entropyBonus;
    int count = 0;
    for (float one : batch.decided) {
      count += one > 0 ? 1 : 0;
    }
    decided = count;
  }

  /** The loss at these parameters. */
  double loss(double[] parameters) {
    return evaluate(parameters, null);
  }

  /** Its gradient at these parameters. */
  double[] gradient(double[] parameters) {
    double[] gradient = new double[parameters.length];
    evaluate(parameters, gradient);
    return gradient;
  }

  private double evaluate(double[] parameters, double[] gradient) {
    double loss = 0;
    for (int row = 0; row < batch.rows; row++) {
      double[][] critic = run(parameters, network.criticLayers(), row);
      double error = critic[critic.length - 1][0] - batch.returns[row];
      loss += settings.valueCoefficient() * error * error / batch.rows;
      double[] byValue = {2 * settings.valueCoefficient() * error / batch.rows};
      backward(parameters, network.criticLayers(), critic, byValue, gradient);
      if (batch.decided[row] > 0) {
        double[][] actor = run(parameters, network.actorLayers(), row);
        double[] byLogits = new double[network.actions()];
        loss += policyLoss(row, actor[actor.length - 1], byLogits) / decided;
        for (int a = 0; a < byLogits.length; a++) {
          byLogits[a] /= decided;
        }
        backward(parameters, network.actorLayers(), actor, byLogits, gradient);
      }
    }
    return loss;
  }

  /** Surrogate and entropy of one row, and their derivatives by its logits. */
  private double policyLoss(int row, double[] logits, double[] byLogits) {
    double[] p = new double[logits.length];
    double logProbability = 0;
    double entropy = 0;
    double[] headEntropy = new double[network.heads().length];
    int from = 0;
    for (int h = 0; h < network.heads().length; h++) {
      int to = from + network.heads()[h];
      double sum = 0;
      for (int a = from; a < to; a++) {
        p[a] = allowed(row, a) ? Math.exp(logits[a]) : 0;
        sum += p[a];
      }
      for (int a = from; a < to; a++) {
        p[a] /= sum;
        headEntropy[h] -= p[a] > 0 ? p[a] * Math.log(p[a]) : 0;
      }
      entropy += headEntropy[h];
      logProbability += Math.log(p[from + taken(row, h)]);
      from = to;
    }
    double ratio = Math.exp(logProbability - batch.oldLogProbabilities[row]);
    double advantage = batch.advantages[row];
    double low = 1 - settings.clip();
    double high = 1 + settings.clip();
    double limited = ratio < low ? low : ratio > high ? high : ratio;
    boolean free = ratio * advantage <= limited * advantage;
    from = 0;
    for (int h = 0; h < network.heads().length; h++) {
      int to = from + network.heads()[h];
      for (int a = from; a < to; a++) {
        double byLogProbability = (a == from + taken(row, h) ? 1 : 0) - p[a];
        byLogits[a] -= free ? ratio * advantage * byLogProbability : 0;
        byLogits[a] += p[a] > 0 ? entropyBonus * p[a] * (Math.log(p[a]) + headEntropy[h]) : 0;
      }
      from = to;
    }
    return -Math.min(ratio * advantage, limited * advantage) - entropyBonus * entropy;
  }

  private int taken(int row, int head) {
    return batch.actions[row * network.heads().length + head];
  }

  private boolean allowed(int row, int action) {
    return (batch.masks[row] >> action & 1) == 1;
  }

  /** What every layer gives out, the input first. */
  private double[][] run(double[] parameters, List<ActorCritic.Layer> layers, int row) {
    double[][] signals = new double[layers.size() + 1][];
    int features = network.features();
    signals[0] = new double[features];
    for (int i = 0; i < features; i++) {
      signals[0][i] = batch.observations[row * features + i];
    }
    for (int l = 0; l < layers.size(); l++) {
      ActorCritic.Layer layer = layers.get(l);
      double[] out = new double[layer.out()];
      for (int o = 0; o < out.length; o++) {
        out[o] = parameters[layer.bias() + o];
        for (int i = 0; i < layer.in(); i++) {
          out[o] += parameters[layer.from() + o * layer.in() + i] * signals[l][i];
        }
        out[o] = l + 1 < layers.size() ? Math.tanh(out[o]) : out[o];
      }
      signals[l + 1] = out;
    }
    return signals;
  }

  /** Adds the derivatives by every weight, from those by the last layer's outputs. */
  private static void backward(
      double[] parameters,
      List<ActorCritic.Layer> layers,
      double[][] signals,
      double[] byOutputs,
      double[] gradient) {
    if (gradient == null) {
      return;
    }
    double[] byOut = byOutputs;
    for (int l = layers.size() - 1; l >= 0; l--) {
      ActorCritic.Layer layer = layers.get(l);
      double[] byIn = new double[layer.in()];
      for (int o = 0; o < layer.out(); o++) {
        gradient[layer.bias() + o] += byOut[o];
        for (int i = 0; i < layer.in(); i++) {
          int weight = layer.from() + o * layer.in() + i;
          gradient[weight] += byOut[o] * signals[l][i];
          byIn[i] += byOut[o] * parameters[weight];
        }
      }
      for (int i = 0; i < byIn.length; i++) {
        byIn[i] *= 1 - signals[l][i] * signals[l][i]; // of tanh; of no use for the input
      }
      byOut = byIn;
    }
  }

  static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }
}
