package io.kiss.cluster.reproduce;

import io.kiss.cluster.reproduce.StudyResult.Cell;
import io.kiss.cluster.reproduce.StudyResult.Constant;
import io.kiss.cluster.reproduce.StudyResult.Player;
import io.kiss.cluster.reproduce.StudyResult.Training;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.evaluate.Interval;
import io.kiss.kisim.paper.PaperPattern;
import io.kiss.kisim.paper.PaperPlayer;
import io.kiss.kisim.paper.PaperRun;
import io.kiss.kisim.paper.PaperSetup;
import io.kiss.kisim.paper.ReleasedConstants;
import io.kiss.learner.ppo.PpoSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.DoubleConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The paper's study: do actions matter, does training help, how does the agent fare beside HPA,
 * fixed replicas and KIScaler. The same settings give the same result, on any number of threads.
 */
public final class Study {
  /** Steps that wait before the released code updates: as many as its minibatch. */
  private static final int RELEASED_UPDATE = 64;

  /** Steps of the buffer that the paper states. */
  private static final int STATED_BUFFER = 2048;

  /** Players that nobody trained. */
  private static final int BASELINES = 8;

  private static final int LONG_ENVIRONMENTS = 8;
  private static final int WINDOWS = 5;
  private static final int CURVE_POINTS = 25;

  /** Seeds of what is played are far from those of training. */
  private static final long PLAY_SEED = 1_000_000;

  /** Environment steps of KIScaler's training that take as long as an episode here. */
  private static final double STEPS_PER_EPISODE = 500;

  private final String command;
  private final StudySettings settings;
  private final PaperSetup setup;
  private final PpoSettings ppo;
  private final OwnRecipe recipe;
  private final Optional<PolicyFile> policy;
  private Work work;

  /**
   * Makes ready.
   *
   * @param command that asks for it
   * @param setup whose client is replaced by the one of the settings
   * @param ppo engine and device of the paper's agent, see {@link #settings}
   * @param recipe how KIScaler is trained where no policy is given
   * @param policy what KIScaler plays with
   */
  public Study(
      String command,
      StudySettings settings,
      PaperSetup setup,
      PpoSettings ppo,
      OwnRecipe recipe,
      Optional<PolicyFile> policy) {
    this.command = command;
    this.settings = settings;
    this.setup = setup.with(settings.client().settings());
    this.ppo = ppo;
    this.recipe = recipe;
    this.policy = policy;
  }

  /** The paper's settings of PPO on a DJL engine and device. */
  public static PpoSettings settings(String engine, String device) {
    return PaperAgent.settings(engine, device);
  }

  /**
   * Does it.
   *
   * @param jobs threads; they change no result
   * @param progress is told the share that is done
   * @throws InterruptedException if interrupted; nothing goes on running
   */
  public StudyReport run(int jobs, DoubleConsumer progress) throws InterruptedException {
    try (Work hired = new Work(jobs, episodes(), progress)) {
      work = hired;
      Optional<PolicySnapshot> own = kiscaler();
      List<ActionCheck.Outcome> checks = checks();
      List<Training> trainings = new ArrayList<>();
      PaperAgent.Plan released = new PaperAgent.Plan(1, RELEASED_UPDATE, settings.episodes());
      List<PaperAgent> paper = train(released, settings.seeds());
      trainings.add(
          training(
              "as released",
              "an update after the episode that completes 64 steps, as its code does",
              released,
              paper));
      PaperAgent.Plan stated = new PaperAgent.Plan(1, STATED_BUFFER, settings.episodes());
      trainings.add(
          training(
              "as stated",
              "an update whenever a buffer of 2048 steps is full, as the paper has it",
              stated,
              train(stated, settings.seeds())));
      List<PaperAgent> longer = List.of();
      if (settings.longFactor() > 0) {
        PaperAgent.Plan plan = longPlan();
        longer = train(plan, settings.longSeeds());
        trainings.add(
            training(
                settings.longFactor() + " x the episodes",
                "a buffer of 2048 steps, given data to fill it",
                plan,
                longer));
      }
      return new StudyReport(
          new StudyResult(
              command,
              settings,
              constants(),
              checks,
              trainings,
              play(Entrants.of(setup, paper, longer, own)),
              aboutKiscaler()));
    }
  }

