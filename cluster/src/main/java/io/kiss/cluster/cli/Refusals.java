package io.kiss.cluster.cli;

import akka.NotUsed;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import com.fasterxml.jackson.databind.JsonNode;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.NamespaceProtocol.DeploymentStatus;
import io.kiss.actors.protocol.NamespaceProtocol.NamespaceStatus;
import io.kiss.cluster.Node;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Says on a terminal why a Deployment is not scaled: once, and again only where the reason becomes
 * another or goes. Decisions do not tell, since none is made.
 */
final class Refusals {
  private static final Duration LOOK = Duration.ofSeconds(5);
  private static final int AT_ONCE = 4;

  private final Terminal terminal;

  /** Reasons that were told, by Deployment. */
  private final Map<String, String> told = new HashMap<>();

  Refusals(Terminal terminal) {
    this.terminal = terminal;
  }

  /** Looks at all attached namespaces from now on, until the node stops. */
  void show(Node node) {
    Ask ask = new Ask(node.system());
    Source.tick(LOOK, LOOK, NotUsed.getInstance())
        .mapAsync(1, tick -> attached(node, ask))
        .mapConcat(names -> names)
        .mapAsync(AT_ONCE, name -> status(node, ask, name))
        .filter(Optional::isPresent)
        .map(Optional::get)
        .to(Sink.foreach(this::look))
        .run(node.system());
  }

  private static CompletionStage<Set<NamespaceRef>> attached(Node node, Ask ask) {
    CompletionStage<ControllerView> view =
        ask.later(node.actors().controller(), ControllerProtocol.GetView::new);
    return view.handle(
        (known, noAnswer) -> {
          Set<NamespaceRef> names = new HashSet<>();
          if (known != null) {
            known.attachments().forEach(attachment -> names.add(NamespaceRef.of(attachment)));
          }
          return names;
        });
  }

  private static CompletionStage<Optional<NamespaceStatus>> status(
      Node node, Ask ask, NamespaceRef name) {
    CompletionStage<NamespaceStatus> status =
        ask.later(node.actors().namespaces().apply(name), NamespaceProtocol.GetStatus::new);
    return status.handle((known, noAnswer) -> Optional.ofNullable(known));
  }

  /** Takes it that this answer of {@code GET …/namespaces/{ns}} is on the terminal already. */
  synchronized void areShown(JsonNode view) {
    JsonNode status = view.path("status");
    for (JsonNode each : status.path("deployments")) {
      String refusal = each.path("refusal").asText("");
      if (!refusal.isEmpty()) {
        told.put(
            name(
                status.path("cluster").asText(),
                status.path("namespace").asText(),
                each.path("name").asText()),
            refusal);
      }
    }
  }

  /** Says what is new in how a namespace stands. */
  synchronized void look(NamespaceStatus status) {
    for (DeploymentStatus each : status.deployments()) {
      String name = name(status.cluster(), status.namespace(), each.name());
      Optional<String> before = Optional.ofNullable(told.get(name));
      if (each.refusal().isPresent() && !each.refusal().equals(before)) {
        told.put(name, each.refusal().get());
        terminal.line(name + " is not scaled: " + each.refusal().get());
      } else if (each.refusal().isEmpty() && before.isPresent()) {
        told.remove(name);
        terminal.line(name + " is decided on from now on");
      }
    }
  }

  private static String name(String cluster, String namespace, String deployment) {
    return cluster + "/" + namespace + "/" + deployment;
  }
}
