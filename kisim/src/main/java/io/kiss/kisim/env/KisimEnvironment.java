package io.kiss.kisim.env;

import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.ScalerCore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.apache.commons.rng.RestorableUniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * KISim Deployments, a new one drawn for each episode, scaled through {@link ScalerCore}: the very
 * path that decides live.
 *
 * <p>The reward of a step is, divided by the weight of the episode,
 *
 * <pre>−(GPU-seconds held − GPU-seconds needed) / (needed, mean of the episode's steps)
 * − violation price × requests that violated the SLO / (requests, mean of the steps)
 * − churn price × replicas added or removed / (replicas needed, mean of the steps)</pre>
 *
 * so that an episode's return is the negative of its cost at the SLO above the unavoidable 1. What
 * is needed does not depend on the actions; taking it off only spares the value function from
 * following the load. The weight is what a clairvoyant safe scaler pays: without it the burstiest
 * episodes would decide the gradient.
 *
 * <p>Episodes end by truncation only. The first of each environment has a random length, so that
 * environments do not end in step.
 */
public final class KisimEnvironment implements VectorEnvironment {
  private static final int STATE_VERSION = 2;
  private static final long SEED_STEP = 0x9E3779B97F4A7C15L;

  private final EnvironmentSettings settings;
  private final ScenarioSource scenarios;
  private final long seed;
  private final SimulatedDeployment[] deployments;
  private final VectorStep buffer;
  private boolean started;

  /**
   * Makes environments.
   *
   * @param environments how many
   * @param seed all randomness comes from it; the same seed and actions give the same steps
   */
  public KisimEnvironment(int environments, long seed, EnvironmentSettings settings) {
    this(environments, seed, settings, new ScenarioGenerator(settings));
  }

  /**
   * Makes environments whose episodes come from elsewhere.
   *
   * @param environments how many
   * @param seed all randomness comes from it; the same seed and actions give the same steps
   * @param scenarios the episodes, none longer than {@code settings} has them
   */
  public KisimEnvironment(
      int environments, long seed, EnvironmentSettings settings, ScenarioSource scenarios) {
    if (environments < 1) {
      throw new IllegalArgumentException("environments must be at least 1, not " + environments);
    }
    this.settings = settings;
    this.seed = seed;
    this.scenarios = scenarios;
    deployments = new SimulatedDeployment[environments];
    for (int e = 0; e < environments; e++) {
      deployments[e] = new SimulatedDeployment(settings, scenarios);
    }
    buffer = new VectorStep(environments, observationSize(), actionCount());
  }

  @Override
  public int size() {
    return deployments.length;
  }

  @Override
  public int observationSize() {
    return ScalerCore.OBSERVATION_SIZE;
  }

  @Override
  public int actionCount() {
    return ActionSpace.SIZE;
  }

  @Override
  public VectorStep reset() {
    for (int e = 0; e < deployments.length; e++) {
      RestorableUniformRandomProvider random =
          RandomSource.XO_SHI_RO_256_PP.create(seed + SEED_STEP * (e + 1));
      deployments[e].start(random);
      deployments[e].shorten(1 + random.nextInt(settings.mostSteps()));
      observe(e);
    }
    Arrays.fill(buffer.rewards, 0);
    Arrays.fill(buffer.truncated, false);
    started = true;
    return buffer;
  }

  @Override
  public VectorStep step(int[] actions) {
    if (!started) {
      throw new IllegalStateException("reset() comes before step()");
    }
    for (int e = 0; e < deployments.length; e++) {
      SimulatedDeployment deployment = deployments[e];
      buffer.rewards[e] = (float) deployment.step(actions[e]);
      buffer.truncated[e] = deployment.ended();
      if (deployment.ended()) {
        end(e);
      }
      observe(e);
    }
    return buffer;
  }

  @Override
  public byte[] saveState() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(STATE_VERSION);
      out.writeInt(deployments.length);
      out.writeInt(madeOf());
      for (SimulatedDeployment deployment : deployments) {
        deployment.write(out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public VectorStep restoreState(byte[] state) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      int version = in.readInt();
      if (version != STATE_VERSION
          || in.readInt() != deployments.length
          || in.readInt() != madeOf()) {
        throw new IllegalArgumentException(
            "the state is not of an environment with this size and these settings and scenarios");
      }
      for (int e = 0; e < deployments.length; e++) {
        deployments[e].read(in);
        observe(e);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("environment state refused: " + e.getMessage(), e);
    }
    started = true;
    return buffer;
  }

  private int madeOf() {
    return 31 * settings.toString().hashCode() + scenarios.identity().hashCode();
  }

  private void end(int e) {
    SimulatedDeployment deployment = deployments[e];
    int size = observationSize();
    int from = e * size;
    // Where telemetry is away at the end, the last observation there was stands in for the state.
    System.arraycopy(buffer.observations, from, buffer.terminalObservations, from, size);
    deployment.observeInto(buffer.terminalObservations, from);
    buffer.episodeReturns[e] = deployment.episodeReturn();
    buffer.episodeSloAttainment[e] = deployment.truth().sloAttainment();
    buffer.episodeGpuHours[e] = deployment.truth().gpuSeconds() / 3600;
    deployment.startNext();
  }

  private void observe(int e) {
    SimulatedDeployment deployment = deployments[e];
    int from = e * observationSize();
    boolean decides = deployment.observeInto(buffer.observations, from);
    buffer.policyDecides[e] = decides;
    int mask = e * ActionSpace.SIZE;
    if (decides) {
      deployment.maskInto(buffer.masks, mask);
    } else {
      Arrays.fill(buffer.observations, from, from + observationSize(), 0);
      Arrays.fill(buffer.masks, mask, mask + ActionSpace.SIZE, 0);
      buffer.masks[mask + ActionSpace.STAY] = 1;
    }
  }
}
