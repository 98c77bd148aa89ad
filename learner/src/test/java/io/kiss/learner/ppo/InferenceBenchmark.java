package io.kiss.learner.ppo;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.learner.SingleWorkerTraining;
import java.util.List;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * Decisions a second of one core: two hidden layers of 64 over batches, for the scaler's features
 * and actions and for the null environment's, with and without drawing the actions; the same on an
 * engine, with the observations there and the weights as they are in its own layers; and the
 * latency of single decisions. Arguments: engine, or none for none. Each figure is the best of some
 * rounds of a tenth of a second, by the CPU time of all threads, since other programs can only make
 * it worse; the latency is of the wall clock.
 */
public final class InferenceBenchmark {
  private static final int ROUNDS = 30;
  private static final double ROUND_SECONDS = 0.1;

  private static final List<Integer> HIDDEN = List.of(64, 64);

  private InferenceBenchmark() {}

  public static void main(String[] arguments) {
    for (NetworkShape shape : List.of(NetworkShape.ofScaler(), NullEnvironment.SHAPE)) {
      PolicyNetwork policy = network(shape);
      for (int rows : new int[] {16, 64, 256, 1024, 4096}) {
        float[] observations = Segments.gaussian(new Random(rows), rows * shape.observationSize());
        float[] logits = new float[rows * shape.actionCount()];
        print(shape, rows, best(rows, () -> policy.logits(observations, 0, rows, logits, 0)));
        if (arguments.length > 0) {
          onEngine(arguments[0], shape, rows, observations);
        }
      }
    }
    segments();
    latency(network(NetworkShape.ofScaler()), NetworkShape.ofScaler());
  }

  private static PolicyNetwork network(NetworkShape shape) {
    ActorCritic network = ActorCritic.of(shape, HIDDEN);
    return new PolicyNetwork(PpoState.random(shape, network, 1).snapshot());
  }

  private static void print(NetworkShape shape, int rows, double perSecond) {
    System.out.printf(
        "%d-64-64-%d, batches of %4d: %.2f M decisions/s%n",
        shape.observationSize(), shape.actionCount(), rows, perSecond / 1e6);
  }

  private static void onEngine(String name, NetworkShape shape, int rows, float[] observations) {
    ActorCritic network = ActorCritic.of(shape, HIDDEN);
    try (NDManager manager = DjlEngine.load(name).newBaseManager(Device.cpu())) {
      List<NDArray> actor =
          new FlatTensors(network.actorLayers(), null)
              .upload(manager, network.initialParameters(1));
      NDArray input = manager.create(observations, new Shape(rows, shape.observationSize()));
      double best =
          best(
              rows,
              () -> {
                try (NDManager step = manager.newSubManager()) {
                  input.tempAttach(step);
                  FlatTensors.perceptron(input, actor).toFloatArray();
                }
              });
      System.out.print(name + ", ");
      print(shape, rows, best);
    }
  }

  private static void segments() {
    for (int rows : new int[] {64, 256, 1024}) {
      SingleWorkerTraining.Rollout rollout = Rollouts.of(new NullEnvironment(rows, 16), 32, 1);
      PolicyNetwork acting = network(NullEnvironment.SHAPE);
      Iteration iteration = new Iteration("benchmark", 1, 0);
      TrajectorySegment[] last = new TrajectorySegment[1];
      double best = best(rows * 32, () -> last[0] = rollout.collect(iteration, acting));
      System.out.printf(
          "segments of %4d null environments, actions drawn: %.2f M steps/s%n", rows, best / 1e6);
    }
  }

  private static double best(int decisions, Runnable batch) {
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      BenchmarkClock clock = new BenchmarkClock();
      long done = 0;
      do {
        batch.run();
        done += decisions;
      } while (clock.wallSeconds() < ROUND_SECONDS);
      best = Math.max(best, done / clock.cpuSeconds());
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
