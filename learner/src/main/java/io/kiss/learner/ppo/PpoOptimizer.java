package io.kiss.learner.ppo;

import ai.djl.engine.Engine;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.learner.PolicyOptimizer;
import java.util.List;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PPO with generalised advantage estimation, both networks normalised on their inputs and the
 * critic on its targets.
 *
 * <p>The observation normaliser is the one the acting policy had; it takes the batch in after the
 * update, for the next iteration. Only the very first batch goes in before, when the policy is
 * nearly uniform whatever it sees. The same seed and segments give the same weights, bit for bit.
 */
public final class PpoOptimizer implements PolicyOptimizer {
  private static final Logger LOG = LoggerFactory.getLogger(PpoOptimizer.class);

  /** By which a good update lets a step that rollbacks have shortened grow again. */
  private static final double STEP_RECOVERY = 1.02;

  private final PpoSettings settings;
  private final LossGradient engine;
  private final float[] gradient;
  private float[] observations = {};
  private PpoState state;

  PpoOptimizer(PpoSettings settings, PpoState state) {
    this.settings = settings;
    this.state = state;
    Engine djl = DjlEngine.load(settings.engine());
    engine = new LossGradient(djl, DjlEngine.device(djl, settings.device()), state.network);
    gradient = new float[state.parameters.length];
    LOG.info(
        "PPO on {} {} ({}), {} parameters, update {}",
        djl.getEngineName(),
        djl.getVersion(),
        engine.manager().getDevice(),
        gradient.length,
        state.updates);
  }

  @Override
  public PolicySnapshot snapshot() {
    return state.snapshot();
  }

  @Override
  public byte[] checkpoint() {
    return state.toBytes();
  }

