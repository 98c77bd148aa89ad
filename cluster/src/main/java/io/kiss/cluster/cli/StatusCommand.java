package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Asks a node's admin API how the cluster and its training are. */
@Command(
    name = "status",
    description = {
      "Shows the cluster as one of its nodes sees it: members, singletons, shards, and where"
          + " training stands, worker by worker; attached namespaces that cannot be scaled, and why;"
          + " the GPUs of those that can and of clusters with a budget; and the cheapest of those"
          + " that decide beside a scaler."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  kiss status",
      "  kiss status --url https://kiss.example:8080 --token-file ~/.kiss-token",
      "  kiss status --json | jq .training.environmentSteps"
    })
final class StatusCommand implements Callable<Integer> {
  private static final String CLUSTERS = "/api/v1/clusters";

  @Spec private CommandSpec spec;
  @Mixin private AdminClient node;

  /**
   * What is attached.
   *
   * @param namespaces how each stands that answered
   * @param unread the others, with the reason: {@code cluster} and {@code namespace} are null where
   *     not even the clusters could be asked for
   */
  private record Attached(
      List<JsonNode> clusters, List<JsonNode> namespaces, List<ObjectNode> unread) {}

  @Override
  public Integer call() {
    JsonNode cluster = node.require(node.get("/api/v1/cluster"));
    AdminClient.Answer training = node.get("/api/v1/training");
    Attached attached = attached();
    PrintWriter out = spec.commandLine().getOut();
    if (node.json()) {
      ObjectNode all = JsonNodeFactory.instance.objectNode();
      all.set("cluster", cluster);
      all.set("training", node.parse(training));
      all.putArray("namespaces").addAll(attached.namespaces);
      all.putArray("unread").addAll(attached.unread);
      out.println(all.toPrettyString());
    } else {
      StatusText text = new StatusText(cluster, Terminal.room());
      if (training.isSuccess()) {
        text.training(node.parse(training));
      } else {
        text.noTraining(reason(training));
      }
      attached.clusters.forEach(each -> text.budget(each, attached.namespaces));
      attached.namespaces.forEach(text::namespace);
      attached.unread.forEach(text::unread);
      text.lines().forEach(out::println);
    }
    out.flush();
    return 0;
  }

  private Attached attached() {
    Attached attached = new Attached(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    AdminClient.Answer answer = node.get(CLUSTERS);
    if (!answer.isSuccess()) {
      attached.unread.add(unread(null, null, answer));
      return attached;
    }
    node.whole(CLUSTERS, "clusters", "after").path("clusters").forEach(attached.clusters::add);
    for (JsonNode cluster : attached.clusters) {
      String name = cluster.path("name").asText();
      for (JsonNode namespace : cluster.path("namespaces")) {
        AdminClient.Answer view =
            node.get(CLUSTERS + "/" + name + "/namespaces/" + namespace.asText());
        if (view.isSuccess()) {
          attached.namespaces.add(node.parse(view));
        } else {
          attached.unread.add(unread(name, namespace.asText(), view));
        }
      }
    }
    return attached;
  }

  private ObjectNode unread(String cluster, String namespace, AdminClient.Answer answer) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("cluster", cluster)
        .put("namespace", namespace)
        .put("problem", reason(answer));
  }

  private String reason(AdminClient.Answer refusal) {
    return node.parse(refusal)
        .path("detail")
        .asText("the node answers %d".formatted(refusal.status()));
  }
}
