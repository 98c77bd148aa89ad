package io.kiss.kisim.autoscale;

import io.kiss.kisim.telemetry.Telemetry;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * KIScaler: the learned policy on one Deployment, with the queueing rule where it may not decide.
 */
public final class KiScaler implements Autoscaler {
  private static final int RANGE_STATE_BYTES = 1 + Integer.BYTES;

  private final ScalerCore core;
  private PolicyNetwork network;
  private final float[] observation = new float[ScalerCore.OBSERVATION_SIZE];
  private final float[] probabilities = new float[ActionSpace.SIZE];
  private final float[] mask = new float[ActionSpace.SIZE];
  private final TrainedRange range = new TrainedRange();

  private DecisionSource source;
  private int action;

  /**
   * Starts without memory.
   *
   * @param policy empty: the queueing rule decides until {@link #use} brings one
   */
  public KiScaler(WorkloadSpec workload, GuardSettings guards, Optional<PolicySnapshot> policy) {
    core = new ScalerCore(workload, guards);
    policy.ifPresent(this::use);
  }

  /**
   * Decides by this policy from the next tick on; memory stays.
   *
   * @throws IllegalArgumentException if this version cannot run it
   */
  public void use(PolicySnapshot policy) {
    use(new PolicyNetwork(policy.requireCompatible()));
  }

  /**
   * Decides by this network's policy from the next tick on; memory stays. The weights are shared,
   * so that thousands of scalers of a node keep one copy.
   *
   * @throws IllegalArgumentException if this version cannot run it
   */
  public void use(PolicyNetwork shared) {
    shared.snapshot().requireCompatible();
    network = shared.fork();
    range.reset();
  }

  /** Decides by the queueing rule from the next tick on; memory stays. */
  public void useNoPolicy() {
    network = null;
  }

  @Override
  public String name() {
    return "kiscaler";
  }

  @Override
  public double tickSeconds() {
    return core.workload().tickSeconds();
  }

  @Override
  public int decide(Telemetry telemetry) {
    source = core.observe(telemetry, observation, 0);
    action = -1;
    if (source == DecisionSource.POLICY) {
      if (network == null) {
        source = DecisionSource.QUEUEING_RULE;
      } else if (range.leftBy(observation, network.snapshot())) {
        source = DecisionSource.QUEUEING_RULE;
        core.outOfRange();
      } else {
        core.actionMask(mask, 0);
        network.logits(observation, 0, probabilities, 0);
        PolicyNetwork.softmax(probabilities, mask);
        action = ActionSpace.quantile(probabilities, core.level());
      }
    }
    return core.act(source, action);
  }

  /** Decides, and says why. */
  public Decision explain(Telemetry telemetry) {
    int replicas = decide(telemetry);
    float[] chosen = new float[0];
    if (action >= 0) {
      chosen = probabilities.clone();
    }
    return new Decision(
        source,
        telemetry.desiredReplicas(),
        core.proposal(),
        replicas,
        action,
        observation.clone(),
        chosen,
        core.firedGuards(),
        reason(telemetry));
  }

  /** Says that the newest decision was not carried out (see {@link ScalerCore#notCarriedOut}). */
  public void notCarriedOut() {
    core.notCarriedOut();
  }

  /** The fewest replicas the newest decision might have been (see {@link ScalerCore#lowest}). */
  public int lowest() {
    return core.lowest();
  }

  /** Says how far a budget follows the newest decision (see {@link ScalerCore#limit}). */
  public void limit(int target, int replicas) {
    core.limit(target, replicas);
  }

  /** Everything remembered between ticks, so that the next one can be replayed bit for bit. */
  public byte[] saveState() {
    byte[] memory = core.saveState();
    return ByteBuffer.allocate(RANGE_STATE_BYTES + memory.length)
        .put((byte) (range.outside() ? 1 : 0))
        .putInt(range.ticksInside())
        .put(memory)
        .array();
  }

  /**
   * Takes up what {@link #saveState} kept; the policy is not part of it, and comes first.
   *
   * @throws IllegalArgumentException as {@link ScalerCore#restoreState}
   */
  public void restoreState(byte[] state) {
    if (state.length < RANGE_STATE_BYTES) {
      throw new IllegalArgumentException("scaler state refused: it ends too early");
    }
    ByteBuffer in = ByteBuffer.wrap(state);
    boolean wasOutside = in.get() == 1;
    int wasInside = in.getInt();
    core.restoreState(Arrays.copyOfRange(state, RANGE_STATE_BYTES, state.length));
    range.restore(wasOutside, wasInside);
  }

  /** Where the Deployment's own record makes the policy take another action than its median. */
  private String byItsRecord() {
    int usual = ActionSpace.quantile(probabilities, ActionSpace.MEDIAN);
    if (action == usual) {
      return "";
    }
    return action > usual ? ", careful by its record" : ", sparing by its record";
  }

  private String reason(Telemetry telemetry) {
    WorkloadSpec workload = core.workload();
    StringBuilder text = new StringBuilder();
    if (source == DecisionSource.HOLD) {
      text.append("hold");
    } else {
      double rate = telemetry.arrivalRate();
      double load = rate / (workload.replicaCapacity() * Math.max(1, telemetry.desiredReplicas()));
      text.append(String.format(Locale.ROOT, "%.1f req/s is %.0f%% of capacity", rate, 100 * load));
      double p95 = telemetry.p95LatencySeconds();
      if (!Double.isNaN(p95)) {
        text.append(
            String.format(Locale.ROOT, ", p95 %.0f%% of SLO", 100 * p95 / workload.sloSeconds()));
      }
      if (telemetry.pendingReplicas() > 0) {
        text.append(", ").append(telemetry.pendingReplicas()).append(" pending");
      }
      text.append(
          source == DecisionSource.POLICY
              ? "; policy " + ActionSpace.nameOf(action) + byItsRecord()
              : "; queueing rule says " + core.proposal());
    }
    String guards =
        core.firedGuards().stream().map(Guard::sentence).collect(Collectors.joining(", "));
    if (!guards.isEmpty()) {
      text.append("; ").append(guards);
    }
    if (core.firedGuards().contains(Guard.OUT_OF_RANGE)) {
      String left = range.reason(observation, network.snapshot());
      text.append(left.isEmpty() ? "" : ": " + left);
    }
    return text.toString();
  }
}
