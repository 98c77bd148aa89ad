package io.kiss.kisim.fluid;

import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.WarmUp;
import io.kiss.kisim.traffic.Demand;
import io.kiss.kisim.traffic.OpenTraffic;
import io.kiss.kisim.traffic.pattern.ClientSettings;

/**
 * Requests of each second as {@code fixed − feedback × present}: those of an open load come
 * whatever is present; of N users in a closed loop those who are not waiting for an answer come
 * back once in the time they are away.
 *
 * <p>That time includes the queue at the client, a single station that handles one task after the
 * other: by mean-value analysis (Schweitzer's approximation) a task there takes D·(1 + Q·(N−1)/N)
 * with Q the users queueing there.
 */
final class Arrivals {
  private final OpenTraffic.Line open = new OpenTraffic.Line();
  private float[] users;
  private int last;
  private double before;
  private double cv;

  private Demand.Closed closed;
  private double atRest;
  private double perRequest;
  private double mostRate;
  private double queueing;

  private double fixed;
  private double feedback;
  private double ownShare;

  void reset(Scenario scenario, Demand demand) {
    last = demand.seconds() - 1;
    if (demand instanceof OpenTraffic traffic) {
      closed = null;
      open.reset(traffic);
      before = WarmUp.rate(scenario, demand);
      cv = traffic.cv();
      feedback = 0;
      ownShare = 0;
      return;
    }
    closed = (Demand.Closed) demand;
    users = closed.users();
    before = WarmUp.users(scenario, closed);
    cv = 1;
    ClientSettings client = closed.client();
    double tasks = 1 / client.requestShare();
    // Of one request and the other tasks that a user does in between.
    atRest = tasks * closed.think().meanSeconds() + closed.network().meanSeconds();
    perRequest =
        client.sendSeconds() + client.receiveSeconds() + (tasks - 1) * client.otherSeconds();
    mostRate = perRequest > 0 ? 1 / perRequest : Double.POSITIVE_INFINITY;
    queueing = 0;
  }

  /** Coefficient of variation of the gaps. */
  double cv() {
    return cv;
  }

  /** Goes on to a second in which {@code present} are there at the start. */
  void goTo(int second, double present) {
    if (closed == null) {
      fixed = second < 0 ? before : open.rate(second);
      return;
    }
    double level = second < 0 ? before : users[Math.min(second, last)];
    double others = Math.max(0, level - 1) / Math.max(1, level);
    double away = atRest + perRequest * (1 + queueing * others);
    feedback = 1 / away;
    ownShare = 1 / Math.max(1, level);
    fixed = level * feedback;
    double rate = (fixed - feedback * present) / (1 + feedback);
    if (rate > mostRate) {
      fixed = mostRate;
      feedback = 0;
    }
    double next = Math.min(Math.max(0, rate), mostRate) * (away - atRest);
    queueing += 0.5 * (next - queueing);
  }

  double fixed() {
    return fixed;
  }

  /** Share of all users that one is, 0 of an open load. */
  double ownShare() {
    return ownShare;
  }

  double feedback() {
    return feedback;
  }
}
