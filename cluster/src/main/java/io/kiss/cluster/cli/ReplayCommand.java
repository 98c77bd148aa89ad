package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.replay.ReplaySummary;
import io.kiss.actors.replay.ReplayedDecision;
import io.kiss.actors.replay.Replayer;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.journal.DecisionRange;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Takes recorded decisions of a Deployment again, by somebody else, and shows the difference. */
@Command(
    name = "replay",
    description = {
      "What another policy or a classical autoscaler would have asked for, at the decisions that"
          + " were recorded.",
      Replayer.CAVEAT + "."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss replay --deployment prod/llm/chat --policy hpa \\",
      "      --from 2026-01-31T00:00:00Z",
      "  kiss replay --deployment local/demo/resnet50 --policy policy.kiss --all",
      "  kiss replay --deployment local/demo/resnet50 --policy recorded --json"
    })
final class ReplayCommand implements Callable<Integer> {
  private static final double WARM_UP_SECONDS = 3600;

  @Spec private CommandSpec spec;
  @Mixin private AdminClient node;

  @Option(
      names = "--deployment",
      paramLabel = "CLUSTER/NAMESPACE/NAME",
      required = true,
      description = "Whose decisions.")
  private String deployment;

  @Option(
      names = "--policy",
      paramLabel = "WHAT",
      required = true,
      description =
          "Id of a registered policy; a policy file; hpa, keda, queueing or another of kiss"
              + " evaluate, as in hpa:target=0.6; none: the queueing rule within the guardrails;"
              + " recorded: what decided then, which must come out the same.")
  private String policy;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Made then or later: 2026-01-31T12:00:00Z, or Unix seconds (default: all).")
  private String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Made before then.")
  private String to;

  @Option(names = "--all", description = "Also decisions that come out the same.")
  private boolean all;

  private final int room = Terminal.room();
  private ReplaySummary summary = ReplaySummary.NONE;

  @Override
  public Integer call() {
    String[] parts = deployment.split("/", -1);
    if (parts.length != 3 || Stream.of(parts).anyMatch(String::isBlank)) {
      throw usage("--deployment must look like CLUSTER/NAMESPACE/NAME, not '" + deployment + "'");
    }
    Optional<Double> begin = time("--from", from);
    Optional<Double> end = time("--to", to);
    if (begin.isPresent() && end.isPresent() && !(begin.get() < end.get())) {
      throw usage("--from must be earlier than --to");
    }
    Replayer replayer = new ReplayBy(node, spec.commandLine()).named(policy);
    RecordedDecisions recorded = new RecordedDecisions(node);
    NamespaceName namespace = new NamespaceName(parts[0], parts[1]);
    // A classical autoscaler that begins at --from knows nothing yet.
    Optional<Double> warm = begin.map(seconds -> seconds - WARM_UP_SECONDS);
    try (Stream<DecisionRecord> records = recorded.of(namespace, parts[2], warm, end)) {
      records.forEach(record -> take(record, replayer.replay(record), begin));
    } catch (UncheckedIOException e) {
      throw new BootFailure("the node broke off: what is shown is not all there is", e);
    }
    if (summary.decisions() == 0) {
      // Nothing decided is an answer, a name that nobody has is not.
      node.require(node.get(namespace.path() + "/deployments/" + encoded(parts[2])));
    }
    if (summary.decisions() == 0 && !node.json()) {
      spec.commandLine().getErr().println("No decision there");
      return 0;
    }
    conclude();
    return 0;
  }

  private static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(spec.commandLine(), sentence);
  }

  private Optional<Double> time(String name, String text) {
    try {
      return Optional.ofNullable(text).map(given -> DecisionRange.seconds(name, given));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void take(DecisionRecord record, ReplayedDecision decision, Optional<Double> begin) {
    if (begin.isPresent() && record.timeSeconds() < begin.get()) {
      return;
    }
    summary = summary.plus(record, decision);
    boolean same = decision.replayed().filter(r -> same(r, decision.recorded())).isPresent();
    if (node.json()) {
      say(ApiJson.MAPPER.valueToTree(decision).toString());
    } else if (all || !same) {
      people(
          String.format(
              Locale.ROOT,
              "%s  %3d -> %-3s %s",
              DecisionText.time(decision.timeSeconds()),
              decision.recorded().current(),
              decision.replayed().map(r -> "" + r.replicas()).orElse("?"),
              decision.difference()));
    }
  }

  private static boolean same(ReplayedDecision.Answer one, ReplayedDecision.Answer other) {
    // A classical autoscaler has no guardrails to differ in.
    return one.replicas() == other.replicas()
        && (one.source().isEmpty() || one.guards().equals(other.guards()));
  }

  private void conclude() {
    if (node.json()) {
      ObjectNode last = ApiJson.MAPPER.createObjectNode();
      last.put("caveat", Replayer.CAVEAT).put("policy", policy);
      JsonNode sums = ApiJson.MAPPER.valueToTree(summary);
      last.set("summary", sums);
      say(last.toString());
      return;
    }
    people(
        "%d decisions, %d exact: %s asks for as many in %d, more in %d, fewer in %d%s"
            .formatted(
                summary.decisions(),
                summary.exact(),
                policy,
                summary.same(),
                summary.more(),
                summary.fewer(),
                summary.impossible() == 0
                    ? ""
                    : "; %d cannot be taken again".formatted(summary.impossible())));
    people(
        String.format(
            Locale.ROOT,
            "asked for %.2f replica-hours rather than %.2f; by the queueing model too few for the"
                + " SLO in %d rather than %d",
            summary.replicaSecondsReplayed() / 3600,
            summary.replicaSecondsRecorded() / 3600,
            summary.tightReplayed(),
            summary.tightRecorded()));
    people(Replayer.CAVEAT);
  }

  private void people(String line) {
    say(DecisionText.wrapped(line, room));
  }

  private void say(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