  private PaperAgent.Plan longPlan() {
    return new PaperAgent.Plan(
        LONG_ENVIRONMENTS, STATED_BUFFER, settings.longFactor() * settings.episodes());
  }

  /** Worth of everything, in episodes. */
  private double episodes() {
    double rules = ActionCheck.rules().size() * Client.values().length;
    double players =
        BASELINES
            + settings.seeds()
            + (settings.longFactor() > 0 ? settings.longSeeds() : 0)
            + (policy.isPresent() || settings.policySteps() > 0 ? 1 : 0);
    return (policy.isPresent() ? 0 : settings.policySteps() / STEPS_PER_EPISODE)
        + PaperPattern.values().length * settings.plays() * (rules + players)
        + 2.0 * settings.seeds() * settings.episodes() // as released and as stated
        + (settings.longFactor() > 0 ? (double) settings.longSeeds() * longPlan().played() : 0);
  }

  private Optional<PolicySnapshot> kiscaler() throws InterruptedException {
    if (policy.isPresent()) {
      return policy.map(PolicyFile::policy);
    }
    if (settings.policySteps() == 0) {
      return Optional.empty();
    }
    double worth = settings.policySteps() / STEPS_PER_EPISODE;
    double[] before = new double[1];
    return Optional.of(
        recipe.train(
            settings.policySteps(),
            share -> {
              work.done(worth * (share - before[0]));
              before[0] = share;
            }));
  }

  private String aboutKiscaler() {
    return policy
        .map(
            file ->
                "policy "
                    + file.provenance().run()
                    + ", sha256 "
                    + file.policy().sha256().substring(0, 12))
        .orElse(
            settings.policySteps() == 0
                ? "did not play: --policy-steps 0 trains none, and no --policy FILE names one"
                : String.format(
                    java.util.Locale.ROOT,
                    "trained for this study on %,d steps of random Deployments",
                    settings.policySteps()));
  }

  private static List<Constant> constants() {
    return Arrays.stream(PaperPattern.values())
        .map(
            pattern ->
                new Constant(
                    pattern,
                    ReleasedConstants.episodeReward(pattern),
                    ReleasedConstants.plotted(pattern)))
        .toList();
  }

  private List<ActionCheck.Outcome> checks() throws InterruptedException {
    List<ActionCheck.Outcome> outcomes = new ArrayList<>();
    for (Client client : Client.values()) {
      PaperSetup with = setup.with(client.settings());
      for (PaperPattern pattern : PaperPattern.values()) {
        Map<String, List<PaperRun>> runs = new LinkedHashMap<>();
        for (Map.Entry<String, PaperPlayer> rule : ActionCheck.rules().entrySet()) {
          runs.put(rule.getKey(), playAll(with, rule.getValue(), pattern));
        }
        outcomes.add(ActionCheck.of(client, pattern, runs));
      }
    }
    return outcomes;
  }

  private List<PaperRun> playAll(PaperSetup with, PaperPlayer player, PaperPattern pattern)
      throws InterruptedException {
    List<Callable<PaperRun>> tasks = new ArrayList<>();
    for (int play = 0; play < settings.plays(); play++) {
      long seed = PLAY_SEED + play;
      tasks.add(
          () -> {
            PaperRun run = player.play(with, pattern, seed);
            work.done(1);
            return run;
          });
    }
    return work.all(tasks);
  }

