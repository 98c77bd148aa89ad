package io.kiss.learner.ppo;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * How PPO learns; {@code reference.conf} says of each key what it does and what it trades.
 *
 * @param engine DJL engine, such as {@code MXNet}
 * @param device {@code auto}, {@code cpu} or {@code gpu:N}
 * @param hidden widths of the hidden layers of actor and critic
 * @param learningRate Adam's step at the start
 * @param learningRateEnd Adam's step at the end of annealing
 * @param annealSteps environment steps over which step and entropy bonus are annealed
 * @param gamma discount of a step
 * @param lambda of generalised advantage estimation
 * @param clip the ratio's distance from 1 beyond which it earns nothing more
 * @param entropy bonus at the start
 * @param entropyEnd bonus at the end of annealing
 * @param valueCoefficient weight of the value loss
 * @param maxGradientNorm global norm to which gradients are cut
 * @param epochs passes over the batch
 * @param minibatch rows of one gradient step
 * @param targetKl KL beyond which the rest of the update is left out; 0 for never
 * @param rollbackKl KL beyond which the update is undone
 * @param valueNormaliserRate share of the newest batch in the returns' running moments
 */
public record PpoSettings(
    String engine,
    String device,
    List<Integer> hidden,
    double learningRate,
    double learningRateEnd,
    long annealSteps,
    double gamma,
    double lambda,
    double clip,
    double entropy,
    double entropyEnd,
    double valueCoefficient,
    double maxGradientNorm,
    int epochs,
    int minibatch,
    double targetKl,
    double rollbackKl,
    double valueNormaliserRate) {

  private static final String PATH = "kiss.learner";
  private static final Pattern DEVICE = Pattern.compile("auto|cpu|gpu:\\d{1,2}");

  /** Checks every value; the message names the key. */
  public PpoSettings {
    hidden = List.copyOf(hidden);
    require(!engine.isBlank(), "engine", "a DJL engine such as MXNet", engine);
    require(DEVICE.matcher(device).matches(), "device", "auto, cpu or gpu:N", device);
    require(
        !hidden.isEmpty() && hidden.stream().allMatch(w -> w >= 1 && w <= 4096),
        "hidden",
        "a list of widths in 1..4096",
        hidden);
    require(learningRate > 0 && learningRate <= 1, "learning-rate", "in (0, 1]", learningRate);
    require(
        learningRateEnd >= 0 && learningRateEnd <= learningRate,
        "learning-rate-end",
        "in 0..learning-rate",
        learningRateEnd);
    require(annealSteps >= 1, "anneal-steps", "at least 1", annealSteps);
    require(gamma > 0 && gamma <= 1, "gamma", "in (0, 1]", gamma);
    require(lambda >= 0 && lambda <= 1, "lambda", "in 0..1", lambda);
    require(clip > 0 && clip < 1, "clip", "in (0, 1)", clip);
    require(entropy >= 0 && entropy <= 1, "entropy", "in 0..1", entropy);
    require(entropyEnd >= 0 && entropyEnd <= 1, "entropy-end", "in 0..1", entropyEnd);
    require(valueCoefficient > 0, "value-coefficient", "more than 0", valueCoefficient);
    require(maxGradientNorm > 0, "max-gradient-norm", "more than 0", maxGradientNorm);
    require(epochs >= 1 && epochs <= 100, "epochs", "in 1..100", epochs);
    require(minibatch >= 1, "minibatch", "at least 1", minibatch);
    require(targetKl >= 0, "target-kl", "0 for never, or more", targetKl);
    require(rollbackKl > targetKl && rollbackKl > 0, "rollback-kl", "above target-kl", rollbackKl);
    require(
        valueNormaliserRate > 0 && valueNormaliserRate <= 1,
        "value-normaliser-rate",
        "in (0, 1]",
        valueNormaliserRate);
  }

  /**
   * Reads section {@code kiss.learner}.
   *
   * @throws IllegalArgumentException naming the key that is missing or wrong
   */
  public static PpoSettings from(Config root) {
    Config config = read(() -> root.getConfig(PATH));
    return read(
        () ->
            new PpoSettings(
                config.getString("engine"),
                config.getString("device"),
                config.getIntList("hidden"),
                config.getDouble("learning-rate"),
                config.getDouble("learning-rate-end"),
                config.getLong("anneal-steps"),
                config.getDouble("gamma"),
                config.getDouble("lambda"),
                config.getDouble("clip"),
                config.getDouble("entropy"),
                config.getDouble("entropy-end"),
                config.getDouble("value-coefficient"),
                config.getDouble("max-gradient-norm"),
                config.getInt("epochs"),
                config.getInt("minibatch"),
                config.getDouble("target-kl"),
                config.getDouble("rollback-kl"),
                config.getDouble("value-normaliser-rate")));
  }

  /**
   * The learning rate of an update, before what rollbacks have made of it.
   *
   * @param share of the run that is over, 0..1
   */
  public double learningRateAt(double share) {
    return learningRateEnd + (learningRate - learningRateEnd) * (1 - share);
  }

  /**
   * The entropy bonus of an update.
   *
   * @param share of the run that is over, 0..1
   */
  double entropyAt(double share) {
    return entropyEnd + (entropy - entropyEnd) * (1 - share);
  }

  private static <T> T read(Supplier<T> reader) {
    try {
      return reader.get();
    } catch (ConfigException e) {
      throw new IllegalArgumentException("section " + PATH + ": " + e.getMessage(), e);
    }
  }

  private static void require(boolean holds, String key, String expected, Object found) {
    if (!holds) {
      throw new IllegalArgumentException(
          PATH + "." + key + " must be " + expected + ", but is " + found);
    }
  }
}
