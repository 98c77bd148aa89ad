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
          + " training stands, worker by worker; the GPUs of attached namespaces and"
          + " of clusters with a budget; and the cheapest of those that decide beside a scaler."
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

  @Override
  public Integer call() {
    JsonNode cluster = node.require(node.get("/api/v1/cluster"));
    AdminClient.Answer training = node.get("/api/v1/training");
    PrintWriter out = spec.commandLine().getOut();
    if (node.json()) {
      ObjectNode all = JsonNodeFactory.instance.objectNode();
      all.set("cluster", cluster);
      all.set("training", node.parse(training));
      all.putArray("namespaces").addAll(namespaces(clusters()));
      out.println(all.toPrettyString());
    } else {
      StatusText text = new StatusText(cluster, Terminal.room());
      if (training.isSuccess()) {
        text.training(node.parse(training));
      } else {
        text.noTraining(node.parse(training).path("detail").asText());
      }
      List<JsonNode> clusters = clusters();
      List<JsonNode> namespaces = namespaces(clusters);
      clusters.forEach(each -> text.budget(each, namespaces));
      namespaces.forEach(text::namespace);
      text.lines().forEach(out::println);
    }
    out.flush();
    return 0;
  }

  private List<JsonNode> clusters() {
    List<JsonNode> known = new ArrayList<>();
    AdminClient.Answer answer = node.get(CLUSTERS);
    if (answer.isSuccess()) {
      node.parse(answer).path("clusters").forEach(known::add);
    }
    return known;
  }

  /** How each attached namespace stands; one that does not answer now is left out. */
  private List<JsonNode> namespaces(List<JsonNode> clusters) {
    List<JsonNode> attached = new ArrayList<>();
    for (JsonNode cluster : clusters) {
      String path = CLUSTERS + "/" + cluster.path("name").asText() + "/namespaces/";
      for (JsonNode name : cluster.path("namespaces")) {
        AdminClient.Answer answer = node.get(path + name.asText());
        if (answer.isSuccess()) {
          attached.add(node.parse(answer));
        }
      }
    }
    return attached;
  }
}