  private List<PaperAgent> train(PaperAgent.Plan plan, int seeds) throws InterruptedException {
    List<Callable<PaperAgent>> tasks = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      long each = seed;
      tasks.add(() -> PaperAgent.train(setup, ppo, plan, each, played -> work.done(played)));
    }
    return work.all(tasks);
  }

  private Training training(
      String key, String about, PaperAgent.Plan plan, List<PaperAgent> agents) {
    int window = window(Math.min(plan.played(), settings.episodes()));
    // At the end of a long training more episodes say more; at its start the first ones count.
    int lastWindow = window(plan.played());
    double[] first = agents.stream().mapToDouble(agent -> agent.first(window)).toArray();
    double[] last = agents.stream().mapToDouble(agent -> agent.last(lastWindow)).toArray();
    return new Training(
        key,
        about,
        agents.size(),
        plan.played(),
        plan.played() * PaperSetup.STEPS,
        agents.get(0).updates(),
        window,
        overAgents(first),
        overAgents(last),
        Resampling.gain(first, last),
        curve(agents));
  }

  /** A fifth of the episodes, so cut that every pattern is in it as often. */
  private static int window(int episodes) {
    int patterns = PaperPattern.values().length;
    return Math.max(1, episodes / WINDOWS / patterns) * patterns;
  }

  private static Interval overAgents(double[] figures) {
    double[][] episodes = {figures};
    return Resampling.mean(episodes);
  }

  private static double[][] curve(List<PaperAgent> agents) {
    int episodes = agents.get(0).returns().length;
    int points = Math.min(CURVE_POINTS, episodes / PaperPattern.values().length);
    double[][] curve = new double[points][];
    for (int point = 0; point < points; point++) {
      int from = (int) ((long) episodes * point / points);
      int to = (int) ((long) episodes * (point + 1) / points);
      double[] means =
          agents.stream()
              .mapToDouble(
                  agent -> Arrays.stream(agent.returns(), from, to).average().orElse(Double.NaN))
              .sorted()
              .toArray();
      curve[point] =
          new double[] {
            Arrays.stream(means).average().orElse(Double.NaN), means[0], means[means.length - 1]
          };
    }
    return curve;
  }

  private List<Player> play(List<Entrants> entrants) throws InterruptedException {
    Map<String, List<List<List<PaperRun>>>> runs = new LinkedHashMap<>();
    for (Entrants each : entrants) {
      List<List<List<PaperRun>>> byPattern = new ArrayList<>();
      for (PaperPattern pattern : PaperPattern.values()) {
        List<List<PaperRun>> byAgent = new ArrayList<>();
        for (PaperPlayer player : each.players()) {
          byAgent.add(playAll(setup, player, pattern));
        }
        byPattern.add(byAgent);
      }
      runs.put(each.key(), byPattern);
    }
    List<List<List<PaperRun>>> cpuOnly = runs.get(Entrants.CPU_ONLY);
    return entrants.stream()
        .map(
            each ->
                new Player(
                    each.key(),
                    each.about(),
                    IntStream.range(0, cpuOnly.size())
                        .mapToObj(p -> cell(runs.get(each.key()).get(p), cpuOnly.get(p)))
                        .toList()))
        .toList();
  }

  private static Cell cell(List<List<PaperRun>> byAgent, List<List<PaperRun>> cpuOnly) {
    double[][] p95 = figures(byAgent, PaperRun::p95Ms);
    return new Cell(
        byAgent.get(0).get(0).pattern(),
        Resampling.mean(figures(byAgent, PaperRun::reward)),
        Resampling.mean(p95),
        Resampling.ratio(figures(cpuOnly, PaperRun::p95Ms), p95),
        mean(byAgent, PaperRun::throughput),
        mean(byAgent, PaperRun::unanswered),
        mean(byAgent, PaperRun::gpuHours),
        mean(byAgent, PaperRun::cpuPodHours));
  }

  private static double[][] figures(
      List<List<PaperRun>> byAgent, ToDoubleFunction<PaperRun> figure) {
    return byAgent.stream()
        .map(runs -> runs.stream().mapToDouble(figure).toArray())
        .toArray(double[][]::new);
  }

  private static double mean(List<List<PaperRun>> byAgent, ToDoubleFunction<PaperRun> figure) {
    return byAgent.stream().flatMap(List::stream).mapToDouble(figure).average().orElse(Double.NaN);
  }
}
