package io.kiss.kisim.fluid;

import io.kiss.kisim.serving.TimeoutAction;

/**
 * Pods that hold equally much, as one fluid: what is followed is the expected number of requests in
 * them.
 *
 * <p>Pointwise stationary fluid flow (Wang, Tipper and Banerjee, "A new method for solving a
 * time-dependent queueing problem", 1996): throughput at any moment is that of the steady state
 * which holds as many requests, so that dL/dt = λ − G(L), with G from a {@link StationaryCurve}.
 * The step is implicit: stable for any service time, and what arrives is exactly what is served,
 * lost or still there.
 *
 * <p>Beside it runs the plain fluid queue, dD/dt = λ − C while it is not empty. D is the line that
 * would be there without any randomness: all stand in it for as long as its head is old. What L
 * holds beyond D waits and is served as in the steady state that holds as much.
 */
final class Station {
  private static final int FULL = StationaryCurve.NODES - 1;

  /** Share of the requests whose leaving is not worth following. */
  private static final double FEW_LEAVE = 1e-3;

  private static final double LEAST_MIRRORED = 0.5;

  private final Backlog backlog = new Backlog();
  private StationaryTable table;
  private StationaryCurve curve;
  private int pods;
  private StationLimits limits;
  private double perUnit;
  private double ownShare;
  private boolean serving;
  private boolean inService;
  private double content;
  private double line;
  private double delayed;
  private double delayedSince;

  /** Longest wait that anybody has on this curve, in units of it. */
  private double patience;

  /** Whether a full queue turns requests away before their timeout does. */
  private boolean limitFirst;

  /** Before this node of the curve hardly any leave for that reason. */
  private int patientNode;

  /** More than this in a steady state would mean that most leave; NaN where not known yet. */
  private double mostSteady;

  /** Where on the curve the content is; the hint for the next step. */
  private int node;

  // What the last second brought.
  private double arrived;
  private double served;
  private double rejected;
  private double timedOut;
  private double delay;
  private int servedNode;
  private double servedPart;
  private double servedLate;
  private double busy;

  /** Begins empty. */
  void begin(StationLimits limits, StationaryTable table, int pods, int second) {
    this.limits = limits;
    this.table = table;
    this.pods = pods;
    curve = null;
    perUnit = limits.unitsPerSecond();
    ownShare = 0;
    serving = true;
    inService = true;
    content = 0;
    line = 0;
    delayed = 0;
    node = 0;
    backlog.reset(second);
  }

  /** Takes {@code part} of what {@code from} holds, with its past. */
  void takeFrom(Station from, double part) {
    content = part * from.content;
    line = part * from.line;
    delayed = part * from.delayed;
    delayedSince = from.delayedSince;
    from.content -= content;
    from.line -= line;
    from.delayed -= delayed;
    backlog.copy(from.backlog, part);
    from.backlog.scale(1 - part);
  }

  /** Takes in all pods of another station and what they hold. */
  void merge(Station other) {
    pods += other.pods;
    content += other.content;
    line += other.line;
    double sum = delayed + other.delayed;
    delayedSince =
        sum > 0
            ? (delayed * delayedSince + other.delayed * other.delayedSince) / sum
            : delayedSince;
    delayed = sum;
    backlog.merge(other.backlog);
  }

  /** Another number of pods shares what is there from now on. */
  void setPods(int other) {
    pods = other;
  }

  /** The curve of as many pods as there are. */
  StationaryCurve curve() {
    if (curve == null || curve.pods != pods) {
      curve = table.curve(pods);
      patience = limits.patience(curve);
      limitFirst = limits.limitComesFirst(curve);
      patientNode = 1;
      mostSteady = Double.NaN;
    }
    return curve;
  }

  /** Nothing is served any more; what is there stays. */
  void stop() {
    serving = false;
  }

  /** No request is sent here any more. */
  void leaveService() {
    inService = false;
  }

  /**
   * Of N users in a closed loop each finds (N − 1)/N of the queue that the others make
   * (Schweitzer's approximation of mean-value analysis).
   *
   * @param share 1/N; 0: endlessly many
   */
  void setOwnShare(double share) {
    ownShare = share;
  }

