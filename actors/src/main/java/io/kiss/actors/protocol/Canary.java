package io.kiss.actors.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A candidate that a share of the scalers tries.
 *
 * <p>Who tries it follows from a hash of the candidate and the scaler, so that every node knows
 * without asking, a scaler stays in its arm, and a wider share contains the narrower one.
 *
 * @param share of the scalers, or of each scaler's time, 0..1
 * @param slotSeconds length of the slots of time that are drawn one by one, for each scaler by
 *     itself; 0: scalers are drawn instead, once
 */
public record Canary(PolicyRef candidate, double share, double slotSeconds)
    implements ControlMessage {
  private static final double TWO_TO_53 = 0x1p53;

  /** Whether the canary is a share of the time instead of one of the scalers. */
  public boolean byTime() {
    return slotSeconds > 0;
  }

  /** The slot of time that a moment belongs to; 0 where scalers are drawn. */
  public long slot(double timeSeconds) {
    return byTime() ? (long) Math.floor(timeSeconds / slotSeconds) : 0;
  }

  /**
   * Whether a scaler tries the candidate.
   *
   * @param scaler {@code cluster/namespace/deployment}
   */
  public boolean includes(String scaler, double timeSeconds) {
    String drawn = candidate.sha256() + "|" + scaler;
    return uniform(byTime() ? drawn + "|" + slot(timeSeconds) : drawn) < share;
  }

  /** A number in [0, 1) that anybody who knows the text draws. */
  private static double uniform(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return (ByteBuffer.wrap(digest).getLong() >>> 11) / TWO_TO_53;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
