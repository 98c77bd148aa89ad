package io.kiss.actors.controller;

import akka.japi.function.Procedure;
import akka.pattern.StatusReply;
import akka.persistence.typed.javadsl.CommandHandlerBuilderByState;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EffectFactories;
import io.kiss.actors.protocol.Attachment;
import io.kiss.actors.protocol.ClusterDefinition;
import io.kiss.actors.protocol.ControllerProtocol.DeleteCluster;
import io.kiss.actors.protocol.ControllerProtocol.PutCluster;
import java.util.Optional;
import java.util.stream.Collectors;

/** Definitions of clusters; nodes learn of one together with an attachment in it. */
final class ClusterHandlers extends Handlers {
  private final Procedure<ControllerState> push;

  /**
   * Makes the handlers.
   *
   * @param push tells all namespaces' entities how they are attached
   */
  ClusterHandlers(
      EffectFactories<ControllerEvent, ControllerState> effects, Procedure<ControllerState> push) {
    super(effects);
    this.push = push;
  }

  @Override
  void addTo(
      CommandHandlerBuilderByState<Object, ControllerEvent, ControllerState, ControllerState>
          builder) {
    builder.onCommand(PutCluster.class, this::onPut).onCommand(DeleteCluster.class, this::onDelete);
  }

  private Effect<ControllerEvent, ControllerState> onPut(
      ControllerState state, PutCluster command) {
    ClusterDefinition definition = command.definition();
    if (definition.name().isBlank() || definition.name().contains("/")) {
      return refuse(command.replyTo(), "not a cluster name: '" + definition.name() + "'");
    }
    if (state.cluster(definition.name()).equals(Optional.of(definition))) {
      return effects.reply(command.replyTo(), StatusReply.ack());
    }
    return effects
        .persist(new ControllerEvent.ClusterDefined(definition))
        .thenRun(push)
        .thenReply(command.replyTo(), after -> StatusReply.ack());
  }

  private Effect<ControllerEvent, ControllerState> onDelete(
      ControllerState state, DeleteCluster command) {
    if (state.cluster(command.cluster()).isEmpty()) {
      return refuse(command.replyTo(), "there is no cluster '" + command.cluster() + "'");
    }
    String attached =
        state.attachments().stream()
            .filter(attachment -> attachment.cluster().equals(command.cluster()))
            .map(Attachment::namespace)
            .collect(Collectors.joining(", "));
    if (!attached.isEmpty()) {
      return refuse(
          command.replyTo(),
          "cluster '%s' is in use: detach %s first".formatted(command.cluster(), attached));
    }
    return effects
        .persist(new ControllerEvent.ClusterRemoved(command.cluster()))
        .thenReply(command.replyTo(), after -> StatusReply.ack());
  }
}
