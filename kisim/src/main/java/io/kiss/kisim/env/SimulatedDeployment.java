package io.kiss.kisim.env;

import io.kiss.kisim.autoscale.DecisionSource;
import io.kiss.kisim.autoscale.ScalerCore;
import io.kiss.kisim.engine.FluidEngine;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import org.apache.commons.rng.UniformRandomProvider;

/** One environment: a Deployment on the fluid engine and the decision path that scales it. */
final class SimulatedDeployment {
  private final EnvironmentSettings settings;
  private final FluidEngine engine = new FluidEngine();
  private final TelemetryBuffer telemetry = new TelemetryBuffer(ScenarioRanges.MOST_REPLICAS);
  private final float[] observation = new float[ScalerCore.OBSERVATION_SIZE];
  private final float[] rates;

  private UniformRandomProvider random;
  private ScalerCore core;
  private DecisionSource source;
  private int endSeconds;
  private double perGpuSecond;
  private double perViolation;
  private double perReplicaChanged;
  private double episodeReturn;

  SimulatedDeployment(EnvironmentSettings settings) {
    this.settings = settings;
    rates = new float[settings.mostSeconds()];
  }

  /** Starts the first episode; all later randomness comes from {@code random} too. */
  void start(ScenarioGenerator generator, UniformRandomProvider random) {
    this.random = random;
    startNext(generator);
  }

  void startNext(ScenarioGenerator generator) {
    Episode episode = generator.draw(random, rates);
    engine.reset(episode.scenario(), random.nextLong());
    core = new ScalerCore(episode.workload(), settings.guards());
    endSeconds = episode.scenario().seconds();
    double tick = settings.tickSeconds();
    double need = Math.max(1e-3, episode.scenario().meanNeededReplicas());
    double weight = need / episode.safeReplicas();
    double gpus = episode.scenario().profile().gpusPerReplica();
    double requestsPerTick = need * episode.scenario().profile().replicaCapacity() * tick;
    perGpuSecond = weight / (need * gpus * tick);
    perViolation = weight * episode.workload().violationPrice() / requestsPerTick;
    perReplicaChanged = weight * settings.churnPrice() / need;
    episodeReturn = 0;
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
    Truth truth = engine.truth();
    final double held = truth.gpuSeconds();
    final double needed = truth.neededGpuSeconds();
    final double violating = truth.violating();
    int replicas = core.act(source, action);
    int changed = Math.abs(replicas - telemetry.desiredReplicas);
    engine.setDesiredReplicas(replicas);
    engine.advance(settings.tickSeconds());
    double excess = truth.gpuSeconds() - held - (truth.neededGpuSeconds() - needed);
    double reward =
        -excess * perGpuSecond
            - (truth.violating() - violating) * perViolation
            - changed * perReplicaChanged;
    episodeReturn += reward;
    return reward;
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
