package io.kiss.learner.ppo;

import java.util.List;

/** The loss of the whole update, written again in double precision, row by row, no engine. */
final class ReferenceLoss {
  private final ActorCritic network;
  private final TrainingBatch batch;
  private final PpoSettings settings;
  private final double entropyBonus;

  ReferenceLoss(
      ActorCritic network, TrainingBatch batch, PpoSettings settings, double entropyBonus) {
    this.network = network;
    this.batch = batch;
    this.settings = settings;
    this.entropyBonus = entropyBonus;
  }

  double loss(double[] parameters) {
    double surrogate = 0;
    double entropy = 0;
    double squares = 0;
    int decided = 0;
    for (int row = 0; row < batch.rows; row++) {
      double value = run(parameters, network.criticLayers(), row)[0];
      squares += Math.pow(value - batch.returns[row], 2);
      if (batch.decided[row] == 0) {
        continue;
      }
      decided++;
      double[] logits = run(parameters, network.actorLayers(), row);
      double sum = 0;
      for (int a = 0; a < logits.length; a++) {
        sum += allowed(row, a) ? Math.exp(logits[a]) : 0;
      }
      for (int a = 0; a < logits.length; a++) {
        double p = Math.exp(logits[a]) / sum;
        entropy -= allowed(row, a) ? p * Math.log(p) : 0;
      }
      double probability = Math.exp(logits[batch.actions[row]]) / sum;
      double ratio = probability / Math.exp(batch.oldLogProbabilities[row]);
      double advantage = batch.advantages[row];
      double low = 1 - settings.clip();
      double high = 1 + settings.clip();
      double limited = ratio < low ? low : ratio > high ? high : ratio;
      surrogate += Math.min(ratio * advantage, limited * advantage);
    }
    return settings.valueCoefficient() * squares / batch.rows
        - surrogate / decided
        - entropyBonus * entropy / decided;
  }

  private boolean allowed(int row, int action) {
    return (batch.masks[row] >> action & 1) == 1;
  }

  private double[] run(double[] parameters, List<ActorCritic.Layer> layers, int row) {
    double[] signal = new double[network.features()];
    for (int i = 0; i < signal.length; i++) {
      signal[i] = batch.observations[row * signal.length + i];
    }
    for (int l = 0; l < layers.size(); l++) {
      ActorCritic.Layer layer = layers.get(l);
      double[] out = new double[layer.out()];
      for (int o = 0; o < out.length; o++) {
        out[o] = parameters[layer.bias() + o];
        for (int i = 0; i < signal.length; i++) {
          out[o] += parameters[layer.from() + o * signal.length + i] * signal[i];
        }
        out[o] = l + 1 < layers.size() ? Math.tanh(out[o]) : out[o];
      }
      signal = out;
    }
    return signal;
  }
}
