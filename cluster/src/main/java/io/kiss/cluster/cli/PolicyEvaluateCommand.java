package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.actors.protocol.GateReport;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a registered policy through the gate of a running cluster. */
@Command(
    name = "evaluate",
    description = {
      "Has a node compare a policy with the champion and classical autoscalers in simulation, as a"
          + " job; the report is kept with the policy and decides whether it may be promoted."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss policy evaluate v2 --wait",
      "  kiss policy evaluate v2 --traces monday.csv.gz --profile resnet50-t4 --wait",
      "  kiss policy evaluate v2 --json | jq -r .id"
    })
final class PolicyEvaluateCommand implements Callable<Integer> {
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  @Spec private CommandSpec spec;
  @Mixin private AdminClient node;

  @Parameters(paramLabel = "ID", description = "Of the policy.")
  private String id;

  @Option(
      names = "--traces",
      paramLabel = "TRACE",
      arity = "1..*",
      description =
          "Traces that take part: files here, or names in the node's folder (default: those the"
              + " node has configured).")
  private List<String> traces;

  @Option(
      names = "--scenarios",
      paramLabel = "NAME",
      arity = "1..*",
      description = "Scenarios of the node that take part.")
  private List<String> scenarios;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description = "Pods that traces are replayed on (default: what the node has configured).")
  private String profile;

  @Option(
      names = "--cases",
      paramLabel = "N",
      description =
          "Deployments that are drawn, besides (default: what the node has configured,"
              + " kiss.gate.cases); with fewer than those it never passes.")
  private Integer cases;

  @Option(names = "--seed", paramLabel = "N", description = "They are drawn from.")
  private Long seed;

  @Option(
      names = "--wait",
      description = "Until the report is there; exit code 1 where it did not pass.")
  private boolean wait;

  @Override
  public Integer call() {
    String path = "/api/v1/policies/" + URLEncoder.encode(id, StandardCharsets.UTF_8) + "/evaluate";
    JsonNode job = node.post(path, order().toString());
    if (!wait) {
      return say(
          node.json()
              ? job.toPrettyString()
              : "Job %1$s judges policy %2$s; see kiss jobs show %1$s, then kiss policy show %2$s"
                  .formatted(job.path("id").asText(), id));
    }
    return conclude(finished(job));
  }

  private ObjectNode order() {
    ObjectNode order = JsonNodeFactory.instance.objectNode();
    if (traces != null) {
      ArrayNode names = order.putArray("traces");
      ArrayNode series = order.putArray("series");
      for (String trace : traces) {
        Path file = Path.of(trace);
        if (Files.isRegularFile(file)) {
          series.add(series(file));
        } else {
          names.add(trace);
        }
      }
    }
    if (scenarios != null) {
      ArrayNode names = order.putArray("scenarios");
      scenarios.forEach(names::add);
    }
    if (profile != null) {
      order.put("profile", profile);
    }
    if (cases != null) {
      order.put("cases", cases);
    }
    if (seed != null) {
      order.put("seed", seed);
    }
    return order;
  }

  private ObjectNode series(Path file) {
    ArrivalTrace trace;
    try {
      trace = ArrivalTrace.read(file);
    } catch (IOException | IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--traces: " + file + " cannot be read: " + e.getMessage(), e);
    }
    ObjectNode series = JsonNodeFactory.instance.objectNode();
    series.put("name", trace.name()).put("binSeconds", trace.binSeconds());
    ArrayNode counts = series.putArray("counts");
    for (double count : trace.counts()) {
      counts.add(count);
    }
    return series;
  }

  private JsonNode finished(JsonNode job) {
    JsonNode now = job;
    while (List.of("QUEUED", "RUNNING").contains(now.path("state").asText())) {
      Await.pause(LOOK_AGAIN);
      now = node.require(node.get("/api/v1/jobs/" + job.path("id").asText()));
    }
    return now;
  }

  private int conclude(JsonNode job) {
    if (!job.path("state").asText().equals("DONE")) {
      throw new BootFailure(
          "job %s is %s: %s"
              .formatted(
                  job.path("id").asText(),
                  job.path("state").asText().toLowerCase(Locale.ROOT),
                  job.path("problem").asText("no reason given")));
    }
    GateReport found = GateText.read(job.at("/result/report"));
    if (node.json()) {
      say(job.path("result").toPrettyString());
    } else {
      GateText.lines(found, Terminal.room()).forEach(this::say);
      say(
          "Policy "
              + id
              + (found.passed()
                  ? " passed the gate; kiss policy promote " + id + " sets it on its way"
                  : " did not pass the gate"));
    }
    return found.passed() ? 0 : 1;
  }

  private int say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
    return 0;
  }
}
