package io.kiss.cluster.scaling;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.kiss.actors.live.DecisionRecord;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.actors.scaler.DecisionStream;
import io.kiss.actors.scaler.LiveMetrics;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * Thousands of scalers on one node, at their real pace: how late their ticks begin, how long until
 * the decisions stand in the database, how fast a policy reaches them all, what they weigh.
 * Kubernetes and Prometheus are {@link StandInCluster}; controller, sharding, policy cache, guards,
 * journal and its H2 file are a node's own. Arguments: namespaces, Deployments in each, seconds
 * between ticks, ticks to warm up, ticks to measure, policies to push meanwhile.
 */
public final class ScalersBenchmark {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final int namespaces;
  private final int deployments;
  private final double tickSeconds;
  private final StandInCluster cluster;
  private final Node node;
  private final ActorRef<ControllerProtocol.Command> controller;

  /** When the newest record of a namespace was durable, by tick's beginning. */
  private final Map<String, List<Long>> written = new ConcurrentHashMap<>();

  private ScalersBenchmark(int namespaces, int deployments, double tickSeconds, Path data) {
    this.namespaces = namespaces;
    this.deployments = deployments;
    this.tickSeconds = tickSeconds;
    cluster = new StandInCluster(deployments);
    node =
        Node.boot(
            NodeFixture.settings(data, 0),
            (system, stores, clusters) ->
                NodeFixture.start(system, stores, name -> Optional.of(cluster.live())));
    controller = node.actors().controller();
  }

  public static void main(String[] arguments) throws IOException {
    System.setProperty("kiss.home", "..");
    int namespaces = Integer.parseInt(arguments[0]);
    int deployments = Integer.parseInt(arguments[1]);
    double tickSeconds = Double.parseDouble(arguments[2]);
    int warmUp = Integer.parseInt(arguments[3]);
    int measured = Integer.parseInt(arguments[4]);
    int pushes = Integer.parseInt(arguments[5]);
    Path data = Files.createTempDirectory("scalers");
    ScalersBenchmark benchmark = new ScalersBenchmark(namespaces, deployments, tickSeconds, data);
    try {
      benchmark.run(warmUp, measured, pushes);
    } finally {
      benchmark.node.close();
      benchmark.cluster.stop();
      try (var files = Files.walk(data)) {
        files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
      }
    }
    System.exit(0);
  }

  private void run(int warmUp, int measured, int pushes) {
    long empty = heap();
    List<PolicyRef> policies = register();
    push(policies.get(0), 0);
    attachAll();
    LiveMetrics metrics = LiveMetrics.get(node.system());
    int all = namespaces * deployments;
    await("all scalers", () -> metrics.scalers() == all);
    wait(warmUp * tickSeconds);
    System.out.printf(
        "%d scalers: %.1f KiB of heap each (stand-in included)%n",
        all, (heap() - empty) / 1024.0 / all);

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
      wait(measured * tickSeconds / (pushes + 1));
      pushed.add(push(policies.get(i % policies.size()), all));
    }
    wait(measured * tickSeconds - (System.nanoTime() - begun) / 1e9);
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
    System.out.printf("heap at the end: %.1f KiB a scaler%n", (heap() - empty) / 1024.0 / all);
  }

  private static long heap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static long collectingMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  private static void wait(double seconds) {
    long until = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < until) {
      LockSupport.parkNanos(Math.max(1, until - System.nanoTime()));
    }
  }

  private static void await(String what, java.util.function.BooleanSupplier done) {
    long until = System.nanoTime() + 10 * PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      if (System.nanoTime() > until) {
        throw new IllegalStateException("still waiting for " + what);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  private <T> T ask(Function<ActorRef<T>, ControllerProtocol.Command> command) {
    return AskPattern.<ControllerProtocol.Command, T>ask(
            controller, command::apply, PATIENCE, node.system().scheduler())
        .toCompletableFuture()
        .join();
  }

  /** The policy that comes along, and the same with other weights. */
  private List<PolicyRef> register() {
    PolicySnapshot shipped =
        PolicyFile.read(Path.of("..", "conf", "policies", "kiscaler.kiss")).policy();
    float[] weights = shipped.weights().clone();
    weights[0] += 1e-3f;
    PolicySnapshot other =
        new PolicySnapshot(
            shipped.observationId(),
            shipped.actionId(),
            shipped.layers(),
            shipped.heads(),
            weights,
            shipped.mean(),
            shipped.deviation(),
            shipped.lowest(),
            shipped.highest());
    List<PolicyRef> refs = new ArrayList<>();
    for (PolicySnapshot policy : List.of(shipped, other)) {
      PolicyRef ref = new PolicyRef("p" + refs.size(), policy.sha256());
      node.stores().policies().put(ref.sha256(), policy.toBytes()).toCompletableFuture().join();
      RegisteredPolicy registered =
          new RegisteredPolicy(
              ref,
              System.currentTimeMillis(),
              new RegisteredPolicy.Provenance("bench", 1, 1, 1, "none", 1, "unknown"),
              List.of());
      this.<StatusReply<Done>>ask(reply -> new ControllerProtocol.RegisterPolicy(registered, reply))
          .getValue();
      refs.add(ref);
    }
    return refs;
  }

  /** Gives all scalers a policy; answers after how many seconds all have said that they run it. */
  private double push(PolicyRef policy, int scalers) {
    long begun = System.nanoTime();
    this.<StatusReply<Assignment>>ask(
            reply -> new ControllerProtocol.Promote(policy.id(), true, true, reply))
        .getValue();
    await(policy.id(), () -> running(policy) >= scalers);
    return Math.round((System.nanoTime() - begun) / 1e6) / 1e3;
  }

  private int running(PolicyRef policy) {
    ControllerView view = ask(ControllerProtocol.GetView::new);
    return view.acknowledged().stream()
        .flatMap(acknowledge -> acknowledge.running().stream())
        .filter(running -> running.policy().equals(policy.id()))
        .mapToInt(ControllerProtocol.Running::scalers)
        .sum();
  }

  private void attachAll() {
    for (int i = 0; i < namespaces; i++) {
      Attachment attachment =
          Attachment.of(
              "bench", "ns" + i, "", Attachment.Mode.ACTIVE, tickSeconds, GuardSettings.DEFAULT);
      this.<StatusReply<Done>>ask(reply -> new ControllerProtocol.PutNamespace(attachment, reply))
          .getValue();
    }
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
