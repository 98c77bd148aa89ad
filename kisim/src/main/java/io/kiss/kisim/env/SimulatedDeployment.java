package io.kiss.kisim.env;

import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.ScalerCore;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.fluid.FluidEngine;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import org.apache.commons.rng.RandomProviderState;
import org.apache.commons.rng.RestorableUniformRandomProvider;
import org.apache.commons.rng.core.RandomProviderDefaultState;
import org.apache.commons.rng.simple.RandomSource;

/** One environment: a Deployment on the fluid engine and the decision path that scales it. */
final class SimulatedDeployment {
  private static final int LONGEST_RANDOM_STATE = 1024;

  private final EnvironmentSettings settings;
  private final ScenarioSource scenarios;
  private final FluidEngine engine = FluidEngine.withoutLatencies();
  private final TelemetryBuffer telemetry = new TelemetryBuffer(ScenarioRanges.MOST_REPLICAS);
  private final float[] observation = new float[ScalerCore.OBSERVATION_SIZE];
  private final float[] rates;

  /** Of the present episode: the random state it was drawn from and the actions taken since. */
  private RandomProviderState drawnFrom;

  private final byte[] actions;
  private int steps;

  private RestorableUniformRandomProvider random;
  private ScalerCore core;
  private DecisionSource source;
  private int endSeconds;
  private double perGpuSecond;
  private double perViolation;
  private double perReplicaChanged;
  private double episodeReturn;

  // The truth at the end of the last step: GPU-seconds and requests since second 0.
  private double held;
  private double needed;
  private double violating;

  SimulatedDeployment(EnvironmentSettings settings, ScenarioSource scenarios) {
    this.settings = settings;
    this.scenarios = scenarios;
    rates = new float[scenarios.knots()];
    actions = new byte[settings.mostSteps()];
  }

  /** Starts the first episode; all later randomness comes from {@code random} too. */
  void start(RestorableUniformRandomProvider random) {
    this.random = random;
    startNext();
  }

  void startNext() {
    drawnFrom = random.saveState();
    steps = 0;
    Episode episode = scenarios.draw(random, rates);
    long seed = random.nextLong();
    engine.reset(episode.scenario(), seed);
    if (core == null) {
      core = new ScalerCore(episode.workload(), settings.guards());
    } else {
      core.reset(episode.workload());
    }
    for (float rate : episode.earlierRates()) {
      core.remember(rate);
    }
    endSeconds = episode.scenario().seconds();
    double tick = settings.tickSeconds();
    double need = Math.max(1e-3, episode.scenario().meanNeededReplicas(seed));
    double weight = need / episode.safeReplicas(seed);
    double gpus = episode.scenario().service().gpusPerPod();
    double requestsPerTick = need * episode.scenario().service().podCapacity() * tick;
    perGpuSecond = weight / (need * gpus * tick);
    perViolation = weight * episode.workload().violationPrice() / requestsPerTick;
    perReplicaChanged = weight * settings.churnPrice() / need;
    episodeReturn = 0;
    readTruth();
  }

  /** Ends the present episode after this many steps at the latest. */
  void shorten(int steps) {
    endSeconds = Math.min(endSeconds, steps * settings.tickSeconds());
  }

  /**
   * Reads telemetry and encodes it.
   *
   * @return whether the policy decides; where not, {@code out} stays as it is
   */
  boolean observeInto(float[] out, int offset) {
    engine.readTelemetry(telemetry);
    source = core.observe(telemetry, observation, 0);
    if (source == DecisionSource.HOLD) {
      return false;
    }
    System.arraycopy(observation, 0, out, offset, observation.length);
    return true;
  }

  void maskInto(float[] masks, int offset) {
    core.actionMask(masks, offset);
  }

  /** Acts on what was observed, lets a tick pass, and returns the reward. */
  double step(int action) {
    actions[steps++] = (byte) action;
    int replicas = core.act(source, action);
    int changed = Math.abs(replicas - telemetry.desiredReplicas);
    engine.setDesiredReplicas(replicas);
    engine.advance(settings.tickSeconds());
    final double heldBefore = held;
    final double neededBefore = needed;
    final double violatingBefore = violating;
    readTruth();
    double excess = held - heldBefore - (needed - neededBefore);
    double reward =
        -excess * perGpuSecond
            - (violating - violatingBefore) * perViolation
            - changed * perReplicaChanged;
    episodeReturn += reward;
    return reward;
  }

  private void readTruth() {
    Truth truth = engine.truth();
    held = truth.gpuSeconds();
    needed = truth.neededGpuSeconds();
    violating = truth.violating();
  }

  /**
   * Writes how the present state came about: the engine is deterministic, so drawing the episode
   * again and repeating its actions leads back to the same bits.
   */
  void write(DataOutputStream out) throws IOException {
    writeState(out, drawnFrom);
    writeState(out, random.saveState());
    out.writeInt(endSeconds);
    out.writeInt(steps);
    out.write(actions, 0, steps);
  }

  /** Goes the way that {@link #write} wrote; the caller observes next. */
  void read(DataInputStream in) throws IOException {
    random = RandomSource.XO_SHI_RO_256_PP.create(0L);
    random.restoreState(readState(in));
    final RandomProviderState now = readState(in);
    startNext();
    endSeconds = in.readInt();
    int taken = in.readInt();
    if (taken < 0 || taken > actions.length) {
      throw new IOException("an episode has " + taken + " steps");
    }
    byte[] repeated = in.readNBytes(taken);
    if (repeated.length < taken) {
      throw new EOFException("it ends in the middle of an episode");
    }
    float[] ignored = new float[observation.length];
    for (byte action : repeated) {
      observeInto(ignored, 0);
      step(action);
    }
    random.restoreState(now);
  }

  private static void writeState(DataOutputStream out, RandomProviderState state)
      throws IOException {
    byte[] bytes = ((RandomProviderDefaultState) state).getState();
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static RandomProviderState readState(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > LONGEST_RANDOM_STATE) {
      throw new IOException("a random state has " + length + " bytes");
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("it ends in the middle of a random state");
    }
    return new RandomProviderDefaultState(bytes);
  }

  boolean ended() {
    return engine.timeSeconds() >= endSeconds;
  }

  double episodeReturn() {
    return episodeReturn;
  }

  Truth truth() {
    return engine.truth();
  }
}
