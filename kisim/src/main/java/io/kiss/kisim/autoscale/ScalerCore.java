package io.kiss.kisim.autoscale;

import io.kiss.kisim.telemetry.Telemetry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * The decision path of one Deployment: telemetry in, observation out, action in, replicas out.
 *
 * <p>A tick is {@link #observe} and then {@link #act}. Training, tournament and live control all
 * call these two; they differ only in who chooses the action in between. Single-threaded; allocates
 * nothing per tick.
 */
public final class ScalerCore {

  /** Length of an observation. */
  public static final int OBSERVATION_SIZE = ObservationEncoder.SIZE;

  /** What a policy must have been trained on to be used here. */
  public static final String OBSERVATION_ID = ObservationEncoder.ID;

  private static final int STATE_VERSION = 4;

  /** The version before did not write the time of the newest tick. */
  private static final int WITHOUT_LATEST = 3;

  private WorkloadSpec workload;
  private final GuardSettings settings;
  private final ObservationEncoder encoder;
  private final LoadHistory history;
  private final LoadMemory memory;
  private final RuleRehearsal rehearsal;
  private final GuardState guards;
  private final CostBalance balance;
  private final int[] fired = new int[1];
  private final int ticksOfMinute;
  private final int ticksOfMinutes;

  private int previousDesired;
  private int askedFor;
  private Telemetry current;
  private int proposal;
  private boolean held;

  /** Whether the replicas there are are what a policy chose. */
  private boolean followed;

  /** Starts without any memory. */
  public ScalerCore(WorkloadSpec workload, GuardSettings settings) {
    this.workload = workload;
    this.settings = settings;
    encoder = new ObservationEncoder(workload);
    history = new LoadHistory(workload.tickSeconds());
    memory = new LoadMemory(workload.tickSeconds());
    rehearsal = new RuleRehearsal(workload);
    balance = new CostBalance(workload);
    guards = new GuardState(stabilisationTicks(workload, settings));
    ticksOfMinute = 1 + (int) Math.ceil(60 / workload.tickSeconds());
    ticksOfMinutes = 1 + (int) Math.ceil(300 / workload.tickSeconds());
    reset();
  }

  private static int stabilisationTicks(WorkloadSpec workload, GuardSettings settings) {
    return 1 + (int) Math.ceil(settings.stabilisationSeconds() / workload.tickSeconds());
  }

  /** Names of the observation's features, in order. */
  public static java.util.List<String> observationNames() {
    return ObservationEncoder.NAMES;
  }

  /** Forgets everything, as at the start of an episode. */
  public void reset() {
    history.reset();
    memory.reset();
    rehearsal.reset();
    guards.reset();
    balance.reset();
    followed = false;
    previousDesired = 0;
    askedFor = 0;
    current = null;
  }

  /**
   * Forgets everything and scales another Deployment from now on: training goes through thousands
   * with one core.
   *
   * @throws IllegalArgumentException if it ticks at another period
   */
  public void reset(WorkloadSpec other) {
    if (other.tickSeconds() != workload.tickSeconds()) {
      throw new IllegalArgumentException(
          "this core ticks every "
              + workload.tickSeconds()
              + " s, and "
              + other.name()
              + " every "
              + other.tickSeconds());
    }
    workload = other;
    encoder.describe(other);
    rehearsal.describe(other);
    balance.describe(other);
    reset();
  }

  /** What this core scales. */
  public WorkloadSpec workload() {
    return workload;
  }

  /**
   * Takes in what a tick shows.
   *
   * @param telemetry read until {@link #act} returns, so it must not change before
   * @param observation receives {@link #OBSERVATION_SIZE} floats from {@code offset} on; zeros
   *     where the answer is {@link DecisionSource#HOLD}
   * @return {@link DecisionSource#POLICY} where an action may be chosen, {@link
   *     DecisionSource#HOLD} where nobody may decide
   */
  public DecisionSource observe(Telemetry telemetry, float[] observation, int offset) {
    current = telemetry;
    fired[0] = 0;
    guards.tick(telemetry.timeSeconds());
    int desired = telemetry.desiredReplicas();
    if (askedFor > 0 && desired != askedFor) {
      fired[0] |= Guard.EXTERNAL_CHANGE.bit();
    }
    if (previousDesired == 0) {
      previousDesired = desired;
    }
    DecisionSource source = available(telemetry);
    remember(source == DecisionSource.HOLD ? Double.NaN : telemetry.arrivalRate());
    if (source == DecisionSource.HOLD) {
      java.util.Arrays.fill(observation, offset, offset + OBSERVATION_SIZE, 0);
    } else {
      if (followed && desired == askedFor) {
        balance.add(telemetry);
      }
      encoder.encode(
          telemetry,
          history,
          memory,
          rehearsal,
          previousDesired,
          guards.lastChangeSeconds,
          observation,
          offset);
    }
    return source;
  }

  /**
   * Takes in the arrival rate of a tick that this core did not see: what is known of a Deployment
   * from before the first one makes the first decisions better.
   *
   * @param rate requests per second; {@code NaN} where it is not known
   */
  public void remember(double rate) {
    history.add(rate);
    int startUp = 1 + (int) Math.ceil(workload.startupSeconds() / workload.tickSeconds());
    memory.addLoad(rate, history.at(startUp), history.highest(startUp), workload.replicaCapacity());
    rehearsal.add(
        rate,
        history.highest(ticksOfMinute),
        history.highest(ticksOfMinutes),
        memory.highestOfTwentyMinutes(),
        memory.highestOfHour(),
        memory.highestOfHours());
  }

  private DecisionSource available(Telemetry telemetry) {
    Guard reason = null;
    double rate = telemetry.arrivalRate();
    double age = telemetry.sampleAgeSeconds();
    // What no counter can tell, as a rate below zero, is no measurement.
    boolean measured = rate >= 0 && rate < Double.POSITIVE_INFINITY;
    if (!measured || Double.isNaN(age)) {
      reason = Guard.TELEMETRY_MISSING;
    } else if (Math.abs(age) > settings.staleAfterSeconds()) {
      // Far in the future: clocks disagree by more than that, so nobody knows how old it is.
      reason = Guard.TELEMETRY_STALE;
    }
    if (reason == null) {
      guards.missingSinceSeconds = Double.NaN;
    } else if (Double.isNaN(guards.missingSinceSeconds)) {
      guards.missingSinceSeconds = telemetry.timeSeconds();
    }
    if (telemetry.rolloutInProgress()) {
      reason = Guard.ROLLOUT_IN_PROGRESS;
    }
    if (reason == null) {
      return DecisionSource.POLICY;
    }
    fired[0] |= reason.bit();
    return DecisionSource.HOLD;
  }

  /** Marks this tick's observation as outside the range the policy was trained on. */
  void outOfRange() {
    fired[0] |= Guard.OUT_OF_RANGE.bit();
  }

  /** Writes 1 for each action that makes sense at this tick, else 0. */
  public void actionMask(float[] mask, int offset) {
    int desired = current.desiredReplicas();
    ActionSpace.mask(mask, offset, desired, workload.minReplicas(), workload.maxReplicas());
  }

  /**
   * Ends the tick.
   *
   * @param source who decides: what {@link #observe} answered, or {@link
   *     DecisionSource#QUEUEING_RULE} in place of the policy
   * @param action read only where the policy decides
   * @return replicas to set as {@code spec.replicas}
   */
  public int act(DecisionSource source, int action) {
    int desired = current.desiredReplicas();
    proposal =
        switch (source) {
          case POLICY -> ActionSpace.apply(action, desired);
          case QUEUEING_RULE -> byQueueing();
          case HOLD -> desired;
        };
    int replicas = Guardrails.apply(settings, workload, guards, current, source, proposal, fired);
    previousDesired = desired;
    askedFor = replicas;
    held = source == DecisionSource.HOLD;
    followed = source == DecisionSource.POLICY || held && followed;
    return replicas;
  }

  private int byQueueing() {
    double rate = current.arrivalRate();
    double roomy = rate / (QueueingRule.MOST_LOAD * workload.replicaCapacity());
    int least =
        Math.max(
            QueueingRule.replicas(workload, rate),
            QueueingRule.replicasToDrain(
                workload, rate, current.queuedRequests(), QueueingRule.DRAIN_SECONDS));
    return Math.max(least, workload.clamp((int) Math.ceil(Math.min(roomy, Integer.MAX_VALUE))));
  }

  /**
   * Says that what {@link #act} just answered was not carried out: shadow mode, a conflict, a hold.
   * The next tick then neither takes the old replicas for somebody else's change nor counts a
   * change that never was.
   */
  public void notCarriedOut() {
    followed = false;
    if (current != null && askedFor != current.desiredReplicas()) {
      guards.unchanged();
      askedFor = current.desiredReplicas();
    }
  }

  /**
   * The fewest replicas that the guardrails allow at this tick; the present ones in a hold. After
   * {@link #act}.
   */
  public int lowest() {
    int desired = current.desiredReplicas();
    if (held) {
      return Math.min(desired, askedFor);
    }
    boolean changed = askedFor != desired;
    if (changed) {
      guards.unchanged();
    }
    int lowest = Guardrails.lowest(settings, workload, guards, current);
    if (changed) {
      guards.changed(current.timeSeconds(), Integer.signum(askedFor - desired));
    }
    return lowest;
  }

  /**
   * Says that {@link #act} is followed only so far, since a budget gives no more. What later ticks
   * take for proposed now is the share of it, so that what runs above the share comes down as after
   * any other proposal.
   *
   * @param target replicas that the budget gives in the long run
   * @param replicas to set now, not below {@link #lowest}
   */
  public void limit(int target, int replicas) {
    int desired = current.desiredReplicas();
    followed &= replicas == askedFor;
    if (askedFor != desired) {
      guards.unchanged();
    }
    if (!held) {
      guards.limitNewestProposal(guards.startedAnew ? Math.max(target, desired) : target);
    }
    if (replicas != desired) {
      guards.changed(current.timeSeconds(), Integer.signum(replicas - desired));
    }
    askedFor = replicas;
    fired[0] |= Guard.BUDGET.bit();
  }

  /**
   * The share of a policy's distribution up to which this Deployment's own record says to go
   * ({@link ActionSpace#quantile}).
   */
  double level() {
    return balance.level();
  }

  /** What was proposed at this tick, before the guardrails. */
  public int proposal() {
    return proposal;
  }

  /** The guardrails that had a say at this tick. */
  public Set<Guard> firedGuards() {
    return Guard.ofBits(fired[0]);
  }

  /** Everything remembered between ticks, so that the next one can be replayed bit for bit. */
  public byte[] saveState() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(STATE_VERSION);
      out.writeInt(previousDesired);
      out.writeInt(askedFor);
      history.write(out);
      memory.write(out);
      rehearsal.write(out);
      guards.write(out);
      out.writeBoolean(followed);
      balance.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Takes up what {@link #saveState} kept.
   *
   * @throws IllegalArgumentException if it was kept under another tick, window or version; this
   *     core is then as new
   */
  public void restoreState(byte[] state) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      int version = in.readInt();
      if (version != STATE_VERSION && version != WITHOUT_LATEST) {
        throw new IOException("unknown version " + version);
      }
      previousDesired = in.readInt();
      askedFor = in.readInt();
      history.read(in);
      memory.read(in);
      rehearsal.read(in);
      guards.read(in, version != WITHOUT_LATEST);
      balance.reset();
      followed = false;
      // Earlier versions end here, and read no further.
      if (in.available() > 0) {
        followed = in.readBoolean();
        balance.read(in);
      }
    } catch (IOException e) {
      reset();
      throw new IllegalArgumentException("scaler state refused: " + e.getMessage(), e);
    }
  }
}
