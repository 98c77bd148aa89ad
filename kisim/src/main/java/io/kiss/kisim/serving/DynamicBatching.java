package io.kiss.kisim.serving;

import java.util.Arrays;

/**
 * Triton's dynamic batcher, in requests (a request that carries several items counts once).
 *
 * <p>When an instance is free and the oldest request has not waited for {@code
 * maxQueueDelaySeconds}: the largest preferred size that can be filled runs at once; else the batch
 * waits for more. When it has waited that long, or the delay is 0, or no larger batch can be made,
 * all that is queued runs, up to {@code maxBatch}. Without preferred sizes the only preferred size
 * is {@code maxBatch}.
 *
 * @param maxBatch most requests in one batch
 * @param preferredSizes batch sizes to prefer, ascending; may be empty
 * @param maxQueueDelaySeconds longest time the oldest request is held back for a larger batch
 * @param instances model instances in a pod, each of which runs one batch at a time
 * @param queueLimit most requests waiting in a pod, a further one is refused; 0: no limit
 * @param queueTimeoutSeconds longest wait in the queue; 0: no limit
 * @param timeoutAction what happens after that
 */
public record DynamicBatching(
    int maxBatch,
    int[] preferredSizes,
    double maxQueueDelaySeconds,
    int instances,
    int queueLimit,
    double queueTimeoutSeconds,
    TimeoutAction timeoutAction) {

  public DynamicBatching {
    preferredSizes = preferredSizes.clone();
    if (maxBatch < 1) {
      throw new IllegalArgumentException("maxBatch must be at least 1, not " + maxBatch);
    }
    for (int i = 0; i < preferredSizes.length; i++) {
      int size = preferredSizes[i];
      if (size < 1 || size > maxBatch || (i > 0 && size <= preferredSizes[i - 1])) {
        throw new IllegalArgumentException(
            "preferredSizes must ascend within 1.."
                + maxBatch
                + ", not "
                + Arrays.toString(preferredSizes));
      }
    }
    if (!(maxQueueDelaySeconds >= 0 && maxQueueDelaySeconds < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "maxQueueDelaySeconds must not be negative, and is " + maxQueueDelaySeconds);
    }
    if (instances < 1) {
      throw new IllegalArgumentException("instances must be at least 1, not " + instances);
    }
    if (queueLimit < 0) {
      throw new IllegalArgumentException("queueLimit must not be negative, and is " + queueLimit);
    }
    if (!(queueTimeoutSeconds >= 0 && queueTimeoutSeconds < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "queueTimeoutSeconds must not be negative, and is " + queueTimeoutSeconds);
    }
  }

  /** As many as there are, up to {@code maxBatch}, at once; queue without limit. */
  public static DynamicBatching greedy(int maxBatch, int instances) {
    return new DynamicBatching(maxBatch, new int[0], 0, instances, 0, 0, TimeoutAction.REJECT);
  }

  /** The same, but a request that has waited this long in the queue leaves it unanswered. */
  public DynamicBatching withTimeout(double seconds) {
    return new DynamicBatching(
        maxBatch,
        preferredSizes,
        maxQueueDelaySeconds,
        instances,
        queueLimit,
        seconds,
        TimeoutAction.REJECT);
  }

  @Override
  public int[] preferredSizes() {
    return preferredSizes.clone();
  }

  /** The size at which a batch stops growing of itself. */
  public int largestPreferred() {
    return preferredSizes.length == 0 ? maxBatch : preferredSizes[preferredSizes.length - 1];
  }

  /**
   * The batch to run now on a free instance.
   *
   * @param queued requests waiting, at least 1
   * @param delayExceeded whether the oldest has waited for the maximum delay
   * @return size of the batch, or 0: wait for more
   */
  public int choose(int queued, boolean delayExceeded) {
    boolean held = maxQueueDelaySeconds > 0 && !delayExceeded;
    if (held || maxQueueDelaySeconds == 0) {
      for (int i = preferredSizes.length - 1; i >= 0; i--) {
        if (preferredSizes[i] <= queued) {
          return preferredSizes[i];
        }
      }
    }
    if (held && queued < largestPreferred()) {
      return 0;
    }
    return Math.min(queued, maxBatch);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DynamicBatching that
        && maxBatch == that.maxBatch
        && Arrays.equals(preferredSizes, that.preferredSizes)
        && Double.compare(maxQueueDelaySeconds, that.maxQueueDelaySeconds) == 0
        && instances == that.instances
        && queueLimit == that.queueLimit
        && Double.compare(queueTimeoutSeconds, that.queueTimeoutSeconds) == 0
        && timeoutAction == that.timeoutAction;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(preferredSizes) * 31 + maxBatch + 7 * instances;
  }
}
