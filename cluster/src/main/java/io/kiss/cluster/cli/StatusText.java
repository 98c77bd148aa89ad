package io.kiss.cluster.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.kisim.text.Columns;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Map.Entry;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** What {@code kiss status} prints, made of the admin API's answers. */
final class StatusText {
  private static final String NOT_MEASURED = "-";
  private static final int INDENT = 2;

  private final int room;
  private final List<String> lines = new ArrayList<>();

  /**
   * Begins with the answer of {@code GET /api/v1/cluster}.
   *
   * @param room columns there are
   */
  StatusText(JsonNode cluster, int room) {
    this.room = room;
    JsonNode members = cluster.path("members");
    lines.add(
        "Cluster of %d %s, as %s sees it"
            .formatted(
                members.size(),
                members.size() == 1 ? "node" : "nodes",
                place(cluster.path("self"))));
    lines.add("");
    Map<String, String> singletons =
        entries(cluster.path("singletons")).stream()
            .collect(
                Collectors.groupingBy(
                    entry -> entry.getValue().asText(),
                    Collectors.mapping(Entry::getKey, Collectors.joining(","))));
    Table table = new Table("NODE", "ROLES", "STATUS", "SINGLETONS", "ENTITIES");
    for (JsonNode member : members) {
      String address = member.path("address").asText();
      table.row(
          place(member.path("address")),
          StreamSupport.stream(member.path("roles").spliterator(), false)
              .map(JsonNode::asText)
              .collect(Collectors.joining(",")),
          member.path("reachable").asBoolean()
              ? member.path("status").asText()
              : member.path("status").asText() + " (unreachable)",
          singletons.getOrDefault(address, NOT_MEASURED),
          entities(cluster.path("shards"), address));
    }
    lines.addAll(table.lines(room));
  }

  private static String entities(JsonNode shards, String address) {
    String text =
        entries(shards).stream()
            .filter(type -> type.getValue().path(address).asInt() > 0)
            .map(type -> type.getKey() + " " + type.getValue().path(address).asInt())
            .collect(Collectors.joining(", "));
    return text.isEmpty() ? NOT_MEASURED : text;
  }

  /** Adds the answer of {@code GET /api/v1/training}. */
  StatusText training(JsonNode training) {
    lines.add("");
    lines.add(run(training));
    if (!isRun(training)) {
      return this;
    }
    lines.add(
        "Episodes: return %s, SLO attainment %s, %s GPU-hours"
            .formatted(
                number(training.path("episodeReturn"), 1),
                number(training.path("sloAttainment"), 4),
                number(training.path("gpuHours"), 2)));
    JsonNode rollout = training.path("rollout");
    if (!rollout.isObject()) {
      return this;
    }
    lines.add(
        "Queue: %d of %d segments for the next update, %d behind it, the oldest for %s s"
            .formatted(
                rollout.path("batchSegments").asInt(),
                rollout.path("batchTarget").asInt(),
                rollout.path("waitingSegments").asInt(),
                number(rollout.path("oldestSeconds"), 2)));
    if (rollout.path("workers").isEmpty()) {
      lines.add("Workers: none has joined");
      return this;
    }
    lines.add("");
    Table table =
        new Table("WORKER", "NODE", "ITERATION", "LAG", "SEGMENTS", "DROPPED", "STEPS/S", "SILENT");
    for (JsonNode worker : rollout.path("workers")) {
      boolean delivered = worker.path("iteration").asLong() >= 0;
      table.row(
          worker.path("worker").asText(),
          worker.path("node").asText().isEmpty() ? "the learner's" : place(worker.path("node")),
          delivered ? worker.path("iteration").asText() : NOT_MEASURED,
          delivered ? worker.path("lag").asText() : NOT_MEASURED,
          worker.path("segments").asText(),
          worker.path("dropped").asText(),
          number(worker.path("stepsPerSecond"), 0),
          number(worker.path("silentSeconds"), 1) + " s");
    }
    lines.addAll(table.lines(room));
    return this;
  }

  private static boolean isRun(JsonNode training) {
    return !training.path("run").asText().isEmpty();
  }

  /** Where the run stands, in one line. */
  static String run(JsonNode training) {
    return isRun(training)
        ? "Training %s is %s: iteration %,d of epoch %d, %,d env steps, %s a second"
            .formatted(
                training.path("run").asText(),
                training.path("state").asText(),
                training.path("iteration").asLong(),
                training.path("epoch").asLong(),
                training.path("environmentSteps").asLong(),
                number(training.path("stepsPerSecond"), 0))
        : "Training: none; kiss training start begins one";
  }

  /** The learner did not answer. */
  StatusText noTraining(String why) {
    lines.add("");
    lines.add("Training: unknown, " + why);
    return this;
  }

