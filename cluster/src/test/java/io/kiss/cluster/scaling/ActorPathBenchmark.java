package io.kiss.cluster.scaling;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * What actors, sharding and delivery cost over a plain loop, in one JVM: the same worker, optimiser
 * and lag in both, in turns. Arguments: rounds, seconds of each turn. System properties are keys of
 * the configuration.
 */
public final class ActorPathBenchmark {
  private ActorPathBenchmark() {}

  public static void main(String[] arguments) {
    int rounds = Integer.parseInt(arguments[0]);
    double seconds = Double.parseDouble(arguments[1]);
    Config config =
        ConfigFactory.defaultOverrides()
            .withFallback(ConfigFactory.parseString("kiss.rollout.workers = 1"))
            .withFallback(ActorPath.CLUSTER)
            .withFallback(ConfigFactory.load())
            .resolve();
    List<Usage> plain = new ArrayList<>();
    List<Usage> actors = new ArrayList<>();
    try (PlainLoop loop = new PlainLoop(config);
        ActorPath path = new ActorPath(config)) {
      loop.run(seconds);
      path.run(seconds);
      for (int round = 0; round < rounds; round++) {
        Usage a = loop.run(seconds);
        Usage b = path.run(seconds);
        plain.add(a);
        actors.add(b);
        System.out.println("plain loop  " + a);
        System.out.println("actor path  " + b);
      }
      Usage.printOverhead(plain, actors, "actor path");
    }
    System.exit(0);
  }
}
