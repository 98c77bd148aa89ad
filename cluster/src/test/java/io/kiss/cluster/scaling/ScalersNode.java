package io.kiss.cluster.scaling;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.AskPattern;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.Assignment;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.actors.scaler.LiveMetrics;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeFixture;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.PolicyFile;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * A node whose namespaces are those of a {@link StandInCluster}: controller, sharding, policy
 * cache, guards, journal and its H2 file are a node's own.
 */
final class ScalersNode implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final StandInCluster cluster;
  private final int namespaces;
  private final double tickSeconds;
  private final Path data;
  private final Node node;
  private final ActorRef<ControllerProtocol.Command> controller;

  ScalersNode(StandInCluster cluster, int namespaces, double tickSeconds) throws IOException {
    this(cluster, namespaces, tickSeconds, Map.of());
  }

  ScalersNode(
      StandInCluster cluster, int namespaces, double tickSeconds, Map<String, Object> settings)
      throws IOException {
    this.cluster = cluster;
    this.namespaces = namespaces;
    this.tickSeconds = tickSeconds;
    data = Files.createTempDirectory("scalers");
    node =
        Node.boot(
            NodeFixture.settings(data, withFreePort(settings)),
            (system, stores, clusters) ->
                NodeFixture.start(system, stores, name -> Optional.of(cluster.live())));
    controller = node.actors().controller();
  }

  private static Map<String, Object> withFreePort(Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("kiss.http.port", 0);
    return all;
  }

  int namespaces() {
    return namespaces;
  }

  /** Length of the database's file. */
  long fileBytes() {
    return data.resolve("kiss.mv.db").toFile().length();
  }

  ActorSystem<?> system() {
    return node.system();
  }

  LiveMetrics metrics() {
    return LiveMetrics.get(node.system());
  }

  /** What live objects take, bytes. */
  static long heap() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  static void wait(double seconds) {
    long until = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < until) {
      LockSupport.parkNanos(Math.max(1, until - System.nanoTime()));
    }
  }

  private static void await(String what, BooleanSupplier done) {
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
  List<PolicyRef> register() {
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
  double push(PolicyRef policy, int scalers) {
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

  /** Attaches all namespaces; answers how many scalers there are then. */
  int attachAll() {
    for (int i = 0; i < namespaces; i++) {
      Attachment attachment =
          Attachment.of(
              "bench", "ns" + i, "", Attachment.Mode.ACTIVE, tickSeconds, GuardSettings.DEFAULT);
      this.<StatusReply<Done>>ask(reply -> new ControllerProtocol.PutNamespace(attachment, reply))
          .getValue();
    }
    int all = namespaces * cluster.deployments();
    LiveMetrics metrics = metrics();
    await("all scalers", () -> metrics.scalers() == all);
    return all;
  }

  @Override
  public void close() throws IOException {
    node.close();
    cluster.stop();
    try (var files = Files.walk(data)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
