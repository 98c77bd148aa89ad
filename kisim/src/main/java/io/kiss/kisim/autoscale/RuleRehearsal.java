package io.kiss.kisim.autoscale;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What plain threshold rules would have cost on this very Deployment so far: each tick, {@value
 * #RULES} rules that never act are held against the load that came, so that the best tuning of the
 * recent past is known at any time.
 *
 * <p>A rule asks for the replicas that a {@link #SIGNALS signal} of the load would use to a {@link
 * #TARGETS target} share. A pod it asks for serves a start-up time later and is gone at once when
 * it is asked for no more, so the ready replicas are the fewest asked for within the last start-up
 * time; and because replicas rise with the signal, those follow from the signal's lowest value of
 * that time, once for all targets. Requests violate the SLO as {@link QueueSketch} has it.
 *
 * <p>Costs are those that are reported: replicas held over replicas needed, plus the violation
 * price times the violating share, of the last hours. It is a sketch on measured rates and no
 * simulation: it serves to tell rules from each other.
 */
final class RuleRehearsal {
  /** What a rule may go by, in the order of the signals. */
  static final List<String> SIGNALS =
      List.of(
          "highest of 1 min",
          "highest of 5 min",
          "highest of 20 min",
          "highest of 1 h",
          "highest of 6 h",
          "growth of highest of 20 min");

  private static final int TWENTY_MINUTES = 2;
  private static final int GROWTH = 5;

  /** Shares of their capacity that replicas may be used to. */
  static final double[] TARGETS = {0.25, 0.35, 0.48, 0.62, 0.75, 0.88};

  static final int RULES = 36;

  private static final double LEAST = 1e-6;

  private static final double MEMORY_SECONDS = 3 * 3600;

  /** Every rule starts with what this much time at a steady load would have cost it. */
  private static final double PRIOR_SECONDS = 1200;

  /** Violating share that rules to a target of 1 start with; it falls with its fifth power. */
  private static final double PRIOR_VIOLATING = 0.1;

  private final double tickSeconds;
  private final int mostTicks;
  private WorkloadSpec workload;
  private int startUpTicks;
  private double perRate;
  private QueueSketch queue;

  /** Signals of the last ticks, in replicas kept busy, a ring for each signal. */
  private final float[][] signals;

  private int head;
  private int count;

  private final double[] held = new double[RULES];
  private final double[] violating = new double[RULES];
  private final double[] backlog = new double[RULES];
  private double needed;
  private double ticks;

  /** Of the newest tick, not kept: what each rule costs. */
  private final double[] costs = new double[RULES];

  private final double[] now = new double[SIGNALS.size()];

  RuleRehearsal(WorkloadSpec workload) {
    tickSeconds = workload.tickSeconds();
    mostTicks = (int) Math.ceil(LoadHistory.SPAN_SECONDS / tickSeconds);
    signals = new float[SIGNALS.size()][mostTicks + 1];
    describe(workload);
  }

  /** Rehearses for another Deployment, one with the same tick, from the next {@link #reset} on. */
  void describe(WorkloadSpec workload) {
    this.workload = workload;
    // A rate is of the ticks before, and a tick passes until the next decision.
    int ticks = 1 + (int) Math.ceil(workload.startupSeconds() / tickSeconds - 1e-9);
    startUpTicks = Math.min(mostTicks, ticks);
    perRate = 1 / workload.replicaCapacity();
    queue = new QueueSketch(workload);
  }

  void reset() {
    head = 0;
    count = 0;
    ticks = 0;
    needed = 0;
    Arrays.fill(held, 0);
    Arrays.fill(violating, 0);
    Arrays.fill(backlog, 0);
  }

  /**
   * Takes in a tick's load.
   *
   * @param rate now, requests per second; {@code NaN} where it is not known: the tick does not
   *     count
   * @param highest rates of the last minute, five minutes, twenty minutes, hour and six hours, this
   *     one included
   */
  void add(
      double rate,
      double ofMinute,
      double ofMinutes,
      double ofTwenty,
      double ofHour,
      double ofHours) {
    if (Double.isNaN(rate)) {
      return;
    }
    double load = rate * perRate;
    if (count > 0) {
      charge(load);
    }
    now[0] = ofMinute * perRate;
    now[1] = ofMinutes * perRate;
    now[2] = ofTwenty * perRate;
    now[3] = ofHour * perRate;
    now[4] = ofHours * perRate;
    now[GROWTH] = 2 * now[TWENTY_MINUTES] - Math.min(now[TWENTY_MINUTES], ago(TWENTY_MINUTES));
    head = head == mostTicks ? 0 : head + 1;
    for (int s = 0; s < now.length; s++) {
      signals[s][head] = (float) now[s];
    }
    count = Math.min(count + 1, mostTicks + 1);
  }

  /** A signal a start-up time ago, or the oldest that is known; above all where none is. */
  private double ago(int signal) {
    if (count == 0) {
      return Double.POSITIVE_INFINITY;
    }
    int at = head - Math.min(startUpTicks, count - 1);
    return signals[signal][at < 0 ? at + mostTicks + 1 : at];
  }

  private void charge(double load) {
    ticks++;
    double weight = 1 / Math.min(ticks + PRIOR_SECONDS / tickSeconds, MEMORY_SECONDS / tickSeconds);
    if (ticks == 1) {
      begin(load);
    }
    needed += weight * (load - needed);
    int min = workload.minReplicas();
    int max = workload.maxReplicas();
    for (int s = 0; s < SIGNALS.size(); s++) {
      double asked = signals[s][head];
      double served = lowest(signals[s]);
      for (int t = 0; t < TARGETS.length; t++) {
        int rule = s * TARGETS.length + t;
        double pods = Math.max(min, Math.min(max, Math.ceil(asked / TARGETS[t])));
        double ready =
            served == asked ? pods : Math.max(min, Math.min(max, Math.ceil(served / TARGETS[t])));
        held[rule] += weight * (pods - held[rule]);
        violating[rule] += weight * (load * violatingShare(rule, load, ready) - violating[rule]);
      }
    }
  }

  private void begin(double load) {
    needed = load;
    for (int rule = 0; rule < RULES; rule++) {
      double wish = Math.ceil(load / TARGETS[rule % TARGETS.length]);
      held[rule] = Math.max(workload.minReplicas(), Math.min(workload.maxReplicas(), wish));
      double target = TARGETS[rule % TARGETS.length];
      violating[rule] = load * PRIOR_VIOLATING * target * target * target * target * target;
    }
  }

  private double lowest(float[] ring) {
    float lowest = ring[head];
    int at = head;
    for (int left = Math.min(startUpTicks, count - 1); left > 0; left--) {
      at = at == 0 ? mostTicks : at - 1;
      lowest = ring[at] < lowest ? ring[at] : lowest;
    }
    return lowest;
  }

  private double violatingShare(int rule, double load, double ready) {
    double left = queue.left(backlog[rule], load, ready, tickSeconds);
    backlog[rule] = queue.kept(left, ready);
    return queue.violatingShare(left, load, ready);
  }

  /**
   * Writes what the rules have to say.
   *
   * @param desired replicas at this tick
   * @param out receives as many floats as there are {@link #features}, from {@code start} on
   * @return the place behind them
   */
  int encode(double desired, float[] out, int start) {
    int best = price();
    double perBest = 1 / Math.max(LEAST, costs[best]);
    int i = start;
    double wish = 0;
    for (int s = 0; s < SIGNALS.size(); s++) {
      int cheapest = cheapestOn(s);
      double target = TARGETS[cheapest - s * TARGETS.length];
      double wished = logRatio(now[s] / target, desired);
      wish = best == cheapest ? wished : wish;
      out[i++] = (float) wished;
      out[i++] = regret(costs[cheapest] * perBest);
    }
    for (int t = 0; t < TARGETS.length; t++) {
      double cheapest = Double.POSITIVE_INFINITY;
      for (int rule = t; rule < RULES; rule += TARGETS.length) {
        cheapest = Math.min(cheapest, costs[rule]);
      }
      out[i++] = regret(cheapest * perBest);
    }
    out[i++] = (float) wish;
    out[i++] = (float) Math.max(0, Math.min(4, costs[best] - 1));
    out[i++] = (float) Math.min(1, ticks * tickSeconds / MEMORY_SECONDS);
    return i;
  }

  /** Works out what each rule cost, and answers which cost least. */
  private int price() {
    double perNeeded = 1 / Math.max(LEAST, needed);
    int best = 0;
    for (int rule = 0; rule < RULES; rule++) {
      costs[rule] = (held[rule] + workload.violationPrice() * violating[rule]) * perNeeded;
      best = costs[rule] < costs[best] ? rule : best;
    }
    return best;
  }

  private int cheapestOn(int signal) {
    int first = signal * TARGETS.length;
    int cheapest = first;
    for (int rule = first + 1; rule < first + TARGETS.length; rule++) {
      cheapest = costs[rule] < costs[cheapest] ? rule : cheapest;
    }
    return cheapest;
  }

  /** What a rule cost so far, as {@link #encode} saw it last. */
  double cost(int signal, int target) {
    return costs[signal * TARGETS.length + target];
  }

  /** How much more than the best, up to three times its cost. */
  private static float regret(double ratio) {
    return (float) Math.min(3, ratio - 1);
  }

  private double logRatio(double wished, double desired) {
    double inside = Math.max(workload.minReplicas(), Math.min(workload.maxReplicas(), wished));
    return Math.max(-2, Math.min(2, Math.log(inside / desired)));
  }

  /** Names of what {@link #encode} writes. */
  static List<String> features() {
    List<String> names = new ArrayList<>();
    for (String signal : SIGNALS) {
      names.add("log replicas of the best rule on " + signal + " over desired");
      names.add("regret of the best rule on " + signal);
    }
    for (double target : TARGETS) {
      names.add("regret of the best rule to " + (int) Math.round(100 * target) + " %");
    }
    names.add("log replicas of the best rule over desired");
    names.add("cost of the best rule");
    names.add("share of three hours that rules were rehearsed for");
    return names;
  }

  void write(DataOutputStream out) throws IOException {
    int kept = Math.min(count, startUpTicks + 1);
    out.writeInt(kept);
    for (int ago = kept - 1; ago >= 0; ago--) {
      int at = (head - ago + mostTicks + 1) % (mostTicks + 1);
      for (float[] ring : signals) {
        out.writeFloat(ring[at]);
      }
    }
    for (double each : new double[] {needed, ticks}) {
      out.writeDouble(each);
    }
    for (int rule = 0; rule < RULES; rule++) {
      out.writeDouble(held[rule]);
      out.writeDouble(violating[rule]);
      out.writeDouble(backlog[rule]);
    }
  }

  void read(DataInputStream in) throws IOException {
    int kept = in.readInt();
    if (kept < 0 || kept > mostTicks + 1) {
      throw new IOException("the rehearsal is of another tick");
    }
    head = Math.max(0, kept - 1);
    count = kept;
    for (int at = 0; at < kept; at++) {
      for (float[] ring : signals) {
        ring[at] = in.readFloat();
      }
    }
    for (int s = 0; s < now.length && kept > 0; s++) {
      now[s] = signals[s][head];
    }
    needed = in.readDouble();
    ticks = in.readDouble();
    for (int rule = 0; rule < RULES; rule++) {
      held[rule] = in.readDouble();
      violating[rule] = in.readDouble();
      backlog[rule] = in.readDouble();
    }
  }
}
