package io.kiss.cluster.reproduce;

import io.kiss.cluster.reproduce.StudyResult.Cell;
import io.kiss.cluster.reproduce.StudyResult.Player;
import io.kiss.cluster.reproduce.StudyResult.Training;
import io.kiss.kisim.evaluate.Interval;
import io.kiss.kisim.paper.PaperPattern;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** What a study found, in sections of sentences and tables; terminal and page show the same. */
public final class StudyText {
  private static final PaperPattern[] PATTERNS = PaperPattern.values();

  /**
   * A part.
   *
   * @param title of it
   * @param sentences before the table
   * @param header of the table; empty without one
   * @param rows of the table
   */
  public record Section(
      String title, List<String> sentences, List<String> header, List<List<String>> rows) {}

  private final StudyResult result;
  private final boolean wide;

  /**
   * Text of a result.
   *
   * @param wide whether there is room for intervals in tables of many columns
   */
  StudyText(StudyResult result, boolean wide) {
    this.result = result;
    this.wide = wide;
  }

  List<Section> sections() {
    return List.of(checks(), constants(), trainings(), latencies(), rewards(), costs(), differs());
  }

  /** The claims, each with its result, for the head. */
  List<List<String>> claims() {
    Training paper = result.trainings().get(0);
    Cell best = fastest(result.player(Entrants.PAPER).orElseThrow());
    return List.of(
        List.of("average reward over training", "+75.2%", Say.gain(paper.gain())),
        List.of(
            "p95 against CPU-only, up to",
            "6.7x lower",
            Say.interval(best.faster(), 1) + "x on " + best.pattern().label()),
        List.of(
            "four patterns without retraining",
            "generalises",
            "highest reward on " + won(Entrants.PAPER) + " of 4"));
  }

  private static Cell fastest(Player player) {
    return player.cells().stream()
        .max(Comparator.comparingDouble(cell -> cell.faster().estimate()))
        .orElseThrow();
  }

  /** Patterns on which a player's reward is above that of every other, agents apart. */
  private int won(String key) {
    Player player = result.player(key).orElseThrow();
    int won = 0;
    for (PaperPattern pattern : PATTERNS) {
      double reward = player.on(pattern).reward().estimate();
      won +=
          result.players().stream()
                  .filter(other -> !isAgent(other.key()))
                  .allMatch(other -> reward > other.on(pattern).reward().estimate())
              ? 1
              : 0;
    }
    return won;
  }

  private static boolean isAgent(String key) {
    return key.equals(Entrants.PAPER) || key.equals(Entrants.LONG);
  }

  private Section checks() {
    List<List<String>> rows = new ArrayList<>();
    for (ActionCheck.Outcome check : result.checks()) {
      rows.add(
          List.of(
              check.client().label(),
              check.pattern().label(),
              Say.fixed(check.least(), 2),
              Say.fixed(check.most(), 2),
              Say.chance(check.p()),
              Say.percent(check.measuredShare())));
    }
    long depending = result.checks().stream().filter(ActionCheck.Outcome::depends).count();
    List<String> sentences = new ArrayList<>();
    sentences.add(
        result.checks().get(0).rules().size()
            + " rules of choosing ("
            + String.join("; ", result.checks().get(0).rules())
            + ") play the same "
            + result.settings().plays()
            + " episodes of each pattern. The reward depends on the actions in "
            + depending
            + " of "
            + result.checks().size()
            + " cases (permutation test, p < 0.01).");
    for (Client client : Client.values()) {
      sentences.add(
          "With "
              + client.about()
              + ", "
              + Say.percent(measured(client))
              + " of the spread between the rules comes from what is measured (latency,"
              + " throughput, busy CPUs), the rest from counting replicas (mean of the patterns).");
    }
    return new Section(
        "1. Does the reward depend on the actions at all?",
        sentences,
        List.of("client", "pattern", "least", "most", "p", "measured"),
        rows);
  }

  private double measured(Client client) {
    return result.checks().stream()
        .filter(check -> check.client() == client)
        .mapToDouble(ActionCheck.Outcome::measuredShare)
        .average()
        .orElse(Double.NaN);
  }

  private Section constants() {
    return new Section(
        "2. What the released code's constants earn",
        List.of(
            "When its load generator does not answer, the released code takes 1000 ms and 5"
                + " requests/s for measurements. With 3 + 3 replicas and five steps the reward"
                + " formula then gives, whatever the agent does, the rewards that its plotting"
                + " script shows as results:"),
        List.of("pattern", "formula of constants", "released plot"),
        result.constants().stream()
            .map(
                each ->
                    List.of(
                        each.pattern().label(),
                        Say.fixed(each.formula(), 3),
                        Say.fixed(each.plotted(), 3)))
            .toList());
  }

  private Section trainings() {
    List<String> sentences = new ArrayList<>();
    Training stated = result.trainings().get(1);
    if (stated.updates() == 0) {
      sentences.add(
          stated.episodes()
              + " episodes are "
              + stated.steps()
              + " steps, less than one buffer of 2048: as stated, the policy is never updated. The"
              + " released code updates after the episode that completes 64 steps instead, "
              + times(result.trainings().get(0).updates())
              + " in all. Both are shown; what the one without updates shows is chance.");
    }
    sentences.add(
        "Gain: mean episode reward of the last episodes over that of the first "
            + result.trainings().get(0).window()
            + " (all patterns alike), 95 % bootstrap interval over agents. Claimed: +75.2%.");
    List<List<String>> rows = new ArrayList<>();
    for (Training training : result.trainings()) {
      rows.add(
          List.of(
              training.key(),
              String.valueOf(training.seeds()),
              String.valueOf(training.episodes()),
              String.valueOf(training.updates()),
              Say.fixed(training.first().estimate(), 2),
              Say.fixed(training.last().estimate(), 2),
              Say.gain(training.gain())));
    }
    return new Section(
        "3. Reward over training",
        sentences,
        List.of("training", "agents", "episodes", "updates", "first", "last", "gain"),
        rows);
  }