  /** Lets a second pass in which {@code fixed − feedback × content after it} requests arrive. */
  void pass(int second, double fixed, double feedback) {
    rejected = 0;
    timedOut = 0;
    servedLate = 0;
    if (!serving) {
      arrived = fixed - feedback * (content + fixed) / (1 + feedback);
      content += arrived;
      served = 0;
      delay = 0;
      busy = 0;
      backlog.idle(second, arrived);
      return;
    }
    StationaryCurve on = curve();
    double part = solve(content + fixed, 1 + feedback);
    int at = node;
    double flow = on.flow[at];
    busy = on.busy[at];
    double after = held(at);
    if (at < FULL) {
      flow += part * (on.flow[at + 1] - flow);
      busy += part * (on.busy[at + 1] - busy);
      after += part * (held(at + 1) - after);
    } else {
      after += part * after;
    }
    arrived = fixed - feedback * after;
    double total = content + arrived;
    served = Math.min(total, perUnit * flow);
    content = total - served;
    double grown = Math.max(line + arrived - perUnit * on.capacity, content - on.content[FULL]);
    if (grown > 0 || line > 0 || content > limits.mostContent(pods) || delayed > 0) {
      standInLine(second, grown);
      return;
    }
    backlog.idle(second, arrived);
    delay = 0;
    servedNode = at;
    servedPart = part;
  }

  /**
   * Finds where scale × content + flow in a second = total, walking from where it was. Both grow
   * along the curve, in straight pieces.
   *
   * @return how far beyond {@link #node} it lies, in 0..1; more than 1 only beyond the last
   */
  private double solve(double total, double scale) {
    double[] flows = curve.flow;
    int at = node;
    double here = scale * held(at) + perUnit * flows[at];
    while (here > total && at > 0) {
      at--;
      here = scale * held(at) + perUnit * flows[at];
    }
    while (at < FULL) {
      double next = scale * held(at + 1) + perUnit * flows[at + 1];
      if (next >= total) {
        node = at;
        return Math.max(0, total - here) / (next - here);
      }
      at++;
      here = next;
    }
    node = FULL;
    return (total - here) / (scale * held(FULL));
  }

  private double held(int at) {
    double content = curve.content[at];
    return ownShare == 0 ? content : content - ownShare * curve.crowd(at);
  }

  /** The rest of a second in which there is a line, some leave, or some were put off. */
  private void standInLine(int second, double grown) {
    double most = Math.max(0, limits.mostContent(pods) - delayed);
    if (content > most) {
      rejected = content - most;
      content = most;
    }
    line = Math.max(0, Math.min(grown - rejected, content));
    line = Math.max(line, content - steadyRoom());
    if (line > 0) {
      delay = backlog.age(second, arrived - rejected, line);
    } else {
      delay = 0;
      backlog.idle(second, arrived - rejected);
    }
    locate(content - line);
    if (patience < Double.POSITIVE_INFINITY) {
      leaveOverdue(second);
    }
    if (delayed > 0) {
      servedLate = Math.min(delayed, Math.max(0, perUnit * curve.capacity - served));
      delayed -= servedLate;
      busy = curve.busy[FULL];
    }
  }

  /**
   * Most that is held as in a steady state. Where waits are bounded, a queue under overload keeps
   * away from its bound as one under the mirrored load keeps away from being empty.
   */
  private double steadyRoom() {
    if (patience == Double.POSITIVE_INFINITY) {
      return curve.content[FULL - 1];
    }
    if (Double.isNaN(mostSteady)) {
      mostSteady = curve.contentOfWait(0.5 * patience);
    }
    double load = arrived / (perUnit * curve.capacity);
    if (load <= 1) {
      return mostSteady;
    }
    return Math.min(mostSteady, curve.contentAt(Math.max(LEAST_MIRRORED, 2 - load)));
  }

  /** Those whose wait reaches the bound leave. */
  private void leaveOverdue(int second) {
    double longer = longerService();
    double room = patience + longer - perUnit * delay;
    double atOnce = room - curve.wait[servedNode];
    if (atOnce < 0 && line > 0) {
      double allowed = Math.max(0, delay + limits.unitSeconds() * atOnce);
      double kept = Math.min(line, backlog.within(allowed));
      leave(line - kept, second);
      line = kept;
      delay = allowed;
      room = patience + longer - perUnit * delay;
    }
    double within = curve.shareWithin(servedNode, room + curve.service(servedNode));
    double next = curve.shareWithin(servedNode + 1, room + curve.service(servedNode + 1));
    double overdue = 1 - within - servedPart * (next - within);
    if (overdue > 0) {
      double leaving = Math.min(content, overdue * arrived);
      leave(leaving, second);
      line = Math.max(0, line - leaving);
    }
  }

