package io.kiss.cluster.cli;

import akka.Done;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Sink;
import io.kiss.actors.protocol.LearnerProtocol.Candidate;
import io.kiss.actors.protocol.NamespaceProtocol.NamespaceStatus;
import io.kiss.actors.protocol.RegisteredPolicy.EvaluationRow;
import io.kiss.actors.protocol.TrainingProgress.State;
import io.kiss.cluster.AllRoles;
import io.kiss.cluster.Node;
import io.kiss.cluster.NodeSettings;
import io.kiss.cluster.boot.BootFailure;
import io.kiss.cluster.demo.DemoCluster;
import io.kiss.kisim.evaluate.TournamentCase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What {@code kiss up} does once its flags are read: train, evaluate, scale, serve. */
final class UpJourney {
  /** Beyond this share of the wall time a stretch should take, it is not getting on. */
  private static final double PATIENCE = 3;

  private final UpOptions options;
  private final Terminal terminal;

  UpJourney(UpOptions options, Terminal terminal) {
    this.options = options;
    this.terminal = terminal;
  }

  /** Boots the node and runs until it is stopped. The answer is the exit code. */
  int run() {
    NodeSettings settings =
        NodeSettings.from(NodeSettings.load(home(), flags(options)), options.trace());
    // Before the first logger is asked for.
    System.setProperty("kiss.logs", settings.data().logs().toString());
    try (Node node = Node.boot(settings, new AllRoles())) {
      try {
        return journey(node, settings);
      } catch (RuntimeException e) {
        if (!node.stopping()) {
          throw e;
        }
        // The actors went away under a question: that is no news to somebody who pressed Ctrl-C.
        node.whenStopped().toCompletableFuture().join();
        return 1;
      }
    }
  }

  private int journey(Node node, NodeSettings settings) {
    terminal.line("KIS-S is up: " + node.whereToAsk());
    // First of all: what keeps it from judging is better known before the training.
    EvaluationStep evaluationStep = new EvaluationStep(node, terminal, replays(settings));
    TrainingStep training = new TrainingStep(node, terminal, options.trainSeconds());
    Optional<Candidate> candidate =
        options.policy().isPresent() ? Optional.empty() : training.run();
    List<EvaluationRow> evaluation =
        options
            .policy()
            .map(evaluationStep::use)
            .orElseGet(() -> candidate.map(evaluationStep::run).orElse(List.of()));
    DemoStep demo = new DemoStep(node, terminal, options.verbose());
    UniqueKillSwitch show = demo.show();
    demo.attach();
    if (!options.once()) {
      judgeLaterTraining(
          node, training, evaluationStep, candidate.map(c -> c.iteration().number()).orElse(0L));
      node.whenStopped().toCompletableFuture().join();
      // Not by Ctrl-C, which ends the JVM: the cluster has put this node out.
      return 1;
    }
    NamespaceStatus status = scaleThrough(node, demo, settings.demo().orElseThrow().onceSeconds());
    show.shutdown();
    String summary =
        UpSummary.of(candidate.map(Candidate::progress), evaluation, status, node.demo().truth());
    node.close();
    terminal.verbatim(summary);
    return 0;
  }

  /** Training that the admin API resumed or started is judged as well, each time it is done. */
  private void judgeLaterTraining(
      Node node, TrainingStep training, EvaluationStep evaluation, long judged) {
    AtomicLong last = new AtomicLong(judged);
    node.feeds()
        .training()
        .filter(p -> p.state() == State.COMPLETE && last.getAndSet(p.iteration()) != p.iteration())
        .mapAsync(
            1,
            p ->
                CompletableFuture.runAsync(
                        () -> {
                          terminal.line("Training is done at iteration " + p.iteration());
                          evaluation.run(training.candidate());
                        })
                    .handle((done, failure) -> report(node, failure)))
        .runWith(Sink.ignore(), node.system());
  }

  private Done report(Node node, Throwable failure) {
    if (failure != null && !node.stopping()) {
      terminal.line("The evaluation failed: " + failure.getMessage());
    }
    return Done.getInstance();
  }

  /** The demo's traffic, where it is of a trace: it may not drown among what is drawn. */
  private List<TournamentCase> replays(NodeSettings settings) {
    long seed = settings.demo().orElseThrow().seed();
    return options.trace().map(trace -> DemoCluster.replays(trace, seed)).orElse(List.of());
  }

  /** Waits until the demo's scalers have scaled through a stretch of its time. */
  private static NamespaceStatus scaleThrough(Node node, DemoStep demo, double stretchSeconds) {
    double end = node.demo().nowSeconds() + stretchSeconds;
    Duration stretch = node.demo().wallTime(stretchSeconds);
    long deadline = System.nanoTime() + (long) (PATIENCE * stretch.toNanos()) + 30_000_000_000L;
    pause(stretch);
    NamespaceStatus status = demo.status();
    while (node.demo().nowSeconds() < end
        || status.deployments().isEmpty()
        || status.deployments().stream().anyMatch(d -> d.decisions() == 0)) {
      if (System.nanoTime() > deadline) {
        throw new BootFailure(
            "the demo's scalers did not decide in time"
                + status.problem().map(problem -> ": " + problem).orElse("")
                + "; the log in the data folder says more");
      }
      pause(Duration.ofMillis(200));
      status = demo.status();
    }
    return status;
  }

  private static void pause(Duration duration) {
    try {
      // Nobody counts it down: an interruptible wait of a fixed length.
      new CountDownLatch(1).await(duration.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static Path home() {
    return Path.of(System.getProperty("kiss.home", "."));
  }

  static Map<String, Object> flags(UpOptions options) {
    Map<String, Object> flags = new HashMap<>();
    options.port().ifPresent(port -> flags.put("kiss.http.port", port));
    options.data().ifPresent(data -> flags.put("kiss.data", data.toString()));
    options.workers().ifPresent(workers -> flags.put("kiss.rollout.workers", workers));
    options
        .seed()
        .ifPresent(
            seed -> {
              flags.put("kiss.rollout.seed", seed);
              flags.put("kiss.learner.seed", seed);
              flags.put("kiss.demo.seed", seed);
              flags.put("kiss.gate.seed", seed);
            });
    return flags;
  }
}
