package io.kiss.cluster.scaling;

import com.typesafe.config.Config;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.KisimEnvironment;
import io.kiss.learner.PolicyOptimizer;
import io.kiss.learner.SingleWorkerTraining;
import io.kiss.learner.ppo.NetworkShape;
import io.kiss.learner.ppo.PpoOptimizerFactory;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.RolloutSettings;
import io.kiss.rollout.SegmentCollector;
import java.util.List;

/** Training without actors: one thread collects while another updates, and nothing else. */
final class PlainLoop implements AutoCloseable {
  private final SingleWorkerTraining training;

  PlainLoop(Config config) {
    training =
        SingleWorkerTraining.start(optimizers(config), new Collecting(collector(config)), true, 1);
  }

  private static PolicyOptimizer.Factory optimizers(Config config) {
    return new PpoOptimizerFactory(PpoSettings.from(config), NetworkShape.ofScaler());
  }

  private static SegmentCollector collector(Config config) {
    RolloutSettings rollout = RolloutSettings.from(config);
    return new SegmentCollector(
        new KisimEnvironment(
            rollout.environmentsPerWorker(), rollout.seed(), EnvironmentSettings.DEFAULT),
        rollout.stepsPerSegment(),
        rollout.seed());
  }

  Usage run(double seconds) {
    long steps = training.environmentSteps();
    double cpu = Usage.cpuSeconds(ProcessHandle.current());
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < seconds * 1e9) {
      training.iterate(false);
    }
    return new Usage(
        training.environmentSteps() - steps,
        (System.nanoTime() - begun) / 1e9,
        Usage.cpuSeconds(ProcessHandle.current()) - cpu);
  }

  /** Updates alone, again and again from the same segment: what no learner can be faster than. */
  static Usage updates(Config config, double seconds) {
    SegmentCollector collector = collector(config);
    try (PolicyOptimizer optimizer = optimizers(config).create(1)) {
      TrajectorySegment segment =
          collector.collect(
              0, 0, 0, new Iteration("ceiling", 0, 0), new PolicyNetwork(optimizer.snapshot()));
      long warm = System.nanoTime();
      while (System.nanoTime() - warm < seconds * 0.5e9) {
        optimizer.update(List.of(segment));
      }
      long steps = 0;
      double cpu = Usage.cpuSeconds(ProcessHandle.current());
      long begun = System.nanoTime();
      while (System.nanoTime() - begun < seconds * 1e9) {
        optimizer.update(List.of(segment));
        steps += segment.environmentSteps();
      }
      return new Usage(
          steps,
          (System.nanoTime() - begun) / 1e9,
          Usage.cpuSeconds(ProcessHandle.current()) - cpu);
    }
  }

  @Override
  public void close() {
    training.close();
  }

  private record Collecting(SegmentCollector collector) implements SingleWorkerTraining.Rollout {
    @Override
    public TrajectorySegment collect(Iteration iteration, PolicyNetwork policy) {
      return collector.collect(0, 0, iteration.number(), iteration, policy);
    }

    @Override
    public byte[] saveState() {
      return collector.saveState();
    }

    @Override
    public void restoreState(byte[] state) {
      collector.restoreState(state);
    }
  }
}
