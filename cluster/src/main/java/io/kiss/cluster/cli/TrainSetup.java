package io.kiss.cluster.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.cluster.NodeSettings;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.train.Checkpoint;
import io.kiss.cluster.train.LocalTraining;
import io.kiss.cluster.train.MetricsFile;
import io.kiss.cluster.train.RunFolder;
import io.kiss.cluster.train.ScenarioFiles;
import io.kiss.cluster.train.TrainingOrder;
import io.kiss.cluster.train.TrainingPlan;
import io.kiss.kisim.file.UnusableFileException;
import io.kiss.learner.LearnerSettings;
import io.kiss.learner.ppo.NetworkShape;
import io.kiss.learner.ppo.PpoOptimizerFactory;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.RolloutSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A run as flags, configuration and, where it goes on, its checkpoint make it.
 *
 * @param checkpointInterval between two checkpoints
 */
record TrainSetup(
    TrainingOrder order,
    LocalTraining.Setup training,
    PpoOptimizerFactory optimizers,
    Duration checkpointInterval) {

  /**
   * A new run.
   *
   * @throws UnusableFileException if a file it names cannot be used
   */
  static TrainSetup fresh(TrainOptions options) {
    Path out = options.out().orElseThrow().toAbsolutePath().normalize();
    Config config = config(options.flags());
    RolloutSettings rollout = read(() -> RolloutSettings.from(config));
    TrainingPlan plan =
        new TrainingPlan(
            options.seed().orElseGet(() -> config.getLong("kiss.learner.seed")),
            options.workers().orElseGet(() -> Runtime.getRuntime().availableProcessors()),
            rollout.environmentsPerWorker(),
            rollout.stepsPerSegment());
    Path folder = options.folder().toAbsolutePath().normalize();
    TrainingOrder order =
        new TrainingOrder(
            stem(out),
            out,
            absolute(options.metrics().orElse(folder.resolve("metrics.ndjson"))),
            absolute(options.plot().orElse(folder.resolve("curve.svg"))),
            absolute(options.scenarios()),
            config.getString("kiss.learner.engine"),
            config.getString("kiss.learner.device"),
            options.budget().orElseThrow());
    requireUnused(order.out(), options, RunFolder.holdsARun(folder));
    options.metrics().ifPresent(file -> requireUnused(absolute(file), options, false));
    options.plot().ifPresent(file -> requireUnused(absolute(file), options, false));
    return of(order, plan, config, options);
  }

  /** What somebody has made is not overwritten unasked. */
  private static void requireUnused(Path file, TrainOptions options, boolean resumable) {
    if (!options.force() && Files.exists(file) && Files.isRegularFile(file)) {
      throw new UnusableFileException(
          TrainOutputs.shown(file)
              + " exists; --force overwrites it"
              + (resumable
                  ? ", --resume %s goes on with its run".formatted(options.folder())
                  : ""));
    }
  }

  /**
   * A run that goes on.
   *
   * @throws UnusableFileException if a file it names cannot be used
   */
  static TrainSetup resumed(TrainOptions options, Checkpoint checkpoint) {
    TrainingOrder had = checkpoint.order();
    Map<String, Object> flags = new HashMap<>();
    flags.put("kiss.learner.engine", had.engine());
    flags.put("kiss.learner.device", had.device());
    flags.putAll(options.flags());
    Config config = config(flags);
    Path out = options.out().map(TrainSetup::absolute).orElse(had.out());
    TrainingOrder order =
        new TrainingOrder(
            stem(out),
            out,
            options.metrics().map(TrainSetup::absolute).orElse(had.metrics()),
            options.plot().map(TrainSetup::absolute).orElse(had.plot()),
            options.scenarios().isEmpty() ? had.scenarios() : absolute(options.scenarios()),
            config.getString("kiss.learner.engine"),
            config.getString("kiss.learner.device"),
            options.budget().orElse(had.budget()));
    if (!order.out().equals(had.out())) {
      requireUnused(order.out(), options, false);
    }
    return of(order, checkpoint.state().plan(), config, options);
  }

  private static TrainSetup of(
      TrainingOrder order, TrainingPlan plan, Config config, TrainOptions options) {
    requireWritable("--out", order.out(), options.folder());
    requireWritable("--metrics", order.metrics(), options.folder());
    requireWritable("--plot", order.plot(), options.folder());
    PpoSettings ppo = read(() -> PpoSettings.from(config));
    PpoOptimizerFactory optimizers = new PpoOptimizerFactory(ppo, NetworkShape.ofScaler());
    return new TrainSetup(
        order,
        new LocalTraining.Setup(
            plan,
            order.budget(),
            ppo,
            optimizers,
            ScenarioFiles.environments(order.scenarios()),
            System::nanoTime),
        optimizers,
        read(() -> LearnerSettings.from(config)).checkpointInterval());
  }

  private static Config config(Map<String, Object> flags) {
    return NodeSettings.load(Path.of(System.getProperty("kiss.home", ".")), flags);
  }

  private interface Reader<T> {
    T read();
  }

  private static <T> T read(Reader<T> reader) {
    try {
      return reader.read();
    } catch (ConfigException | IllegalArgumentException e) {
      throw new BootFailure("the configuration cannot be used: " + e.getMessage(), e);
    }
  }

  /**
   * A file in the run's own folder is the folder's affair. Nothing is made yet: of folders that are
   * missing, the first that is there tells.
   */
  private static void requireWritable(String flag, Path file, Path folder) {
    Path parent = file.getParent();
    if (parent.equals(folder.toAbsolutePath().normalize())) {
      return;
    }
    Path there = parent;
    while (!Files.exists(there)) {
      there = there.getParent();
    }
    try {
      // Asking is not enough: a read-only mount answers only to a write.
      Files.delete(Files.createTempFile(there, ".kiss", ".probe"));
    } catch (IOException | SecurityException e) {
      throw new UnusableFileException(
          flag + ": " + parent + " cannot be written to; choose another folder", e);
    }
  }

  /** Makes the folders that the files go to. */
  void makeFolders() throws IOException {
    for (Path file : List.of(order.out(), order.metrics(), order.plot())) {
      Files.createDirectories(file.getParent());
    }
  }

  /** Opens the metrics, keeping what iterations up to this one wrote. */
  MetricsFile openMetrics(long iteration) {
    try {
      return MetricsFile.open(order.metrics(), iteration);
    } catch (IOException e) {
      throw new UnusableFileException(
          "--metrics: " + order.metrics() + " cannot be written: " + e.getMessage(), e);
    }
  }

  /** What is about to happen. */
  String announcement(Optional<Checkpoint> found) {
    String workers =
        training.plan().workers() == 1 ? "1 worker" : training.plan().workers() + " workers";
    String with =
        "%s, %s on %s, seed %d"
            .formatted(workers, order.engine(), optimizers.deviceName(), training.plan().seed());
    return found
        .map(
            checkpoint ->
                String.format(
                    Locale.ROOT,
                    "Going on with %s, %,d steps and %.0f s in, to %s: %s",
                    order.run(),
                    checkpoint.state().environmentSteps(),
                    checkpoint.state().seconds(),
                    describe(order.budget()),
                    with))
        .orElseGet(() -> "Training a policy for " + describe(order.budget()) + ": " + with);
  }

  private static String describe(TrainingBudget budget) {
    return budget.limitsSteps()
        ? String.format(Locale.ROOT, "%,d steps", budget.environmentSteps())
        : String.format(Locale.ROOT, "%,.0f s", budget.seconds());
  }

  /** Training's settings for people, without those that may differ from machine to machine. */
  String settings() {
    return training.settings().toString().replaceFirst("engine=[^,]*, device=[^,]*, ", "")
        + ", "
        + training.plan();
  }

  /** What a run is called whose policy goes to this file. */
  static String stem(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }

  private static Path absolute(Path file) {
    return file.toAbsolutePath().normalize();
  }

  private static List<Path> absolute(List<Path> files) {
    return files.stream().map(TrainSetup::absolute).toList();
  }
}
