package io.kiss.cluster.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kiss.actors.protocol.NamespaceProtocol.DeploymentStatus;
import io.kiss.actors.protocol.NamespaceProtocol.NamespaceStatus;
import io.kiss.actors.protocol.RegisteredPolicy.EvaluationRow;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.cluster.demo.DemoCluster.Truth;
import java.util.List;
import java.util.Optional;

/** What {@code kiss up --once} found, as one line of JSON. */
final class UpSummary {
  private static final ObjectMapper JSON = new ObjectMapper();

  private UpSummary() {}

  static String of(
      Optional<TrainingProgress> training,
      List<EvaluationRow> evaluation,
      NamespaceStatus demo,
      List<Truth> truth) {
    ObjectNode root = JSON.createObjectNode();
    ObjectNode trained = root.putObject("training");
    trained.put("environmentSteps", training.map(TrainingProgress::environmentSteps).orElse(0L));
    trained.put("seconds", training.map(TrainingProgress::seconds).orElse(0.0));
    trained.put("iterations", training.map(TrainingProgress::iteration).orElse(0L));
    ObjectNode evaluated = root.putObject("evaluation");
    for (EvaluationRow row : evaluation) {
      evaluated
          .putObject(row.autoscaler())
          .put("sloAttainment", row.sloAttainment())
          .put("p95Seconds", row.p95Seconds())
          .put("gpuHours", row.gpuHours())
          .put("costAtSlo", row.costAtSlo());
    }
    ArrayNode scalers = root.putArray("scalers");
    for (DeploymentStatus deployment : demo.deployments()) {
      ObjectNode scaler = scalers.addObject();
      scaler.put("name", deployment.name());
      scaler.put("replicas", deployment.desiredReplicas());
      scaler.put("decisions", deployment.decisions());
      scaler.put("policy", deployment.policy().orElse(null));
      truth.stream()
          .filter(t -> t.name().equals(deployment.name()))
          .forEach(
              t -> scaler.put("sloAttainment", t.sloAttainment()).put("gpuHours", t.gpuHours()));
    }
    try {
      return JSON.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of numbers and texts always makes JSON", e);
    }
  }
}
