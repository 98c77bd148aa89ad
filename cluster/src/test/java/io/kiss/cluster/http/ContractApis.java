package io.kiss.cluster.http;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.RequestEntity;
import akka.http.javadsl.model.headers.RawHeader;
import akka.pattern.StatusReply;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.LearnerProtocol;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.actors.protocol.RegisteredPolicy;
import io.kiss.cluster.Node;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/** Admin APIs around the parts of one node, with others behind them: silent, or refusing. */
final class ContractApis {
  static final String OPERATOR = "operator-0123456789";
  static final String VIEWER = "viewer-0123456789ab";
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration NO_PATIENCE = Duration.ofMillis(100);

  private final Node node;
  private final ActorSystem<?> system;

  ContractApis(Node node) {
    this.node = node;
    system = node.system();
  }

  /** Everything answers and obeys. */
  AdminApi willing() {
    return api(
        actors(answering("willing", node.actors().learner(), StatusReply.ack())),
        open(PATIENCE, 1e6, false));
  }

  /** Everything shows what there is, and refuses to change it. */
  AdminApi refusing() {
    StatusReply<Done> no = StatusReply.error("this is not the time");
    return api(
        new NodeActors(
            answering("no-learner", node.actors().learner(), no),
            answering("no-workers", system.ignoreRef(), no),
            answering("no-controller", node.actors().controller(), no),
            node.actors().namespaces(),
            List.of()),
        open(PATIENCE, 1e6, false));
  }

  /** Nothing behind it ever answers. */
  AdminApi silent() {
    return api(
        new NodeActors(
            system.ignoreRef(),
            // Changing workers is given 40 s; that a stopped actor does not answer shows at once.
            system.deadLetters(),
            system.ignoreRef(),
            ref -> system.ignoreRef(),
            List.of(EntityTypeKey.create(Object.class, "unheard-of"))),
        open(NO_PATIENCE, 1e6, false));
  }

  /** One request is all that an address has. */
  AdminApi stingy() {
    return api(node.actors(), open(PATIENCE, 1, false));
  }

  AdminApi careful() {
    return api(node.actors(), open(PATIENCE, 1e6, true));
  }

  AdminApi withTokens() {
    return api(
        node.actors(),
        new HttpSettings("127.0.0.1", 0, Optional.of(OPERATOR), Optional.of(VIEWER), PATIENCE));
  }

  /** Registers a policy whose weights nobody has. */
  void register(String id) {
    RegisteredPolicy policy =
        new RegisteredPolicy(
            new PolicyRef(id, "0".repeat(64)),
            1000,
            new RegisteredPolicy.Provenance("run-1", 5, 1000, 2, "none", 1, "abc"),
            List.of());
    AskPattern.<ControllerProtocol.Command, Done>askWithStatus(
            node.actors().controller(),
            reply -> new ControllerProtocol.RegisterPolicy(policy, reply),
            PATIENCE,
            system.scheduler())
        .toCompletableFuture()
        .join();
  }

  private static HttpSettings open(Duration patience, double burst, boolean requireIfMatch) {
    return new HttpSettings(
        "127.0.0.1",
        0,
        Optional.empty(),
        Optional.empty(),
        patience,
        Optional.empty(),
        Optional.empty(),
        burst > 1 ? burst : 1e-3,
        burst,
        requireIfMatch);
  }

  private NodeActors actors(ActorRef<LearnerProtocol.Command> learner) {
    return new NodeActors(
        learner,
        node.actors().workers(),
        node.actors().controller(),
        node.actors().namespaces(),
        node.actors().entityTypes());
  }

  private AdminApi api(NodeActors actors, HttpSettings settings) {
    return new AdminApi(
        system,
        settings,
        actors,
        Optional.of(
            new AdminStores(
                node.stores().decisions(),
                node.stores().policies(),
                node.stores().audit(),
                node.catalog())),
        List.of("local"),
        node.feeds(),
        node.meters(),
        node.jobDesk(),
        Optional.empty());
  }

  /** Passes questions on to somebody real, and answers all orders itself. */
  @SuppressWarnings("unchecked")
  private <T> ActorRef<T> answering(String name, ActorRef<T> real, StatusReply<Done> answer) {
    return (ActorRef<T>)
        system.systemActorOf(
            Behaviors.<Object>receiveMessage(
                message -> {
                  if (message instanceof ControllerProtocol.GetView
                      || message instanceof LearnerProtocol.GetProgress
                      || message instanceof LearnerProtocol.GetWorkers) {
                    real.tell((T) message);
                  } else {
                    replyTo(message).tell(answer);
                  }
                  return Behaviors.same();
                }),
            name,
            Props.empty());
  }

  @SuppressWarnings("unchecked")
  private static ActorRef<Object> replyTo(Object message) {
    try {
      for (RecordComponent part :
          message.getClass().isRecord()
              ? message.getClass().getRecordComponents()
              : new RecordComponent[0]) {
        if (part.getType().equals(ActorRef.class)) {
          part.getAccessor().setAccessible(true);
          return (ActorRef<Object>) part.getAccessor().invoke(message);
        }
      }
      return (ActorRef<Object>) message.getClass().getMethod("replyTo").invoke(message);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  static HttpRequest request(String method, String target, String body, String... headers) {
    RequestEntity entity =
        body.isEmpty()
            ? HttpEntities.EMPTY
            : HttpEntities.create(ContentTypes.APPLICATION_JSON, body);
    HttpRequest request =
        HttpRequest.create(target)
            .withMethod(HttpMethods.lookup(method).orElseThrow())
            .withEntity(entity);
    for (int i = 0; i < headers.length; i += 2) {
      HttpHeader parsed = HttpHeader.parse(headers[i], headers[i + 1]);
      request =
          request.addHeader(
              parsed.is("authorization") ? RawHeader.create(headers[i], headers[i + 1]) : parsed);
    }
    return request;
  }

  /** The answer once it is whole, held against the contract. */
  Contract.Answer answer(AdminApi api, HttpRequest request, String sent) {
    return whole(request, sent, api.answer(request));
  }

  Contract.Answer whole(HttpRequest request, String sent, CompletionStage<HttpResponse> answer) {
    try {
      HttpResponse response = answer.toCompletableFuture().get(30, TimeUnit.SECONDS);
      String body =
          response
              .entity()
              .toStrict(10_000, system)
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS)
              .getData()
              .utf8String();
      Contract.Answer whole =
          new Contract.Answer(
              response.status().intValue(),
              name ->
                  StreamSupport.stream(response.getHeaders().spliterator(), false)
                      .filter(header -> header.name().equalsIgnoreCase(name))
                      .map(HttpHeader::value)
                      .findFirst(),
              response.entity().getContentType().toString(),
              body);
      Contract.check(
          request.method().value(),
          request.getUri().asScala().toRelative().toString(),
          sent,
          whole);
      return whole;
    } catch (java.util.concurrent.ExecutionException
        | java.util.concurrent.TimeoutException
        | InterruptedException e) {
      throw new AssertionError(request + " is not answered", e);
    }
  }
}