  @Override
  public void progress(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("progress is a share in 0..1, not " + share);
    }
    state.progress = share;
  }

  @Override
  public UpdateStatistics update(List<TrajectorySegment> segments) {
    if (segments.isEmpty()) {
      throw new IllegalArgumentException("an update needs at least one segment");
    }
    byte[] before = state.toBytes();
    boolean first = state.observations.isEmpty();
    if (first) {
      observe(segments);
    }
    ActorCritic network = state.network;
    TrainingBatch batch =
        new TrainingBatch(
            segments, network.features(), network.heads().length, state.observations, observations);
    observations = batch.observations;
    batch.centreOn(state.logits(batch.observations, batch.rows), network.heads());
    Totals totals = new Totals(estimate(batch));
    String failure = optimise(batch, totals);
    if (!first) {
      observe(segments);
    }
    if (failure == null && !state.isFinite()) {
      failure = "weights or normalisers are not finite";
    }
    if (failure != null) {
      state = PpoState.fromBytes(state.shape, state.network, before);
      state.rollbacks++;
      state.stepScale /= 2;
      LOG.warn(
          "update {} undone: {}; step scale is now {}, {} updates undone in this run",
          state.updates,
          failure,
          state.stepScale,
          state.rollbacks);
    } else {
      state.stepScale = Math.min(1, state.stepScale * STEP_RECOVERY);
    }
    state.updates++;
    state.environmentSteps += batch.rows;
    return totals.statistics(failure == null);
  }

  private void observe(List<TrajectorySegment> segments) {
    for (TrajectorySegment segment : segments) {
      state.observations.add(
          segment.observations(), segment.flags(), TrajectorySegment.POLICY_DECIDED);
    }
  }

  /** Fills advantages and returns; gives the explained variance. */
  private double estimate(TrainingBatch batch) {
    float[] values = state.values(batch.observations, batch.valued());
    double mean = state.returns.mean();
    double deviation = state.returns.deviation();
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (values[i] * deviation + mean);
    }
    double explained = batch.estimate(values, settings.gamma(), settings.lambda());
    boolean first = state.returns.isEmpty();
    state.returns.add(batch.returns, batch.rows, settings.valueNormaliserRate());
    if (!first) {
      List<ActorCritic.Layer> layers = state.network.criticLayers();
      ActorCritic.Layer head = layers.get(layers.size() - 1);
      state.returns.preserve(state.parameters, head.from(), head.bias(), mean, deviation);
    }
    return explained;
  }

  /** Runs the epochs; returns why the update must be undone, or null. */
  private String optimise(TrainingBatch batch, Totals totals) {
    float[] returns = normalised(batch);
    double learningRate = settings.learningRateAt(progress());
    PpoLoss.Coefficients coefficients =
        new PpoLoss.Coefficients(
            settings.clip(), settings.valueCoefficient(), settings.entropyAt(progress()));
    SplittableRandom random = new SplittableRandom(mix(mix(state.seed) + state.updates));
    int parts = Math.max(1, Math.round((float) batch.rows / settings.minibatch()));
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      int[] order = batch.dealt(parts, random);
      for (int part = 0; part < parts; part++) {
        int from = batch.begin(part, parts);
        int to = batch.begin(part + 1, parts);
        MinibatchStatistics now =
            engine.compute(
                state.parameters, batch, order, from, to - from, returns, coefficients, gradient);
        if (!now.isFinite()) {
          return "epoch " + epoch + ", minibatch " + part + " is not finite: " + now;
        }
        boolean moved = totals.steps() > 0;
        if (moved && now.approximateKl() > settings.rollbackKl()) {
          return "KL " + now.approximateKl() + " is beyond kiss.learner.rollback-kl";
        }
        totals.add(now, epoch);
        if (moved && settings.targetKl() > 0 && now.approximateKl() > settings.targetKl()) {
          return null;
        }
        Adam.step(
            state.parameters,
            gradient,
            state.first,
            state.second,
            ++state.adamSteps,
            learningRate * state.stepScale,
            Adam.clipFactor(now.gradientNorm(), settings.maxGradientNorm()));
      }
    }
    return null;
  }

  /** SplitMix64, so that the shufflings of neighbouring updates have nothing in common. */
  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private double progress() {
    return Double.isNaN(state.progress)
        ? Math.min(1, (double) state.environmentSteps / settings.annealSteps())
        : state.progress;
  }

  private float[] normalised(TrainingBatch batch) {
    float[] returns = batch.returns.clone();
    double mean = state.returns.mean();
    double deviation = state.returns.deviation();
    for (int i = 0; i < returns.length; i++) {
      returns[i] = (float) ((returns[i] - mean) / deviation);
    }
    return returns;
  }

  /** How many updates were undone in this run. */
  public long rollbacks() {
    return state.rollbacks;
  }

  /**
   * Arrays alive on the engine between updates, whoever made them; constant, or memory leaks: those
   * that are kept.
   */
  int liveArrays() {
    return engine.manager().getParentManager().getManagedArrays().size();
  }

  @Override
  public void close() {
    engine.close();
  }

  /** Sums over the minibatches of an update. */
  private static final class Totals {
    private final double explainedVariance;
    private final double[] sums = new double[6];
    private int steps;
    private int epochs;

    Totals(double explainedVariance) {
      this.explainedVariance = explainedVariance;
    }

    int steps() {
      return steps;
    }

    void add(MinibatchStatistics now, int epoch) {
      sums[0] += now.policyLoss();
      sums[1] += now.valueLoss();
      sums[2] += now.entropy();
      sums[3] += now.approximateKl();
      sums[4] += now.clipFraction();
      sums[5] += now.gradientNorm();
      steps++;
      epochs = epoch + 1;
    }

    UpdateStatistics statistics(boolean kept) {
      double n = steps;
      return new UpdateStatistics(
          sums[0] / n,
          sums[1] / n,
          sums[2] / n,
          sums[3] / n,
          sums[4] / n,
          explainedVariance,
          sums[5] / n,
          kept ? epochs : 0);
    }
  }
}
