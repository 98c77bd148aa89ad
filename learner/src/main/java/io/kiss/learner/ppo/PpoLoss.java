package io.kiss.learner.ppo;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;

/**
 * The clipped surrogate loss of PPO for masked categorical heads, of which there is mostly one:
 *
 * <pre>
 *   L = -Σ w min(ρ A, clip(ρ, 1-ε, 1+ε) A) + c_v mean (V - R)² - c_e Σ w H
 *   ρ = π(a|s) / π_old(a|s)
 * </pre>
 *
 * <p>Of an advantage's sign it depends which side of the ratio is cut, so that the surrogate of a
 * row is A min(max(ρ, lowest), highest) with one side open: fewer calls, and the same value and
 * gradient. Several heads choose independently of each other given the observation: the
 * log-probability of their actions together is the sum over the heads, and so is the entropy.
 *
 * @param loss scalar
 * @param logProbabilities of the actions taken, summed over heads {@code [rows × 1]}
 * @param ratios ρ {@code [rows × 1]}
 * @param negentropies -H, summed over heads {@code [rows × 1]}
 * @param values {@code [rows × 1]}
 * @see <a href="https://arxiv.org/abs/1707.06347">Schulman et al., Proximal Policy Optimization
 *     Algorithms</a>
 */
record PpoLoss(
    NDArray loss, NDArray logProbabilities, NDArray ratios, NDArray negentropies, NDArray values) {

  /** Added to a masked logit: its probability becomes exactly 0, and so does its gradient. */
  static final float MASKED = -1e9f;

  private static final int[] ACTIONS = {1};

  /**
   * @param clip ε
   * @param value c_v
   * @param entropy c_e
   */
  record Coefficients(double clip, double value, double entropy) {}

  /**
   * What the loss compares the network with, as {@link LossInputs} works it out; one column is
   * {@code [rows × 1]}.
   *
   * @param penalties 0 where an action was allowed, else {@link #MASKED} {@code [rows × actions]}
   * @param chosen 1 at each head's action taken, else 0 {@code [rows × actions]}
   * @param oldLogProbabilities of the actions when they were taken
   * @param lowest 1 - ε where the advantage is negative, else below every ratio
   * @param highest 1 + ε where the advantage is not negative, else infinite
   * @param losses -w A
   * @param entropyWeights c_e w
   * @param returns normalised
   * @param errorWeights c_v over the number of rows
   */
  record Targets(
      NDArray penalties,
      NDArray chosen,
      NDArray oldLogProbabilities,
      NDArray lowest,
      NDArray highest,
      NDArray losses,
      NDArray entropyWeights,
      NDArray returns,
      NDArray errorWeights) {}

  /**
   * Builds the loss; to be called while gradients are recorded.
   *
   * @param logits {@code [rows × actions]}
   * @param heads number of each head's actions, in the order of the logits
   * @param values {@code [rows × 1]}
   */
  static PpoLoss of(NDArray logits, int[] heads, NDArray values, Targets targets) {
    NDArray logSoftmax = logSoftmax(logits.add(targets.penalties), heads);
    NDArray logProbabilities = logSoftmax.mul(targets.chosen).sum(ACTIONS, true);
    NDArray negentropies = logSoftmax.exp().mul(logSoftmax).sum(ACTIONS, true);
    NDArray ratio = logProbabilities.sub(targets.oldLogProbabilities).exp();
    NDArray cut = ratio.maximum(targets.lowest).minimum(targets.highest);
    NDArray errors = values.sub(targets.returns).square();
    NDArray loss =
        cut.mul(targets.losses)
            .add(negentropies.mul(targets.entropyWeights))
            .add(errors.mul(targets.errorWeights))
            .sum();
    return new PpoLoss(loss, logProbabilities, ratio, negentropies, values);
  }

  private static NDArray logSoftmax(NDArray logits, int[] heads) {
    if (heads.length == 1) {
      return logits.logSoftmax(1);
    }
    NDList parts = new NDList(heads.length);
    int from = 0;
    for (int head : heads) {
      parts.add(logits.get(new NDIndex(":, {}:{}", from, from + head)).logSoftmax(1));
      from += head;
    }
    return NDArrays.concat(parts, 1);
  }
}
