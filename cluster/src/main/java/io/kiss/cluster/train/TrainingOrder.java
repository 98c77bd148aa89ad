package io.kiss.cluster.train;

import io.kiss.actors.protocol.TrainingBudget;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run was asked to make of what; it is kept with the run, so that going on needs nothing but
 * its folder. Paths are absolute.
 *
 * @param run its name
 * @param out the policy file
 * @param metrics one line of JSON an iteration
 * @param plot the learning curve, SVG or HTML by its ending
 * @param scenarios files to train on; empty: random draws alone
 * @param engine that computes gradients, as {@code kiss.learner.engine} has it
 * @param device as {@code kiss.learner.device} has it
 */
public record TrainingOrder(
    String run,
    Path out,
    Path metrics,
    Path plot,
    List<Path> scenarios,
    String engine,
    String device,
    TrainingBudget budget) {

  public TrainingOrder {
    scenarios = List.copyOf(scenarios);
  }

  void write(DataOutputStream to) throws IOException {
    to.writeUTF(run);
    to.writeUTF(out.toString());
    to.writeUTF(metrics.toString());
    to.writeUTF(plot.toString());
    to.writeInt(scenarios.size());
    for (Path scenario : scenarios) {
      to.writeUTF(scenario.toString());
    }
    to.writeUTF(engine);
    to.writeUTF(device);
    to.writeDouble(budget.seconds());
    to.writeLong(budget.environmentSteps());
  }

  static TrainingOrder read(DataInputStream in) throws IOException {
    String run = in.readUTF();
    Path out = Path.of(in.readUTF());
    Path metrics = Path.of(in.readUTF());
    Path plot = Path.of(in.readUTF());
    List<Path> scenarios = new ArrayList<>();
    for (int left = Checkpoint.count(in); left > 0; left--) {
      scenarios.add(Path.of(in.readUTF()));
    }
    return new TrainingOrder(
        run,
        out,
        metrics,
        plot,
        scenarios,
        in.readUTF(),
        in.readUTF(),
        new TrainingBudget(in.readDouble(), in.readLong()));
  }
}
