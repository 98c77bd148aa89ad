package io.kiss.cluster.cli;

import io.kiss.actors.protocol.EpisodeSummary;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.cluster.train.TrainingOrder;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicyFile.Provenance;
import io.kiss.kisim.text.Json;
import java.nio.file.Path;

/** What {@code kiss train} made, as programs read it; docs/command-json.md says what is in it. */
final class TrainJson {
  private TrainJson() {}

  /**
   * One JSON object; what was not measured is null.
   *
   * @param episodes the last that ended
   * @param done whether the budget is spent
   */
  static String of(
      PolicyFile policy, TrainingOrder order, Path folder, EpisodeSummary episodes, boolean done) {
    Provenance from = policy.provenance();
    Json json = new Json();
    json.open("");
    json.put("policy", order.out().toString());
    json.put("sha256", policy.policy().sha256());
    json.put("done", done);
    json.put("run", from.run());
    json.put("seed", from.seed());
    json.put("iterations", from.iterations());
    json.put("environmentSteps", from.environmentSteps());
    json.put("seconds", from.seconds());
    json.put("engine", from.engine());
    json.put("commit", from.commit());
    json.put("created", from.created().toString());
    json.open("budget");
    TrainingBudget budget = order.budget();
    boolean bySteps = budget.limitsSteps();
    json.put("seconds", bySteps ? Double.NaN : budget.seconds());
    json.put("environmentSteps", bySteps ? budget.environmentSteps() : Double.NaN);
    json.close();
    json.open("episodes");
    // 0 / 0 is NaN, as wanted where no episode has ended.
    double count = episodes.count();
    json.put("count", episodes.count());
    json.put("return", episodes.returns() / count);
    json.put("sloAttainment", episodes.sloAttainment() / count);
    json.put("gpuHours", episodes.gpuHours() / count);
    json.close();
    json.put("folder", folder.toAbsolutePath().normalize().toString());
    json.put("curve", order.plot().toString());
    json.put("metrics", order.metrics().toString());
    json.close();
    return json.toString();
  }
}
