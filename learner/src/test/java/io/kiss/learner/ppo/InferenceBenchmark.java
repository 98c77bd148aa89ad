package io.kiss.learner.ppo;

import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.learner.SingleWorkerTraining;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * Decisions a second of one core: the network 29-64-64-10 over batches, with and without drawing
 * the actions, and the latency of single decisions. No argument. Each figure is the best of some
 * rounds of a tenth of a second of CPU time, since other programs can only make it worse; the
 * latency is of the wall clock.
 */
public final class InferenceBenchmark {
  private static final int ROUNDS = 30;
  private static final double ROUND_SECONDS = 0.1;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private InferenceBenchmark() {}

  public static void main(String[] arguments) {
    NetworkShape shape = NetworkShape.ofScaler();
    ActorCritic network = ActorCritic.of(shape, List.of(64, 64));
    PolicyNetwork policy = new PolicyNetwork(PpoState.random(shape, network, 1).snapshot());
    for (int rows : new int[] {16, 64, 256, 1024, 4096}) {
      float[] observations = Segments.gaussian(new Random(rows), rows * shape.observationSize());
      float[] logits = new float[rows * shape.actionCount()];
      double best = best(rows, () -> policy.logits(observations, 0, rows, logits, 0));
      System.out.printf("batches of %4d: %.2f M decisions/s%n", rows, best / 1e6);
    }
    for (int rows : new int[] {64, 256, 1024}) {
      SingleWorkerTraining.Rollout rollout = Rollouts.of(new NullEnvironment(rows, 16), 32, 1);
      ActorCritic other = ActorCritic.of(NullEnvironment.SHAPE, List.of(64, 64));
      PolicyNetwork acting =
          new PolicyNetwork(PpoState.random(NullEnvironment.SHAPE, other, 1).snapshot());
      Iteration iteration = new Iteration("benchmark", 1, 0);
      TrajectorySegment[] last = new TrajectorySegment[1];
      double best = best(rows * 32, () -> last[0] = rollout.collect(iteration, acting));
      System.out.printf(
          "segments of %4d null environments, actions drawn: %.2f M steps/s%n", rows, best / 1e6);
    }
    latency(policy, shape);
  }

  private static double best(int decisions, Runnable batch) {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long begin = THREADS.getCurrentThreadCpuTime();
      long done = 0;
      double seconds;
      do {
        batch.run();
        done += decisions;
        seconds = (THREADS.getCurrentThreadCpuTime() - begin) / 1e9;
      } while (seconds < ROUND_SECONDS);
      best = Math.max(best, done / seconds);
    }
    return best;
  }

  private static void latency(PolicyNetwork policy, NetworkShape shape) {
    int pool = 1024;
    float[] observations = Segments.gaussian(new Random(1), pool * shape.observationSize());
    float[] logits = new float[shape.actionCount()];
    Histogram histogram = new Histogram(1_000_000_000L, 3);
    for (int i = 0; i < 2_000_000; i++) {
      int offset = i % pool * shape.observationSize();
      long begin = System.nanoTime();
      policy.logits(observations, offset, logits, 0);
      long nanos = System.nanoTime() - begin;
      if (i >= 500_000) {
        histogram.recordValue(nanos);
      }
    }
    System.out.printf(
        "one at a time: p50 %.2f, p99 %.2f, p99.9 %.2f microseconds%n",
        histogram.getValueAtPercentile(50) / 1e3,
        histogram.getValueAtPercentile(99) / 1e3,
        histogram.getValueAtPercentile(99.9) / 1e3);
  }
}