  private static String times(int count) {
    return count == 1 ? "once" : count + " times";
  }

  private Section latencies() {
    List<List<String>> rows = new ArrayList<>();
    for (Player player : result.players()) {
      List<String> row = new ArrayList<>(List.of(player.key()));
      for (PaperPattern pattern : PATTERNS) {
        Cell cell = player.on(pattern);
        row.add(Say.ms(cell.p95Ms().estimate()));
        row.add(Say.fixed(cell.faster().estimate(), 1) + "x");
      }
      rows.add(row);
    }
    List<String> header = new ArrayList<>(List.of("p95 ms"));
    for (PaperPattern pattern : PATTERNS) {
      header.add(pattern.label());
      header.add("");
    }
    List<String> sentences = new ArrayList<>();
    sentences.add(
        "As users see it, beside how many times lower it is than with 3 CPU replicas alone."
            + " Claimed: up to 6.7 times.");
    Cell gpu = fastest(result.player("gpu-fixed-1").orElseThrow());
    sentences.add(
        "One GPU replica that never scales is "
            + Say.interval(gpu.faster(), 1)
            + " times lower on "
            + gpu.pattern().label()
            + (gpu.faster().low() > 1.1
                ? ": the factor is the hardware's, not the agent's."
                : ": here users wait for their load generator, whatever serves them."));
    return new Section("4. p95 against CPU-only", sentences, header, rows);
  }

  private Section rewards() {
    List<List<String>> rows = new ArrayList<>();
    for (Player player : result.players()) {
      List<String> row = new ArrayList<>(List.of(player.key()));
      for (PaperPattern pattern : PATTERNS) {
        Interval reward = player.on(pattern).reward();
        row.add(wide ? Say.interval(reward, 2) : Say.fixed(reward.estimate(), 2));
      }
      rows.add(row);
    }
    List<String> header = new ArrayList<>(List.of("reward"));
    Arrays.stream(PATTERNS).map(PaperPattern::label).forEach(header::add);
    return new Section(
        "5. Four patterns without retraining",
        List.of(
            "The paper's reward of an episode"
                + (wide ? ", with 95 % intervals over agents and episodes" : "")
                + ". The agents take their likeliest choices. KIScaler "
                + kiscaler()
                + ".",
            "Who does best on each pattern earns "
                + Say.gain(most())
                + " over choices drawn at random: more there is hardly to gain by training."),
        header,
        rows);
  }

  /** What the best player of each pattern earns over random choices, over all patterns. */
  private double most() {
    Player random = result.player(Entrants.RANDOM).orElseThrow();
    double best = 0;
    double drawn = 0;
    for (PaperPattern pattern : PATTERNS) {
      best +=
          result.players().stream()
              .mapToDouble(player -> player.on(pattern).reward().estimate())
              .max()
              .orElseThrow();
      drawn += random.on(pattern).reward().estimate();
    }
    return best / drawn - 1;
  }

  private String kiscaler() {
    return result.player(Entrants.KISCALER).isPresent()
        ? "was not trained on this reward, service or traffic: " + result.kiscaler()
        : result.kiscaler();
  }

  private Section costs() {
    List<List<String>> rows = new ArrayList<>();
    for (Player player : result.players()) {
      double gpu = 0;
      double cpu = 0;
      double throughput = 0;
      double unanswered = 0;
      for (Cell cell : player.cells()) {
        gpu += cell.gpuHours() / PATTERNS.length;
        cpu += cell.cpuPodHours() / PATTERNS.length;
        throughput += cell.throughput() / PATTERNS.length;
        unanswered += cell.unanswered() / PATTERNS.length;
      }
      List<String> row =
          new ArrayList<>(
              List.of(
                  player.key(),
                  Say.fixed(60 * gpu, 1),
                  Say.fixed(60 * cpu, 1),
                  Say.fixed(throughput, 1),
                  Say.fixed(unanswered, 1)));
      if (wide) {
        row.add(player.about());
      }
      rows.add(row);
    }
    List<String> header =
        new ArrayList<>(List.of("took", "GPU min", "CPU-pod min", "answers/s", "unanswered"));
    if (wide) {
      header.add("who");
    }
    return new Section(
        "6. What it took",
        List.of("Means an episode of five minutes, over the patterns."),
        header,
        rows);
  }

  private Section differs() {
    return new Section(
        "7. Where this differs from the paper",
        List.of(
            "Every request is simulated, on " + result.settings().client().about() + ".",
            "GPUs are RTX 3090 by profile, one a pod; the paper had one RTX 3080 for all. CPU pods"
                + " have four cores each.",
            "Placement sends 80, 50 or 20 % of the requests to the GPU Deployment; the released"
                + " code notes the choice and does nothing with it.",
            "Actor and critic are two networks of 3 x 256 with tanh, observations and returns"
                + " normalised; the paper shares 3 x 256 ReLU and feeds raw figures.",
            "CPU % is that of the CPU pods' cores, memory % what CPU pods reserve; before an"
                + " episode's first step what is measured reads 0."),
        List.of(),
        List.of());
  }
}
