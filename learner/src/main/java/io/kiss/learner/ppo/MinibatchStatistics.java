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
    Answers answers = rows.answers();
    double policyLoss = 0;
    double entropy = 0;
    double kl = 0;
    int clipped = 0;
    int decided = 0;
    double squares = 0;
    for (int i = 0; i < rows.count(); i++) {
      int row = rows.order()[rows.from() + i];
      double error = answers.values()[i] - rows.returns()[row];
      squares += error * error;
      if (batch.decided[row] > 0) {
        decided++;
        double logRatio = answers.logProbabilities()[i] - batch.oldLogProbabilities[row];
        double ratio = answers.ratios()[i];
        double advantage = batch.advantages[row];
        double limited = Math.max(1 - clip, Math.min(1 + clip, ratio));
        policyLoss -= Math.min(ratio * advantage, limited * advantage);
        entropy -= answers.negentropies()[i];
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
   */
  record Rows(int[] order, int from, int count, float[] returns, Answers answers) {}

  /**
   * What the network gave for the rows of a minibatch, in their order; not copied.
   *
   * @param logProbabilities of the actions taken, summed over heads
   * @param ratios of their probabilities to those before the update
   * @param negentropies -H, summed over heads
   * @param values normalised
   */
  record Answers(float[] logProbabilities, float[] ratios, float[] negentropies, float[] values) {
    /** Of no rows. */
    static final Answers NONE = ofRows(0);

    private static Answers ofRows(int rows) {
      return new Answers(new float[rows], new float[rows], new float[rows], new float[rows]);
    }

    /** These, or new ones where they are too short. */
    Answers withRoomFor(int rows) {
      return values.length < rows ? ofRows(rows) : this;
    }
  }

  boolean isFinite() {
    return Double.isFinite(policyLoss + valueLoss + entropy + gradientNorm);
  }
}