  /**
   * By how much full pods serve longer than those of the steady state, as part of the delay. Where
   * nobody waits for long, batches do not become full.
   */
  private double longerService() {
    if (line <= 0) {
      return 0;
    }
    double longer = curve.fullService - curve.service(servedNode);
    return Math.max(0, Math.min(patience, longer));
  }

  private void leave(double leaving, int second) {
    content -= leaving;
    if (limitFirst) {
      rejected += leaving;
    } else if (limits.timeoutAction() == TimeoutAction.REJECT) {
      timedOut += leaving;
    } else if (leaving > 0) {
      double since = second + 1 - limits.timeoutSeconds();
      delayedSince = (delayed * delayedSince + leaving * since) / (delayed + leaving);
      delayed += leaving;
    }
  }

  /** Where on the curve a content lies that is not followed itself. */
  private void locate(double steady) {
    double[] contents = curve.content;
    int at = Math.min(node, FULL - 1);
    while (at > 0 && contents[at] > steady) {
      at--;
    }
    while (at < FULL - 1 && contents[at + 1] < steady) {
      at++;
    }
    servedNode = at;
    double part = (steady - contents[at]) / (contents[at + 1] - contents[at]);
    servedPart = Math.max(0, Math.min(1, part));
  }

  /** Requests waiting for a server at a moment that is drawn by {@code uniform} in 0..1. */
  double queueAt(double uniform) {
    if (!serving) {
      return present();
    }
    return line + delayed + curve().queueAt(servedNode(), servedPart(), uniform);
  }

  /** All that is here is lost at once; how much that is. */
  double loseAll() {
    double lost = present();
    content = 0;
    line = 0;
    delayed = 0;
    return lost;
  }

  /** Loses a share of what is here; how much that is. */
  double lose(double share) {
    double lost = share * present();
    content -= share * content;
    line -= share * line;
    delayed -= share * delayed;
    backlog.scale(1 - share);
    return lost;
  }

  /** Pods here. */
  int pods() {
    return pods;
  }

  boolean serving() {
    return serving;
  }

  boolean inService() {
    return inService;
  }

  /** Whether there is a line, so that a pod that joins now has less to do than the others. */
  boolean hasLine() {
    return line > 0 || delayed > 0;
  }

  /** Requests in the system. */
  double present() {
    return content + delayed;
  }

  double perPod() {
    return present() / pods;
  }

  /** Requests that arrived in the last second. */
  double arrived() {
    return arrived;
  }

  /** Requests answered in the last second, but for {@link #servedLate}. */
  double served() {
    return served;
  }

  /** Requests answered in the last second that had been put off. */
  double servedLate() {
    return servedLate;
  }

  /** How long those had been here, seconds. */
  double ageOfLate(int second) {
    return second + 1 - delayedSince;
  }

  double rejected() {
    return rejected;
  }

  double timedOut() {
    return timedOut;
  }

  /** Whether some may have left early, so that nobody waits longer than {@link #patience}. */
  boolean leaves() {
    return patience < Double.POSITIVE_INFINITY
        && (delay > 0 || timedOut + rejected > 0 || manyWaitTooLong());
  }

  /** Looks no farther along the curve than the content of this number of pods has come yet. */
  private boolean manyWaitTooLong() {
    while (content > curve.content[patientNode - 1]) {
      if (patientNode > FULL || curve.waitsExceed(patientNode, patience, FEW_LEAVE)) {
        return true;
      }
      patientNode++;
    }
    return false;
  }

  /** Longest wait there is, in units of the curve. */
  double patience() {
    return patience;
  }

  /** Mean time in service of those answered in the last second, in units of the curve. */
  double meanService() {
    return curve.service(servedNode) + longerService();
  }

  /** Time that each request answered in the last second stood in line, seconds. */
  double delaySeconds() {
    return delay;
  }

  /** Beside that they fared as between this node of the curve and the next... */
  int servedNode() {
    return Math.min(servedNode, FULL - 1);
  }

  /** ...this far from the first. */
  double servedPart() {
    return servedNode == FULL ? 1 : servedPart;
  }

  /** Share of time that work ran on a device. */
  double busy() {
    return busy;
  }
}
