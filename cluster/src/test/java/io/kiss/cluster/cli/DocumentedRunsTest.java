package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Every command of README, docs and of what stands beside the files it speaks of is run: those that
 * take seconds here, in the order they stand in; the others where a table says, with files and
 * names of their own; or another says why not.
 */
class DocumentedRunsTest {
  private static final Path ROOT = Path.of("..");
  private static final String TESTS = "cluster/src/test/java/io/kiss/cluster/";
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(?:sh|bash)\\n(.*?)^```");

  /** Beginnings of the commands that are run here. */
  private static final List<String> HERE =
      List.of(
          "./kiss status",
          "./kiss training",
          "./kiss decisions local/demo",
          "./kiss decisions prod/llm --from",
          "./kiss replay",
          "./kiss shadows",
          "./kiss attach prod/llm --act",
          "./kiss attach prod/llm --no-act",
          "./kiss detach prod/llm",
          "./kiss simulate --scenario conf/",
          "./kiss simulate --list-autoscalers",
          "./kiss jobs",
          "./kiss policy list",
          "./kiss policy import",
          "./kiss policy pin",
          "./kiss policy export",
          "./kiss policy evaluate v2 --wait",
          "./kiss policy promote",
          "source <(./kiss completion",
          "curl -s http://127.0.0.1:8080/",
          "curl -s 'http://127.0.0.1:8080/",
          "curl -s -X POST http://127.0.0.1:8080/api/v1/training",
          "curl -s -X POST -H",
          "curl -X PATCH");

  private static final Set<String> ASK_A_NODE =
      Set.of(
          "status",
          "decisions",
          "jobs",
          "policy",
          "attach",
          "detach",
          "shadows",
          "replay",
          "training");

  /** Names that stand for the reader's own, and what is here instead. */
  private static final String[][] OWN = {
    {"prod/llm/chat", "local/demo/resnet50"},
    {"prod/llm", "local/demo"},
    {"prod/namespaces/llm", "local/namespaces/demo"},
    {"deployments/chat", "deployments/resnet50"}
  };

  /** Beginnings of the others, where they are run, and what stands there. */
  private static final Map<String, String[]> ELSEWHERE = elsewhere();

  /** Beginnings of what no machine runs, and why. */
  private static final Map<String, String> BY_HAND =
      Map.of(
          "docker-compose --profile observability", "wants Grafana's image from a registry",
          "docker-compose -f docker-compose.yml -f docker-compose.gpu.yml", "wants an NVIDIA GPU",
          "./mvnw spotless:apply", "changes sources; verify checks the same",
          "./mvnw verify -Pslow", "takes hours",
          "./mvnw verify -Ppytorch", "wants PyTorch's natives, 200 MB");

  @TempDir static Path folder;

  private static Map<String, String[]> elsewhere() {
    Map<String, String[]> where = new LinkedHashMap<>();
    put(where, "./kiss up", TESTS + "UpIT.java", "\"up\"");
    put(where, "./kiss up --namespace", TESTS + "live/LiveLoopIT.java", "\"--namespace\"");
    put(where, "./kiss up --policy", TESTS + "live/LiveLoopIT.java", "\"--policy\"");
    put(where, "./kiss train", TESTS + "TrainIT.java", "\"train\"");
    put(where, "./kiss ensemble", TESTS + "cli/EnsembleCommandTest.java", "\"ensemble\"");
    put(where, "./kiss distil", TESTS + "cli/DistilCommandTest.java", "\"distil\"");
    put(where, "KISS_AKKA_PORT=", TESTS + "RegistryKilledIT.java", "\"node\"");
    put(where, "./kiss attach", TESTS + "cli/LiveCommandsTest.java", "\"attach\"");
    put(where, "./kiss detach", TESTS + "cli/LiveCommandsTest.java", "\"detach\"");
    put(where, "./kiss decisions prod/llm", TESTS + "cli/LiveCommandsTest.java", "\"decisions\"");
    put(where, "./kiss evaluate", TESTS + "cli/EvaluateCommandTest.java", "\"evaluate\"");
    put(where, "./kiss reproduce", TESTS + "cli/ReproduceCommandTest.java", "\"reproduce\"");
    put(
        where,
        "./kiss policy evaluate",
        TESTS + "cli/PolicyEvaluateCommandTest.java",
        "\"evaluate\"");
    put(where, "curl -s -X POST", TESTS + "http/ContractTest.java", "/promote");
    put(where, "./kiss policy rollback", TESTS + "http/ContractTest.java", "/rollback");
    put(where, "curl -N", TESTS + "http/AdminApiTest.java", "/decisions/events");
    put(where, "conf/compose/make-environment", ".ci/compose-smoke", "make-environment");
    put(where, "kubectl", TESTS + "deploy/DocumentedKubectlTest.java", "kubectl create");
    put(where, "docker-compose", ".ci/compose-smoke", "up -d");
    put(where, "./mvnw", ".ci/run", "./mvnw -B -ntp verify");
    return where;
  }

  private static void put(Map<String, String[]> where, String begin, String file, String text) {
    where.put(begin, new String[] {file, text});
  }

  /** README first, since others go on with what it has made. */
  private static List<Path> texts() throws IOException {
    List<Path> texts = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    for (String folder : List.of("docs", "conf", "kisim", "actors", "rollout-workers", "learner")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(folder), 3)) {
        files
            .filter(file -> file.toString().endsWith(".md"))
            .filter(file -> !file.toString().contains("target"))
            .sorted()
            .forEach(texts::add);
      }
    }
    return texts;
  }

  private static List<String> commands() throws IOException {
    List<String> commands = new ArrayList<>();
    for (Path text : texts()) {
      BLOCK
          .matcher(Files.readString(text))
          .results()
          .flatMap(block -> block.group(1).replace("\\\n", " ").lines())
          .map(line -> line.replaceFirst("\\s+#.*", "").strip().replaceAll("\\s+", " "))
          .filter(line -> !line.isEmpty() && !line.matches("export .*|for .* do|done"))
          .forEach(commands::add);
    }
    return commands;
  }

  private static Optional<String> longest(Stream<String> beginnings, String command) {
    return beginnings.filter(command::startsWith).max(Comparator.comparingInt(String::length));
  }

  /** Whether it is run here; where two tables have it, the longer beginning says. */
  private static boolean isRunHere(String command) {
    int here = longest(HERE.stream(), command).map(String::length).orElse(-1);
    int there = longest(ELSEWHERE.keySet().stream(), command).map(String::length).orElse(-1);
    assertThat(Math.max(here, there)).as("nobody runs " + command).isPositive();
    return here > there;
  }

  @Test
  void everyCommandIsRunHereOrWhereTheTableSays() throws IOException {
    assertThat(commands()).hasSizeGreaterThan(75);
    for (String command : commands()) {
      if (!isRunHere(command) && longest(BY_HAND.keySet().stream(), command).isEmpty()) {
        String[] where = ELSEWHERE.get(longest(ELSEWHERE.keySet().stream(), command).orElseThrow());
        assertThat(ROOT.resolve(where[0])).as(command).content().contains(where[1]);
      }
    }
  }

  @Test
  void whatTakesSecondsWorksAsItStands() throws IOException {
    try (Node node = NodeFixture.boot(folder.resolve("data"))) {
      attach(node);
      int done = 0;
      for (String command : commands()) {
        if (isRunHere(command)) {
          assertThat(run(node, command)).as(command).isEmpty();
          done++;
        }
        if (command.startsWith("./kiss detach")) {
          attach(node);
        }
      }
      assertThat(done).isGreaterThan(30);
    }
  }

  /** The orders that a command's comment shows, under the names that the command gives them. */
  @BeforeAll
  static void writeOrders() throws IOException {
    List<MatchResult> orders =
        Pattern.compile("(?m)^\\./kiss jobs \\w+ (\\w+\\.json) +#[^{\\n]*(\\{.*\\})$")
            .matcher(Files.readString(ROOT.resolve("README.md")))
            .results()
            .toList();
    assertThat(orders).hasSize(2);
    for (MatchResult order : orders) {
      Files.writeString(folder.resolve(order.group(1)), order.group(2));
    }
  }

  private static void attach(Node node) {
    String demo = "/api/v1/clusters/local/namespaces/demo";
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> run(node, "./kiss attach local/demo").isEmpty());
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> NodeFixture.call(node, "GET", demo + "/decisions", "").body().contains("resnet"));
  }

  /** What went wrong, if anything did. */
  private static Optional<String> run(Node node, String documented) {
    String command = documented;
    for (String[] own : OWN) {
      command = command.replace(own[0], own[1]);
    }
    if (command.startsWith("curl")) {
      return ask(node, command);
    }
    String words = command.replaceFirst(" [|>].*", "").replaceAll("source <\\(|\\)", "");
    List<String> args = new ArrayList<>();
    for (String word : words.replaceFirst("^\\./kiss ", "").split(" ")) {
      args.add(
          word.equals("kiscaler:policy.kiss")
              ? "kiscaler:../conf/policies/kiscaler.kiss"
              : word.matches("(kiscaler:)?conf/.*")
                  ? word.replaceFirst("conf/", "../conf/")
                  : word.equals("policy.kiss")
                      ? "../conf/policies/kiscaler.kiss"
                      : word.matches("(result|simulation|evaluation)\\.json|steps\\.csv|v2\\.kiss")
                          ? folder.resolve(word).toString()
                          : word);
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    if (ASK_A_NODE.contains(args.get(0))) {
      args.addAll(List.of("--url", node.url()));
    }
    int code = line.execute(args.toArray(String[]::new));
    return code == 0 ? Optional.empty() : Optional.of("exit code " + code + ": " + err);
  }

  private static Optional<String> ask(Node node, String curl) {
    String path = curl.replaceFirst(".*127\\.0\\.0\\.1:8080", "").replace("'", "");
    String method = part(curl, "-X (\\w+)", "GET");
    int status = NodeFixture.call(node, method, path, part(curl, "-d '([^']*)'", "")).statusCode();
    return status == 200 || status == 202 ? Optional.empty() : Optional.of("status " + status);
  }

  private static String part(String command, String pattern, String otherwise) {
    Matcher found = Pattern.compile(pattern).matcher(command);
    return found.find() ? found.group(1) : otherwise;
  }
}
