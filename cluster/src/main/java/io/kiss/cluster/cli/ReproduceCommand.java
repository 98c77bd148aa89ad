package io.kiss.cluster.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.kiss.cluster.NodeSettings;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.reproduce.Client;
import io.kiss.cluster.reproduce.OwnRecipe;
import io.kiss.cluster.reproduce.Study;
import io.kiss.cluster.reproduce.StudySettings;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.file.UnusableFileException;
import io.kiss.kisim.paper.PaperSetup;
import io.kiss.kisim.scenario.ProfileFile;
import io.kiss.kisim.scenario.ScenarioException;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.RolloutSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./kiss reproduce}: reads and checks its flags. */
@Command(
    name = "reproduce",
    description = {
      "Does the KIS-S paper's study (arXiv 2507.07932) again on KISim, and prints claim beside"
          + " result. The same command gives the same bytes on the same engine."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss reproduce                         a few minutes",
      "  kiss reproduce --long-factor 200       with much longer training",
      "  kiss reproduce --client paper          on the paper's own load generator",
      "  kiss reproduce --policy policy.kiss    KIScaler with a policy of kiss train",
      "  kiss reproduce --json > study.json     for programs"
    })
public final class ReproduceCommand implements Callable<Integer> {
  private static final int MOST_EPISODES = 1_000_000;
  private static final int MOST_SEEDS = 1000;
  private static final int MOST_FACTOR = 10_000;
  private static final int MOST_JOBS = 1024;
  private static final String GPU_PROFILE = "mobilenet-rtx3090";
  private static final String CPU_PROFILE = "mobilenet-cpu";

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "reproduction",
      description = "Folder of the page and the data (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "10",
      description = "Agents trained as the paper did (default: ${DEFAULT-VALUE}).")
  private int seeds;

  @Option(
      names = "--episodes",
      paramLabel = "N",
      defaultValue = "100",
      description = "Episodes each of them is trained for (default: ${DEFAULT-VALUE}).")
  private int episodes;

  @Option(
      names = "--long-factor",
      paramLabel = "N",
      defaultValue = "40",
      description =
          "Beside them, agents trained for N times as many; 0 for none (default:"
              + " ${DEFAULT-VALUE}).")
  private int longFactor;

  @Option(
      names = "--long-seeds",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many of those (default: ${DEFAULT-VALUE}).")
  private int longSeeds;

  @Option(
      names = "--plays",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "Episodes of each pattern that everybody plays afterwards (default: ${DEFAULT-VALUE}).")
  private int plays;

  @Option(
      names = "--client",
      paramLabel = "unlimited|paper",
      defaultValue = "unlimited",
      description =
          "Load generator: one without limit, or the paper's, which saturates at 14 tasks a second"
              + " (default: ${DEFAULT-VALUE}). The action check runs on both.")
  private Client client;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "KIScaler plays with this policy of kiss train.")
  private Path policy;

  @Option(
      names = "--policy-steps",
      paramLabel = "N",
      converter = TrainCommand.Count.class,
      description =
          "Without --policy: train one here, on so many steps of random Deployments; 0 leaves"
              + " KIScaler out (default: 2M).")
  private Long policySteps;

  @Mixin private EngineOptions engine;

  @Option(
      names = "--jobs",
      paramLabel = "N",
      description = "Threads; changes no result (default: one a core).")
  private Integer jobs;

  @Option(
      names = "--json",
      description = "Print reproduction.json instead of text; progress goes to standard error.")
  private boolean json;

  @Override
  public Integer call() {
    check();
    Study study;
    try {
      requireWritable();
      study = study();
    } catch (ScenarioException | UnusableFileException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    return new ReproduceJourney(
            study,
            out,
            jobs == null ? Runtime.getRuntime().availableProcessors() : jobs,
            json,
            spec.commandLine().getOut(),
            spec.commandLine().getErr())
        .run();
  }

  private void check() {
    requireIn("--seeds", seeds, 1, MOST_SEEDS);
    requireIn("--episodes", episodes, StudySettings.FEWEST_EPISODES, MOST_EPISODES);
    requireIn("--long-factor", longFactor, 0, MOST_FACTOR);
    requireIn("--long-seeds", longSeeds, 1, MOST_SEEDS);
    requireIn("--plays", plays, 2, MOST_SEEDS);
    requireIn("--jobs", jobs == null ? 1 : jobs, 1, MOST_JOBS);
    require(
        (long) longFactor * episodes <= MOST_EPISODES * 10L,
        "--long-factor times --episodes must be at most 10 million, not "
            + (long) longFactor * episodes);
    require(
        policy == null || policySteps == null,
        "--policy and --policy-steps: give one of them, not both");
    require(!out.toString().isBlank(), "--out must name a folder, but is empty");
  }

  private Study study() {
    Path home = Path.of(System.getProperty("kiss.home", "."));
    Config config = NodeSettings.load(home, engine.flags());
    try {
      PpoSettings product = PpoSettings.from(config);
      return new Study(
          command(),
          new StudySettings(
              episodes,
              seeds,
              longFactor,
              longSeeds,
              plays,
              client,
              policySteps == null ? 2_000_000 : policySteps),
          setup(home.resolve("conf").resolve("profiles").resolve("mobilenet.conf")),
          Study.settings(product.engine(), product.device()),
          new OwnRecipe(product, RolloutSettings.from(config)),
          Optional.ofNullable(policy).map(PolicyFile::read));
    } catch (ConfigException | IllegalArgumentException e) {
      throw new BootFailure("the configuration cannot be used: " + e.getMessage(), e);
    }
  }

  private static PaperSetup setup(Path file) {
    Map<String, ServiceModel> profiles = ProfileFile.read(file);
    ServiceModel gpu = profiles.get(GPU_PROFILE);
    ServiceModel cpu = profiles.get(CPU_PROFILE);
    if (gpu == null || cpu == null) {
      throw new ScenarioException(
          file + ": the study needs the profiles " + GPU_PROFILE + " and " + CPU_PROFILE);
    }
    return new PaperSetup(gpu, cpu, Client.UNLIMITED.settings());
  }

  /**
   * As typed, but for where and how it is told and how many threads it takes: no result changes.
   */
  private String command() {
    List<String> args = new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
    args.remove("reproduce");
    return CommandText.of("kiss reproduce", args);
  }

  private void requireWritable() {
    require(
        !Files.exists(out) || Files.isDirectory(out),
        "--out: " + out + " is a file; name a folder");
    Path at = out.toAbsolutePath();
    while (!Files.exists(at)) {
      at = at.getParent();
    }
    try {
      Files.delete(Files.createTempFile(at, ".kiss", ""));
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "--out: " + out + " cannot be written to; name another folder", e);
    }
  }

  private void requireIn(String flag, int value, int least, int most) {
    require(
        value >= least && value <= most,
        flag + " must be in " + least + ".." + most + ", not " + value);
  }

  private void require(boolean holds, String sentence) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), sentence);
    }
  }
}