  /**
   * Adds the answer of {@code GET …/namespaces/{ns}}: what keeps it from being scaled, and its
   * GPUs; nothing where all is well and no GPU is in play.
   */
  StatusText namespace(JsonNode namespace) {
    JsonNode status = namespace.path("status");
    if (status.path("problem").isTextual()) {
      lines.add(
          "Namespace %s/%s is not scaled: %s"
              .formatted(
                  status.path("cluster").asText(),
                  status.path("namespace").asText(),
                  status.path("problem").asText()));
    }
    AttachmentText.gpus(status)
        .ifPresent(
            gpus ->
                lines.add(
                    "Namespace %s/%s, %s"
                        .formatted(
                            status.path("cluster").asText(),
                            status.path("namespace").asText(),
                            gpus)));
    status.path("deployments").forEach(each -> shadows(status, each));
    return this;
  }

  /**
   * Adds a namespace that nobody answers for; one without a name stands for all of them.
   *
   * @param unread {@code cluster}, {@code namespace} and {@code problem}
   */
  StatusText unread(JsonNode unread) {
    String problem = unread.path("problem").asText();
    lines.add(
        unread.path("namespace").isNull()
            ? "Namespaces: unknown, " + problem
            : "Namespace %s/%s: unknown, %s"
                .formatted(
                    unread.path("cluster").asText(), unread.path("namespace").asText(), problem));
    return this;
  }

  /** Who of those that decide beside a scaler would have been cheapest; nothing without any. */
  private void shadows(JsonNode status, JsonNode deployment) {
    StreamSupport.stream(deployment.at("/shadows/shadows").spliterator(), false)
        .filter(shadow -> shadow.path("overRunningReplicaHours").isNumber())
        .min(Comparator.comparingDouble(StatusText::overRunning))
        .ifPresent(
            cheapest ->
                lines.add(
                    "Shadows of %s/%s/%s: %s"
                        .formatted(
                            status.path("cluster").asText(),
                            status.path("namespace").asText(),
                            deployment.path("name").asText(),
                            beside(cheapest.path("name").asText(), overRunning(cheapest)))));
  }

  private static String beside(String name, double overRunning) {
    return String.format(
        Locale.ROOT,
        overRunning < 0
            ? "%s is the cheapest so far, %,.2f replica-hours below what runs"
            : "what runs is the cheapest so far; next is %s, %,.2f replica-hours above",
        name,
        Math.abs(overRunning));
  }

  private static double overRunning(JsonNode shadow) {
    return shadow.path("overRunningReplicaHours").asDouble();
  }

  /**
   * Adds what a cluster's namespaces have of its GPU budget; nothing where it has none.
   *
   * @param cluster of the answer of {@code GET …/clusters}
   * @param namespaces those that answered, of any cluster
   */
  StatusText budget(JsonNode cluster, List<JsonNode> namespaces) {
    JsonNode budget = cluster.at("/definition/gpuBudget");
    if (budget.isNumber()) {
      String name = cluster.path("name").asText();
      List<JsonNode> gpus =
          namespaces.stream()
              .map(namespace -> namespace.path("status"))
              .filter(status -> status.path("cluster").asText().equals(name))
              .map(status -> status.path("gpus"))
              .filter(JsonNode::isObject)
              .toList();
      lines.add(
          "Cluster %s, GPUs: %d used, %d wished of a budget of %d; %d of %d namespaces say so"
                  .formatted(
                      name,
                      gpus.stream().mapToLong(g -> g.path("used").asLong()).sum(),
                      gpus.stream().mapToLong(g -> g.path("wished").asLong()).sum(),
                      budget.asLong(),
                      gpus.size(),
                      cluster.path("namespaces").size())
              + waitingFor(cluster.at("/gpus/waitingFor")));
    }
    return this;
  }

  private static String waitingFor(JsonNode namespaces) {
    return namespaces.isEmpty()
        ? ""
        : "; shares stay until %s says what it needs"
            .formatted(
                StreamSupport.stream(namespaces.spliterator(), false)
                    .map(JsonNode::asText)
                    .collect(Collectors.joining(", ")));
  }

  List<String> lines() {
    // Only sentences are longer yet, and go on in the next line.
    return lines.stream()
        .flatMap(l -> l.isEmpty() ? Stream.of(l) : Columns.wrap(l, INDENT, room).lines())
        .toList();
  }

  private static String place(JsonNode address) {
    return address.asText().replaceFirst("^akka://[^@]*@", "");
  }

  private static String number(JsonNode value, int digits) {
    return value.isNumber()
        ? String.format(Locale.ROOT, "%,." + digits + "f", value.asDouble())
        : NOT_MEASURED;
  }

  private static List<Entry<String, JsonNode>> entries(JsonNode object) {
    return new ArrayList<>(object.properties());
  }
}
