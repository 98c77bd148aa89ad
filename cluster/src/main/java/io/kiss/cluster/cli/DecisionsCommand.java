package io.kiss.cluster.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.cluster.boot.BootFailure;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows decisions of a running cluster. */
@Command(
    name = "decisions",
    description = "Shows what was decided, and why; the newest last.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss decisions prod/llm --limit 50",
      "  kiss decisions prod/llm --deployment chat --follow",
      "  kiss decisions local/demo --json | jq .reason",
      "  kiss decisions prod/llm --from 2026-01-31T00:00:00Z --all --json > all.ndjson"
    })
final class DecisionsCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DATA = "data:";
  private static final int DEFAULT_LIMIT = 20;

  /** How many decisions are looked through for those that changed something: 20 pages. */
  private static final int MOST_PAGES = 20;

  private static final int PAGE = 1000;
  private static final String NOTHING_CHANGED =
      "No decision there that changes anything, of the newest 19,000 at least; --all shows those"
          + " that do not";

  @Spec private CommandSpec spec;
  @Mixin private AdminClient node;

  @Parameters(
      paramLabel = "[CLUSTER/]NAMESPACE",
      converter = NamespaceName.Reader.class,
      description = "Whose decisions.")
  private NamespaceName name;

  @Option(names = "--deployment", paramLabel = "NAME", description = "Of this Deployment alone.")
  private String deployment;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "So many of the past that are shown, 1..1000 (default: 20; all with --from or --to).")
  private Integer limit;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Made then or later: 2026-01-31T12:00:00Z, or Unix seconds.")
  private String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Made before then.")
  private String to;

  @Option(names = "--follow", description = "Go on with those to come, until Ctrl-C.")
  private boolean follow;

  @Option(names = "--all", description = "Also decisions that change nothing.")
  private boolean all;

  private final int room = Terminal.room();
  private boolean shown;

  @Override
  public Integer call() {
    boolean range = from != null || to != null;
    require(!range || limit == null, "--limit goes without --from and --to, which show all");
    require(
        limit == null || limit >= 1 && limit <= PAGE,
        "--limit must be in 1.." + PAGE + ", not " + limit);
    require(!range || !follow, "--follow goes without --from and --to");
    if (range) {
      showRange();
    } else {
      showNewest();
    }
    if (!shown && !follow && !node.json()) {
      spec.commandLine().getErr().println(all ? "No decision there" : NOTHING_CHANGED);
    }
    if (follow) {
      try (Stream<String> events = node.lines("/api/v1/decisions/events", "text/event-stream")) {
        events.filter(line -> line.startsWith(DATA)).forEach(this::showEvent);
      } catch (UncheckedIOException e) {
        throw new BootFailure("the node broke off: there may be decisions that are not shown", e);
      }
    }
    return 0;
  }

  private void require(boolean holds, String sentence) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), sentence);
    }
  }

  private void showNewest() {
    int most = limit == null ? DEFAULT_LIMIT : limit;
    List<JsonNode> past = new ArrayList<>();
    // Of those that change something a page may hold none.
    int pages = all || node.json() ? 1 : MOST_PAGES;
    String before = "";
    for (int i = 0; i < pages && past.size() < most; i++) {
      int size = i == 0 ? most : PAGE;
      JsonNode page = node.require(node.get(path("limit=" + size + before)));
      page.path("decisions").forEach(decision -> keep(decision, past, most));
      if (!page.path("next").isTextual()) {
        break;
      }
      before = "&" + query("before", page.path("next").asText());
    }
    Collections.reverse(past);
    past.forEach(this::show);
  }

  private void showRange() {
    String range =
        Stream.of(query("from", from), query("to", to))
            .filter(part -> !part.isEmpty())
            .collect(Collectors.joining("&"));
    try (Stream<String> lines = node.lines(path(range), "application/x-ndjson")) {
      lines.forEach(line -> show(read(line)));
    } catch (UncheckedIOException e) {
      throw new BootFailure("the node broke off: what is shown is not all there is", e);
    }
  }

  private static JsonNode read(String line) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String path(String query) {
    return name.path()
        + "/decisions?"
        + query
        + (deployment == null ? "" : "&" + query("deployment", deployment));
  }

  private static String query(String name, String value) {
    return value == null ? "" : name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private void showEvent(String line) {
    try {
      JsonNode record = JSON.readTree(line.substring(DATA.length()));
      boolean asked =
          record.path("cluster").asText().equals(name.cluster())
              && record.path("namespace").asText().equals(name.namespace())
              && (deployment == null || record.path("deployment").asText().equals(deployment));
      if (asked) {
        show(record);
      }
    } catch (JsonProcessingException e) {
      // A heartbeat, or what a newer node has to say.
      return;
    }
  }

  private void keep(JsonNode record, List<JsonNode> past, int most) {
    if (past.size() < most && isWanted(record)) {
      past.add(record);
    }
  }

  private boolean isWanted(JsonNode record) {
    return all || node.json() || !record.path("outcome").asText().equals("UNCHANGED");
  }

  private void show(JsonNode record) {
    if (!isWanted(record)) {
      return;
    }
    shown = true;
    PrintWriter out = spec.commandLine().getOut();
    out.println(node.json() ? record.toString() : DecisionText.line(record, room));
    out.flush();
  }
}
