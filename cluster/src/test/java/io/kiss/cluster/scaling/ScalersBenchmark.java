package io.kiss.cluster.scaling;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.scaler.DecisionStream;
import io.kiss.actors.scaler.LiveMetrics;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Thousands of scalers on one node, at their real pace: how late their ticks begin, how long until
 * the decisions stand in the database, how fast a policy reaches them all, what they weigh.
 * Kubernetes and Prometheus are {@link StandInCluster}; controller, sharding, policy cache, guards,
 * journal and its H2 file are a node's own. Arguments: namespaces, Deployments in each, seconds
 * between ticks, ticks to warm up, ticks to measure, policies to push meanwhile.
 */
public final class ScalersBenchmark {
  private final int namespaces;
  private final double tickSeconds;
  private final StandInCluster cluster;
  private final ScalersNode node;

  /** When the newest record of a namespace was durable, by tick's beginning. */
  private final Map<String, List<Long>> written = new ConcurrentHashMap<>();

  private ScalersBenchmark(ScalersNode node, StandInCluster cluster, double tickSeconds) {
    namespaces = node.namespaces();
    this.tickSeconds = tickSeconds;
    this.cluster = cluster;
    this.node = node;
  }

  public static void main(String[] arguments) throws IOException {
    System.setProperty("kiss.home", "..");
    int deployments = Integer.parseInt(arguments[1]);
    double tickSeconds = Double.parseDouble(arguments[2]);
    int warmUp = Integer.parseInt(arguments[3]);
    int measured = Integer.parseInt(arguments[4]);
    int pushes = Integer.parseInt(arguments[5]);
    StandInCluster cluster = new StandInCluster(deployments, 1);
    try (ScalersNode node = new ScalersNode(cluster, Integer.parseInt(arguments[0]), tickSeconds)) {
      new ScalersBenchmark(node, cluster, tickSeconds).run(warmUp, measured, pushes);
    }
    System.exit(0);
  }

  private void run(int warmUp, int measured, int pushes) {
    long empty = ScalersNode.heap();
    List<PolicyRef> policies = node.register();
    node.push(policies.get(0), 0);
    int all = node.attachAll();
    LiveMetrics metrics = node.metrics();
    ScalersNode.wait(warmUp * tickSeconds);
    System.out.printf(
        "%d scalers: %.1f KiB of heap each (stand-in included)%n",
        all, (ScalersNode.heap() - empty) / 1024.0 / all);

    DecisionStream.get(node.system()).subscribe(listener(node.system()));
    cluster.forgetTicks();
    written.clear();
    long decisions = metrics.decisions();
    long skipped = metrics.skippedTicks();
    long abandoned = metrics.abandonedTicks();
    long collecting = collectingMillis();
    Metronome metronome = new Metronome();
    double cpu = Usage.cpuSeconds(ProcessHandle.current());
    long begun = System.nanoTime();
    List<Double> pushed = new ArrayList<>();
    for (int i = 1; i <= pushes; i++) {
      ScalersNode.wait(measured * tickSeconds / (pushes + 1));
      pushed.add(node.push(policies.get(i % policies.size()), all));
    }
    ScalersNode.wait(measured * tickSeconds - (System.nanoTime() - begun) / 1e9);
    double seconds = (System.nanoTime() - begun) / 1e9;
    double cores = (Usage.cpuSeconds(ProcessHandle.current()) - cpu) / seconds;
    System.out.printf(
        "%.0f s: %d decisions recorded (%.0f a second), %d ticks left out, %d without telemetry,"
            + " %.2f cores%n",
        seconds,
        metrics.decisions() - decisions,
        (metrics.decisions() - decisions) / seconds,
        metrics.skippedTicks() - skipped,
        metrics.abandonedTicks() - abandoned,
        cores);
    report();
    print("a thread that only wakes up is late by", metronome.stop());
    System.out.printf("garbage collection: %d ms in all%n", collectingMillis() - collecting);
    System.out.println("policy at all scalers after, s: " + pushed);
    System.out.printf(
        "heap at the end: %.1f KiB a scaler%n", (ScalersNode.heap() - empty) / 1024.0 / all);
  }

  private static long collectingMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  /** Hears of decisions once they are in the database, as the web page does. */
  private ActorRef<DecisionRecord> listener(ActorSystem<?> system) {
    return system.systemActorOf(
        Behaviors.<DecisionRecord>receiveMessage(
            record -> {
              written
                  .computeIfAbsent(
                      record.namespace(),
                      n -> java.util.Collections.synchronizedList(new ArrayList<>()))
                  .add(System.nanoTime());
              return Behaviors.same();
            }),
        "benchmark-listener",
        Props.empty());
  }

  /**
   * A tick is due a whole number of periods after its namespace's most punctual one. Its decisions
   * are recorded when the listener hears of each, which is before the next tick.
   */
  private void report() {
    List<Double> late = new ArrayList<>();
    List<Double> recorded = new ArrayList<>();
    double period = tickSeconds * 1e9;
    for (int i = 0; i < namespaces; i++) {
      List<Long> ticks = cluster.ticks("ns" + i);
      double first = Double.POSITIVE_INFINITY;
      for (long tick : ticks) {
        long number = Math.round((tick - ticks.get(0)) / period);
        first = Math.min(first, tick - number * period);
      }
      double phase = first;
      for (long tick : ticks) {
        double since = tick - phase;
        late.add((since - period * Math.round(since / period)) / 1e6);
      }
      for (long time : List.copyOf(written.getOrDefault("ns" + i, List.of()))) {
        double since = time - phase;
        recorded.add((since - period * Math.floor(since / period)) / 1e6);
      }
    }
    print("tick begins after it is due", late);
    print("decision is in the database after its tick was due", recorded);
  }

  private static void print(String what, List<Double> millis) {
    millis.sort(null);
    System.out.printf(
        "%s, ms: median %.1f, p99 %.1f, most %.1f (of %d)%n",
        what,
        millis.get(millis.size() / 2),
        millis.get((int) (0.99 * (millis.size() - 1))),
        millis.get(millis.size() - 1),
        millis.size());
  }
}
