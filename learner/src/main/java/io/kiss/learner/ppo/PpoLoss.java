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
 * <p>Several heads choose independently of each other given the observation: the log-probability of
 * their actions together is the sum over the heads, and so is the entropy.
 *
 * @param loss scalar
 * @param logProbabilities of the actions taken, summed over heads {@code [rows]}
 * @param entropies summed over heads {@code [rows]}
 * @param values {@code [rows]}
 * @see <a href="https://arxiv.org/abs/1707.06347">Schulman et al., Proximal Policy Optimization
 *     Algorithms</a>
 */
record PpoLoss(NDArray loss, NDArray logProbabilities, NDArray entropies, NDArray values) {

  /** Added to a masked logit: its probability becomes exactly 0, and so does its gradient. */
  static final float MASKED = -1e9f;

  private static final int[] ACTIONS = {1};

  /**
   * What the loss compares the network with.
   *
   * @param penalties 0 where an action was allowed, else {@link #MASKED} {@code [rows × actions]}
   * @param chosen 1 at each head's action taken, else 0 {@code [rows × actions]}
   * @param oldLogProbabilities of the actions when they were taken {@code [rows]}
   * @param advantages {@code [rows]}
   * @param weights of the rows in policy loss and entropy; they sum to 1, or are all 0 {@code
   *     [rows]}
   * @param returns normalised {@code [rows]}
   */
  record Targets(
      NDArray penalties,
      NDArray chosen,
      NDArray oldLogProbabilities,
      NDArray advantages,
      NDArray weights,
      NDArray returns) {}

  /**
   * Builds the loss; to be called while gradients are recorded.
   *
   * @param logits {@code [rows × actions]}
   * @param heads number of each head's actions, in the order of the logits
   * @param values {@code [rows]}
   * @param clip ε
   * @param valueCoefficient c_v
   * @param entropyBonus c_e
   */
  static PpoLoss of(
      NDArray logits,
      int[] heads,
      NDArray values,
      Targets targets,
      double clip,
      double valueCoefficient,
      double entropyBonus) {
    NDArray logSoftmax = logSoftmax(logits.add(targets.penalties), heads);
    NDArray logProbabilities = logSoftmax.mul(targets.chosen).sum(ACTIONS);
    NDArray entropies = logSoftmax.exp().mul(logSoftmax).sum(ACTIONS).neg();
    NDArray ratio = logProbabilities.sub(targets.oldLogProbabilities).exp();
    NDArray clipped = ratio.clip((float) (1 - clip), (float) (1 + clip));
    NDArray surrogate = ratio.mul(targets.advantages).minimum(clipped.mul(targets.advantages));
    NDArray gain = surrogate.add(entropies.mul((float) entropyBonus)).mul(targets.weights).sum();
    NDArray valueLoss = values.sub(targets.returns).square().mean();
    NDArray loss = valueLoss.mul((float) valueCoefficient).sub(gain);
    return new PpoLoss(loss, logProbabilities, entropies, values);
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
