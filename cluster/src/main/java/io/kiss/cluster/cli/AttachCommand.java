package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.kisim.text.Columns;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Attaches a namespace of a live cluster, through a running node. */
@Command(
    name = "attach",
    description = {
      "Attaches a namespace of a Kubernetes cluster: its Deployments are watched, and scaled once"
          + " --act says so. Without it nothing is changed, only shown. Attaching again changes"
          + " what flags say, and keeps the rest. Exit code 1 where the cluster or its metrics"
          + " cannot be read."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss attach prod/llm --kubeconfig ~/.kube/config \\",
      "      --prometheus http://127.0.0.1:9090 \\",
      "      --source vllm --slo-ms 2000 --max-replicas 12    see what it would do",
      "  kiss attach prod/llm --act                           now it does",
      "  kiss attach prod/llm --slo-ms 1500 --unset max-replicas",
      "  kiss decisions prod/llm --follow"
    })
final class AttachCommand implements Callable<Integer> {
  /** A first tick may take this long to show what there is. */
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private static final Duration PATIENCE_WITH_PROBLEM = Duration.ofSeconds(4);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  @Spec private CommandSpec spec;
  @Mixin private AdminClient node;
  @Mixin private AttachOptions options;

  @Parameters(
      paramLabel = "[CLUSTER/]NAMESPACE",
      converter = NamespaceName.Reader.class,
      description = "What to attach; the cluster is called kubernetes where it has no other name.")
  private NamespaceName name;

  @Override
  public Integer call() {
    Optional<String> kept = attach(node, name, options);
    JsonNode view = settled(node, name);
    PrintWriter out = spec.commandLine().getOut();
    if (node.json()) {
      out.println(view.toPrettyString());
    } else {
      kept.ifPresent(sentence -> out.println(Columns.wrap(sentence, 2)));
      AttachmentText.lines(view).forEach(out::println);
    }
    out.flush();
    JsonNode problem = view.path("status").path("problem");
    if (problem.isTextual()) {
      throw new BootFailure(
          "namespace %s is attached, but is not scaled: %s; attach it again with other flags, or kiss detach %s"
              .formatted(name, problem.asText(), name));
    }
    return 0;
  }

  /**
   * Defines the cluster, where flags describe it, and attaches the namespace; where it is attached
   * already, only what flags say is changed.
   *
   * @return what was kept of it, in a sentence; empty where it is new
   */
  static Optional<String> attach(AdminClient node, NamespaceName name, AttachOptions options) {
    boolean defines = options.definesCluster();
    ObjectNode wanted = options.attachment();
    AdminClient.Answer cluster = node.get(name.clusterPath());
    if (cluster.status() == HttpURLConnection.HTTP_NOT_FOUND && !defines) {
      throw new BootFailure(
          "there is no cluster '%s' yet; say where it is with --prometheus URL and --kubeconfig FILE"
              .formatted(name.cluster()));
    }
    if (defines) {
      JsonNode known = node.parse(cluster).path("definition");
      node.put(name.clusterPath(), options.cluster(known).toString());
    }
    Optional<JsonNode> before = attachment(node, name);
    if (before.isEmpty()) {
      node.put(name.path(), wanted.toString());
    } else if (!wanted.isEmpty()) {
      node.patch(name.path(), wanted.toString());
    }
    return before.map(attachment -> AttachmentFlags.kept(attachment, wanted));
  }

  /** How it is attached; from the controller alone, so that nothing is woken. */
  private static Optional<JsonNode> attachment(AdminClient node, NamespaceName name) {
    String list = "namespaces";
    for (JsonNode each : node.whole(name.clusterPath() + "/" + list, list, "after").path(list)) {
      if (each.path("namespace").asText().equals(name.namespace())) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }

  /** How it stands once a tick has looked, or for as long as anybody would wait. */
  static JsonNode settled(AdminClient node, NamespaceName name) {
    long start = System.nanoTime();
    JsonNode view = node.require(node.get(name.path()));
    while (!hasLooked(view, System.nanoTime() - start)) {
      Await.pause(LOOK_AGAIN);
      view = node.require(node.get(name.path()));
    }
    return view;
  }

  /** Whether a tick has been since the mode was changed. */
  private static boolean modeInUse(JsonNode view) {
    Set<String> own = new HashSet<>();
    for (JsonNode override : view.at("/attachment/overrides")) {
      own.add(override.path("deployment").asText());
    }
    for (JsonNode each : view.at("/status/deployments")) {
      // What is not decided on shows as off whatever it will be.
      if (!each.path("refusal").isTextual()
          && !own.contains(each.path("name").asText())
          && !each.path("mode").equals(view.at("/attachment/mode"))) {
        return false;
      }
    }
    return true;
  }

  /** Whether there is something to show; a problem is given the time to go away by itself. */
  private static boolean hasLooked(JsonNode view, long waitedNanos) {
    JsonNode status = view.path("status");
    Duration patience = status.path("problem").isTextual() ? PATIENCE_WITH_PROBLEM : PATIENCE;
    JsonNode budget = view.at("/attachment/gpuBudget");
    boolean budgetInUse = budget.isNull() || budget.equals(status.at("/gpus/budget"));
    boolean settled = status.path("deployments").size() > 0 && budgetInUse && modeInUse(view);
    return settled && !status.path("problem").isTextual() || waitedNanos > patience.toNanos();
  }
}
