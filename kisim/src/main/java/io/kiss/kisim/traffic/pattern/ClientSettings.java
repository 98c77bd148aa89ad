package io.kiss.kisim.traffic.pattern;

/**
 * The machine that users of a closed loop live on: a load generator with one event loop. A user who
 * stops thinking, and an answer that comes in, wait until the loop gets to them; when it is
 * saturated, that wait is what the load generator reports as latency.
 *
 * @param requestShare share of a user's tasks that are requests to the Service, 0..1
 * @param sendSeconds loop time to prepare and send a request; latency is measured from its end
 * @param receiveSeconds loop time to take an answer; latency is measured to its end
 * @param otherSeconds loop time of a task that is no request to the Service
 * @param cv coefficient of variation of all these times (log-normal); 0: always their mean
 */
public record ClientSettings(
    double requestShare,
    double sendSeconds,
    double receiveSeconds,
    double otherSeconds,
    double cv) {

  /** A client that never is the bottleneck. */
  public static final ClientSettings UNLIMITED = new ClientSettings(1, 0, 0, 0, 0);

  public ClientSettings {
    requireCv(cv);
    if (!(requestShare > 0 && requestShare <= 1)) {
      throw new IllegalArgumentException("requestShare must be in (0, 1], not " + requestShare);
    }
    if (!(sendSeconds >= 0 && receiveSeconds >= 0 && otherSeconds >= 0)
        || sendSeconds + receiveSeconds + otherSeconds == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "the client's times must not be negative, and are "
              + sendSeconds
              + ", "
              + receiveSeconds
              + ", "
              + otherSeconds
              + " s");
    }
  }

  private static void requireCv(double cv) {
    if (!(cv >= 0 && cv < 100)) {
      throw new IllegalArgumentException("the client's cv must be in [0, 100), not " + cv);
    }
  }

  /** Whether anything waits for the client at all. */
  public boolean unlimited() {
    return sendSeconds == 0 && receiveSeconds == 0 && otherSeconds == 0;
  }
}
