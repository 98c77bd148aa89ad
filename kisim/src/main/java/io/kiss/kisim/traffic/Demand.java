package io.kiss.kisim.traffic;

import io.kiss.kisim.time.Delay;
import io.kiss.kisim.traffic.pattern.ClientSettings;

/** What traffic wants in each second of a run. Arrays are kept, not copied: runs are long. */
public sealed interface Demand permits OpenTraffic, Demand.Closed {

  /** Length of the run. */
  int seconds();

  /**
   * Requests per second in a second, if each were answered after {@code latencySeconds}: what the
   * users want, whatever the service does.
   *
   * @param second 0 or later; the last counts beyond the end
   */
  double rate(int second, double latencySeconds);

  /** Sum of the {@link #rate rates} of the seconds from 0 on, so many of them, in their order. */
  default double sum(int count, double latencySeconds) {
    double sum = 0;
    for (int second = 0; second < count; second++) {
      sum += rate(second, latencySeconds);
    }
    return sum;
  }

  /** Highest {@link #rate} of the seconds from {@code from} until before {@code to}, or 0. */
  default double highest(int from, int to, double latencySeconds) {
    double highest = 0;
    for (int second = from; second < to; second++) {
      highest = Math.max(highest, rate(second, latencySeconds));
    }
    return highest;
  }

  /**
   * Users who each think, send a request, wait for its answer, and think again.
   *
   * @param users in each second
   * @param seconds length of the run, at most {@code users.length}
   * @param think between an answer and the next task
   * @param network to the Service and back together
   * @param client the machine they live on
   */
  record Closed(float[] users, int seconds, Delay think, Delay network, ClientSettings client)
      implements Demand {
    public Closed {
      if (seconds < 1 || seconds > users.length) {
        throw new IllegalArgumentException("seconds must be in 1..users.length, not " + seconds);
      }
    }

    @Override
    public double rate(int second, double latencySeconds) {
      double population = users[Math.min(second, seconds - 1)];
      double share = client.requestShare();
      double request = client.sendSeconds() + client.receiveSeconds() + network.meanSeconds();
      double task = share * (request + latencySeconds) + (1 - share) * client.otherSeconds();
      double rate = population * share / (think.meanSeconds() + task);
      double loop =
          share * (client.sendSeconds() + client.receiveSeconds())
              + (1 - share) * client.otherSeconds();
      return loop > 0 ? Math.min(rate, share / loop) : rate;
    }
  }
}
