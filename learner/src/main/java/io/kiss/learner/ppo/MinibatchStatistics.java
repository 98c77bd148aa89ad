package io.kiss.learner.ppo;

/**
 * What one gradient step saw, before it was taken.
 *
 * @param approximateKl mean of (ratio - 1) - log ratio over the rows the policy decided
 * @param clipFraction of those rows, share whose ratio lies outside 1 ± clip
 * @param gradientNorm before clipping
 */
record MinibatchStatistics(
    double policyLoss,
    double valueLoss,
    double entropy,
    double approximateKl,
    double clipFraction,
    double gradientNorm) {

  /** Computes them from what the network gave for the rows. */
  static MinibatchStatistics of(TrainingBatch batch, Rows rows, double clip, double norm) {
    float[] answers = rows.answers();
    double policyLoss = 0;
    double entropy = 0;
    double kl = 0;
    int clipped = 0;
    int decided = 0;
    double squares = 0;
    for (int i = 0; i < rows.count(); i++) {
      int row = rows.order()[rows.from() + i];
      double error = answers[3 * i + 2] - rows.returns()[row];
      squares += error * error;
      if (batch.decided[row] > 0) {
        decided++;
        double logRatio = answers[3 * i] - batch.oldLogProbabilities[row];
        double ratio = Math.exp(logRatio);
        double advantage = batch.advantages[row];
        double limited = Math.max(1 - clip, Math.min(1 + clip, ratio));
        policyLoss -= Math.min(ratio * advantage, limited * advantage);
        entropy -= answers[3 * i + 1];
        kl += ratio - 1 - logRatio;
        clipped += Math.abs(ratio - 1) > clip ? 1 : 0;
      }
    }
    int among = Math.max(1, decided);
    return new MinibatchStatistics(
        policyLoss / among,
        squares / rows.count(),
        entropy / among,
        kl / among,
        (double) clipped / among,
        norm);
  }

  /**
   * The rows of a minibatch and the network's answers for them.
   *
   * @param order the batch's rows, of which those from {@code from} on are meant
   * @param returns normalised, of all the batch's rows
   * @param answers see {@link PpoLoss#answers}
   */
  record Rows(int[] order, int from, int count, float[] returns, float[] answers) {}

  boolean isFinite() {
    return Double.isFinite(policyLoss + valueLoss + entropy + gradientNorm);
  }
}
