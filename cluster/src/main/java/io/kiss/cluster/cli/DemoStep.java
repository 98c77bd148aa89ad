package io.kiss.cluster.cli;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import akka.stream.UniqueKillSwitch;
import io.kiss.actors.live.NamespaceRef;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ControllerProtocol;
import io.kiss.actors.protocol.ControllerProtocol.ControllerView;
import io.kiss.actors.protocol.NamespaceProtocol;
import io.kiss.actors.protocol.NamespaceProtocol.NamespaceStatus;
import io.kiss.cluster.Node;
import io.kiss.cluster.demo.DemoCluster;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.WorkloadSpec;
import java.util.Locale;
import java.util.Optional;

/**
 * Attaches the demo namespace and shows its scalers at work: a line for each decision to change
 * something.
 */
final class DemoStep {
  private static final NamespaceRef DEMO =
      new NamespaceRef(DemoCluster.CLUSTER, DemoCluster.NAMESPACE);

  private static final int NAME_WIDTH = 12;

  private final Node node;
  private final Terminal terminal;
  private final DecisionPrinter printer;
  private final Ask ask;

  DemoStep(Node node, Terminal terminal, boolean everyDecision) {
    this.node = node;
    this.terminal = terminal;
    ask = new Ask(node.system());
    printer = new DecisionPrinter(terminal, everyDecision, NAME_WIDTH);
  }

  /** Shows decisions from now on, until the switch is thrown, and what is not scaled, and why. */
  UniqueKillSwitch show() {
    new Refusals(terminal).show(node);
    return printer.show(node);
  }

  /** Attaches the demo, acting; an attachment that is there already stays as it is. */
  void attach() {
    ControllerView view = ask.now(node.actors().controller(), ControllerProtocol.GetView::new);
    Optional<Attachment> before =
        view.attachments().stream().filter(a -> NamespaceRef.of(a).equals(DEMO)).findFirst();
    if (before.isEmpty()) {
      Attachment attachment =
          Attachment.of(
              DEMO.cluster(),
              DEMO.namespace(),
              "",
              Attachment.Mode.ACTIVE,
              WorkloadSpec.DEFAULT_TICK_SECONDS,
              GuardSettings.DEFAULT);
      ask.request(
          node.actors().controller(),
          (ActorRef<StatusReply<Done>> replyTo) ->
              new ControllerProtocol.PutNamespace(attachment, replyTo));
    }
    terminal.line(
        String.format(
            Locale.ROOT,
            "Namespace %s is attached%s; %s decides",
            DEMO,
            before.map(a -> " as before" + shadow(a)).orElse(""),
            view.assignment()
                .policy()
                .map(policy -> "policy " + policy.id() + " (term " + view.assignment().term() + ")")
                .orElse("there is no policy, so the queueing rule")));
  }

  private static String shadow(Attachment attachment) {
    return attachment.mode() == Attachment.Mode.SHADOW
        ? ", in shadow mode: nothing is changed"
        : "";
  }

  /** How the namespace stands. */
  NamespaceStatus status() {
    return ask.now(node.actors().namespaces().apply(DEMO), NamespaceProtocol.GetStatus::new);
  }
}
