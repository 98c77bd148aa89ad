package io.kiss.cluster.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import io.kiss.cluster.NodeSettings;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.boot.BuildInfo;
import io.kiss.cluster.train.Distillation;
import io.kiss.cluster.train.ScenarioFiles;
import io.kiss.cluster.train.TrainingPlan;
import io.kiss.kisim.autoscale.PolicyEnsemble;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicyFile.Provenance;
import io.kiss.kisim.file.UnusableFileException;
import io.kiss.kisim.text.Json;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.RolloutSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./kiss distil}: several trained policies as one network of the usual size. */
@Command(
    name = "distil",
    description = {
      "Teach one network of the usual size to choose as trained policies do together, in the states"
          + " of KISim. It decides as fast as one of them, and nearly as well as all. The same seed"
          + " and flags give the same policy."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  for s in 1 2 3; do kiss train --out $s.kiss --seed $s; done",
      "  kiss distil --out policy.kiss 1.kiss 2.kiss 3.kiss"
    })
public final class DistilCommand implements Callable<Integer> {
  private static final int MOST_WORKERS = 1024;

  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "Policy file to write; the log goes to FILE.run.")
  private Path out;

  @Option(
      names = "--states",
      paramLabel = "N",
      defaultValue = "12M",
      converter = TrainCommand.Count.class,
      description = "States to learn from, such as 500k or 12M (default: ${DEFAULT-VALUE}).")
  private long states;

  @Mixin private EngineOptions engine;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "Threads that simulate (default: one a core).")
  private Integer workers;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Everything random comes from it (default: kiss.learner.seed).")
  private Long seed;

  @Option(names = "--force", description = "Overwrite FILE where it is there already.")
  private boolean force;

  @Option(names = "--json", description = "Say what was made as one JSON object instead of text.")
  private boolean json;

  @Parameters(
      arity = "1..*",
      paramLabel = "POLICY",
      description = "Policy files of kiss train or kiss ensemble, the teachers.")
  private List<Path> teachers;

  @Override
  public Integer call() {
    require(states > 0, "--states must be above 0, not " + states);
    require(
        workers == null || workers >= 1 && workers <= MOST_WORKERS,
        "--workers must be in 1.." + MOST_WORKERS + ", not " + workers);
    Map<String, Object> flags = engine.flags();
    List<PolicyFile> read = new ArrayList<>();
    PolicyFile together;
    try {
      new OutputFile("--out", out).requirePolicy(force);
      for (Path teacher : teachers) {
        read.add(PolicyFile.read(teacher));
        read.get(read.size() - 1).policy().requireCompatible();
      }
      together = PolicyEnsemble.ofFiles(read, Instant.now());
    } catch (UnusableFileException | IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
    Distillation.Setup setup = setup(flags);
    long began = System.nanoTime();
    Distillation.Result result = distil(setup, read);
    double seconds = (System.nanoTime() - began) / 1e9;
    PolicyFile file =
        new PolicyFile(result.policy(), provenance(setup, result, together.provenance(), seconds));
    try {
      file.write(out);
    } catch (IOException e) {
      throw new BootFailure(out + " could not be written: " + e.getMessage(), e);
    }
    PrintWriter to = spec.commandLine().getOut();
    to.println(json ? asJson(file, result) : asText(file, result, seconds));
    to.flush();
    return CommandLine.ExitCode.OK;
  }

  private void require(boolean holds, String sentence) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), sentence);
    }
  }

  private Distillation.Setup setup(Map<String, Object> flags) {
    if (System.getProperty("kiss.logs") == null) {
      // As of kiss train; before the first logger is asked for.
      Path folder = TrainOptions.beside(out.toAbsolutePath().normalize());
      System.setProperty("kiss.logs", folder.resolve("logs").toString());
    }
    try {
      Config config = NodeSettings.load(Path.of(System.getProperty("kiss.home", ".")), flags);
      RolloutSettings rollout = RolloutSettings.from(config);
      TrainingPlan plan =
          new TrainingPlan(
              seed == null ? config.getLong("kiss.learner.seed") : seed,
              workers == null ? Runtime.getRuntime().availableProcessors() : workers,
              rollout.environmentsPerWorker(),
              rollout.stepsPerSegment());
      return new Distillation.Setup(
          plan, states, PpoSettings.from(config), ScenarioFiles.environments(List.of()));
    } catch (ConfigException | IllegalArgumentException e) {
      throw new BootFailure("the configuration cannot be used: " + e.getMessage(), e);
    }
  }

  private Distillation.Result distil(Distillation.Setup setup, List<PolicyFile> read) {
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter people = json ? err : spec.commandLine().getOut();
    people.println(
        String.format(
            Locale.ROOT,
            "Teaching a network of %s what %d %s, over %,d states: %d workers, %s, seed %d",
            setup.settings().hidden(),
            read.size(),
            read.size() == 1 ? "policy does" : "policies do together",
            states,
            setup.plan().workers(),
            setup.settings().engine(),
            setup.plan().seed()));
    people.flush();
    WorkBar bar = new WorkBar(Terminal.system(json), people, System::nanoTime);
    try {
      return Distillation.run(setup, read.stream().map(PolicyFile::policy).toList(), bar::update);
    } catch (IllegalStateException e) {
      throw new BootFailure(e.getMessage(), e);
    } finally {
      bar.leave();
    }
  }

  private Provenance provenance(
      Distillation.Setup setup, Distillation.Result result, Provenance teachers, double seconds) {
    return new Provenance(
        TrainSetup.stem(out),
        setup.plan().seed(),
        result.batches(),
        teachers.environmentSteps() + result.states(),
        teachers.seconds() + seconds,
        setup.settings().engine() + " on " + result.device(),
        BuildInfo.commit(),
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        String.format(
            Locale.ROOT,
            "distilled over %d states by %s, %s, to a KL divergence of %.4f nats a state, from the %s",
            result.states(),
            setup.plan(),
            setup.settings(),
            result.divergence(),
            teachers.settings()));
  }

  private String asText(PolicyFile file, Distillation.Result result, double seconds) {
    return String.format(
        Locale.ROOT,
        "%s: %,d states in %.0f s, %.4f nats a state from %s, sha256 %s%nTry it: kiss up --policy %s",
        out,
        result.states(),
        seconds,
        result.divergence(),
        teachers.size() == 1 ? "its teacher" : "its " + teachers.size() + " teachers",
        file.policy().sha256().substring(0, 12),
        out);
  }

  private String asJson(PolicyFile file, Distillation.Result result) {
    Provenance from = file.provenance();
    Json object = new Json();
    object.open("");
    object.put("policy", out.toString());
    object.put("sha256", file.policy().sha256());
    object.put("teachers", teachers.size());
    object.put("states", result.states());
    object.put("divergence", result.divergence());
    object.put("run", from.run());
    object.put("seed", from.seed());
    object.put("environmentSteps", from.environmentSteps());
    object.put("seconds", from.seconds());
    object.put("engine", from.engine());
    object.put("commit", from.commit());
    object.put("created", from.created().toString());
    object.close();
    return object.toString();
  }
}
