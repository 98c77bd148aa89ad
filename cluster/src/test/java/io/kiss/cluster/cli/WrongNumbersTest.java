package io.kiss.cluster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.cluster.http.ContractProxy;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Every number that a command takes: one that cannot be is wrong usage, in one sentence. */
class WrongNumbersTest {
  private static final String POLICY = Path.of("..", "conf/policies/kiscaler.kiss").toString();
  private static final Set<Class<?>> NUMBERS =
      Set.of(int.class, Integer.class, long.class, Long.class, double.class, Double.class);
  private static final String SCENARIO = "../conf/scenarios/mobilenet-cpu.conf";

  /** Numbers that a command line cannot be wrong about: any is a seed. */
  private static final Set<String> ANY =
      Set.of(
          "up --seed",
          "train --seed",
          "distil --seed",
          "simulate --seed",
          "policy evaluate --seed");

  /** The number, and a command line with one that cannot be in its place. */
  private static final Map<String, String> WRONG = wrong();

  @TempDir static Path data;
  private static Node node;
  private static ContractProxy proxy;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private static Map<String, String> wrong() {
    Map<String, String> wrong = new LinkedHashMap<>();
    wrong.put("up --train-seconds", "up --train-seconds 0");
    wrong.put("up --port", "up --port -1");
    wrong.put("up --workers", "up --workers 0");
    wrong.put("node --port", "node --port 65536");
    for (String each :
        "--slo-ms -1,--slo-ms NaN,--min-replicas 0,--max-replicas 0,--violation-price 0,--priority 1001,--gpu-budget -1,--tick-seconds 0"
            .split(",")) {
      wrong.put("attach " + each.split(" ", 2)[0], "attach local/demo " + each);
    }
    wrong.put("decisions --limit", "decisions local/demo --limit 0");
    wrong.put("policy evaluate --cases", "policy evaluate v1 --cases 0");
    wrong.put("training start --seconds", "training start --seconds 0");
    wrong.put("training start --steps", "training start --seconds 9 --steps 0");
    wrong.put("training workers N", "training workers 0");
    wrong.put("train --seconds", "train --out p.kiss --seconds 0");
    wrong.put("train --steps", "train --out p.kiss --steps 0");
    wrong.put("train --workers", "train --out p.kiss --workers 0");
    wrong.put("distil --states", "distil --out p.kiss --states 0 " + POLICY);
    wrong.put("distil --workers", "distil --out p.kiss --workers 0 " + POLICY);
    wrong.put(
        "simulate --trace-scale", "simulate --scenario " + SCENARIO + " --trace t --trace-scale 0");
    for (String each :
        "--peak-replicas 0,--slo-ms 0,--min-replicas 0,--max-replicas 0,--violation-price 0,--seeds 0,--jobs 0"
            .split(",")) {
      wrong.put("evaluate " + each.split(" ", 2)[0], "evaluate --traces t " + each);
    }
    wrong.put("calibrate --bound", "calibrate --offline t --bound 0");
    for (String each :
        "--seeds 0,--episodes 1,--long-factor -1,--long-seeds 0,--plays 1,--policy-steps -1,--jobs 0"
            .split(",")) {
      wrong.put("reproduce " + each.split(" ", 2)[0], "reproduce " + each);
    }
    return wrong;
  }

  @BeforeAll
  static void boot() throws IOException {
    node = NodeFixture.boot(data);
    proxy = ContractProxy.before(node.url());
    AdminClient client = AdminClient.of(node.url());
    await().atMost(Duration.ofSeconds(60)).until(() -> client.get("/api/v1/policies").isSuccess());
    assertThat(
            Main.execute("policy", "import", POLICY, "--id", "v1", "--url", proxy.url(), "--json"))
        .isZero();
  }

  @AfterAll
  static void stop() {
    proxy.close();
    node.close();
    assertThat(proxy.broken()).as("what the commands exchanged with the node").isEmpty();
    assertThat(proxy.methods()).contains("POST", "PUT");
  }

  private static void collect(CommandLine line, String name, Set<String> found) {
    for (ArgSpec argument : line.getCommandSpec().args()) {
      if (NUMBERS.contains(argument.type()) && !isOfAttach(name, argument)) {
        String its =
            argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
        found.add((name + " " + its).strip());
      }
    }
    line.getSubcommands()
        .forEach((sub, command) -> collect(command, (name + " " + sub).strip(), found));
  }

  /** {@code up} has the flags of {@code attach}, too, and asks its own node the same. */
  private static boolean isOfAttach(String name, ArgSpec argument) {
    return name.equals("up")
        && argument instanceof OptionSpec option
        && WRONG.containsKey("attach " + option.longestName());
  }

  @Test
  void everyNumberIsInTheTable() {
    Set<String> numbers = new TreeSet<>();
    collect(Main.commandLine(), "", numbers);
    Set<String> tested = new TreeSet<>(WRONG.keySet());
    tested.addAll(ANY);
    assertThat(numbers).hasSizeGreaterThan(30).isEqualTo(tested);
  }

  static Stream<String> commands() {
    return WRONG.values().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void whatCannotBeIsWrongUsage(String command) {
    String[] args = command.split(" ");
    CommandLine line = Main.commandLine();
    line.setErr(new PrintWriter(err));
    line.setOut(new PrintWriter(out));
    String[] all =
        talks(line, args)
            ? Stream.concat(Arrays.stream(args), Stream.of("--url", proxy.url()))
                .toArray(String[]::new)
            : args;
    assertThat(line.execute(all)).as(err.toString()).isEqualTo(2);
    assertThat(err.toString()).startsWith("kiss").hasLineCount(1);
    assertThat(out.toString()).isEmpty();
  }

  private static boolean talks(CommandLine line, String[] args) {
    CommandLine command = line.getSubcommands().get(args[0]);
    CommandLine deeper = command.getSubcommands().get(args[1]);
    return (deeper == null ? command : deeper).getCommandSpec().findOption("--url") != null;
  }
}
