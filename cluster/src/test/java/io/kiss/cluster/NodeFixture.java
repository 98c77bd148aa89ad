package io.kiss.cluster;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.ChangeNumberOfProcesses;
import akka.cluster.sharding.typed.ShardedDaemonProcessCommand;
import akka.pattern.StatusReply;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kiss.actors.controller.ControllerSingleton;
import io.kiss.actors.live.LiveClusters;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.actors.protocol.TrainingProgress;
import io.kiss.actors.protocol.UpdateStatistics;
import io.kiss.actors.scaler.NamespaceSharding;
import io.kiss.actors.scaler.PolicyCache;
import io.kiss.cluster.http.Contract;
import io.kiss.cluster.http.NodeActors;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Boots nodes for tests: everything real but for the learner, which needs native libraries. */
public final class NodeFixture {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private NodeFixture() {}

  public static NodeSettings settings(Path data, int port) {
    return settings(data, Map.of("kiss.http.port", port));
  }

  static NodeSettings settings(Path data, Map<String, Object> more) {
    Map<String, Object> flags = new HashMap<>();
    flags.put("kiss.data", data.toString());
    flags.put("kiss.http.ask-timeout", "1500ms");
    flags.put("akka.cluster.shutdown-after-unsuccessful-join-seed-nodes", "off");
    flags.putAll(more);
    return NodeSettings.from(NodeSettings.load(data, flags), Optional.empty());
  }

  public static Node boot(Path data) {
    return Node.boot(settings(data, 0), NodeFixture::start);
  }

  /** With settings of its own. */
  public static Node boot(Path data, Map<String, Object> more) {
    Map<String, Object> flags = new HashMap<>(more);
    flags.put("kiss.http.port", 0);
    return Node.boot(settings(data, flags), NodeFixture::start);
  }

  public static NodeActors start(
      ActorSystem<?> system, Optional<NodeStores> kept, LiveClusters clusters) {
    NodeStores stores = kept.orElseThrow();
    ActorRef<ControllerProtocol.Command> controller =
        ControllerSingleton.init(system, NamespaceSharding.entities(system));
    NamespaceSharding.init(
        system, clusters, stores.decisions(), new PolicyCache(stores.policies()), controller);
    ActorRef<LearnerProtocol.Command> learner =
        system.systemActorOf(learner(false, null), "learner", Props.empty());
    ActorRef<ShardedDaemonProcessCommand> workers =
        system.systemActorOf(workers(5), "workers", Props.empty());
    return new NodeActors(
        learner,
        workers,
        controller,
        NamespaceSharding.entities(system)::apply,
        List.of(NamespaceSharding.KEY));
  }

  /** Takes any number but the one there is. */
  private static Behavior<ShardedDaemonProcessCommand> workers(int number) {
    return Behaviors.receiveMessage(
        message -> {
          ChangeNumberOfProcesses change = (ChangeNumberOfProcesses) message;
          boolean other = change.newNumberOfProcesses() != number;
          change
              .replyTo()
              .tell(
                  other
                      ? StatusReply.success(Done.getInstance())
                      : StatusReply.error("there are " + number + " workers already"));
          return workers(change.newNumberOfProcesses());
        });
  }

  /** Says what it was told; resuming is refused unless it rests, and stopping is never answered. */
  private static Behavior<LearnerProtocol.Command> learner(
      boolean paused, ActorRef<TrainingProgress> subscriber) {
    return Behaviors.receiveMessage(
        message -> {
          if (message instanceof LearnerProtocol.GetProgress get) {
            get.replyTo().tell(progress(paused));
          } else if (message instanceof LearnerProtocol.GetWorkers get) {
            get.replyTo().tell(workers());
          } else if (message instanceof LearnerProtocol.Subscribe subscribe) {
            subscribe.subscriber().tell(progress(paused));
            return learner(paused, subscribe.subscriber());
          } else if (message instanceof LearnerProtocol.Start start) {
            start.replyTo().tell(StatusReply.success(Done.getInstance()));
          } else if (message instanceof LearnerProtocol.Pause pause) {
            pause.replyTo().tell(StatusReply.success(Done.getInstance()));
            if (subscriber != null) {
              subscriber.tell(progress(true));
            }
            return learner(true, subscriber);
          } else if (message instanceof LearnerProtocol.Resume resume) {
            resume
                .replyTo()
                .tell(
                    paused
                        ? StatusReply.success(Done.getInstance())
                        : StatusReply.error("the run is not paused"));
            return learner(false, subscriber);
          }
          return Behaviors.same();
        });
  }

  private static LearnerProtocol.Workers workers() {
    return new LearnerProtocol.Workers(
        new Iteration("run-1", 1, 5),
        1,
        2,
        0,
        0.25,
        List.of(
            new LearnerProtocol.WorkerStatus(
                0, 1_700_000_000_000L, "127.0.0.1:25520", 4, 1, 5, 640, 250, 0, 0.5)));
  }

  private static TrainingProgress progress(boolean paused) {
    return new TrainingProgress(
        "run-1",
        paused ? TrainingProgress.State.PAUSED : TrainingProgress.State.RUNNING,
        1,
        5,
        2,
        1000,
        500,
        2,
        TrainingBudget.ofSeconds(60),
        Double.NaN,
        0.99,
        1.5,
        UpdateStatistics.NONE);
  }

  public static HttpResponse<String> call(Node node, String method, String path, String body) {
    try {
      HttpResponse<String> response =
          HTTP.send(
              HttpRequest.newBuilder(URI.create(node.url() + path))
                  .timeout(Duration.ofSeconds(20))
                  .header("Content-Type", "application/json")
                  .method(method, HttpRequest.BodyPublishers.ofString(body))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      check(method, path, body, response);
      return response;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Holds an exchange against the contract; so does every {@link #call}. */
  public static void check(String method, String path, String sent, HttpResponse<String> answer) {
    Contract.check(
        method,
        path,
        sent,
        new Contract.Answer(
            answer.statusCode(),
            answer.headers()::firstValue,
            answer.headers().firstValue("Content-Type").orElse(""),
            answer.body()));
  }

  public static JsonNode json(HttpResponse<String> response) {
    try {
      return JSON.readTree(response.body());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
