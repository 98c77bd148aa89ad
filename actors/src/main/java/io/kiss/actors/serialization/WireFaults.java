package io.kiss.actors.serialization;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.Props;
import akka.actor.typed.eventstream.EventStream;
import akka.actor.typed.javadsl.Behaviors;
import akka.event.Logging;
import java.util.concurrent.atomic.LongAdder;

/**
 * Messages between nodes that were dropped for what they are: too large for a frame, without a
 * serializer, of a class or format that is not known here, or torn. Each is logged where it is
 * dropped, and the association lives on; here they are counted. Read from any thread.
 */
public final class WireFaults implements Extension {
  private static final ExtensionId<WireFaults> ID =
      new ExtensionId<>() {
        @Override
        public WireFaults createExtension(ActorSystem<?> system) {
          return new WireFaults(system);
        }
      };

  /** Where Artery drops what cannot be written or read; by name, since the classes are its own. */
  private static final String ENCODER = "akka.remote.artery.Encoder";

  private static final String DECODER = "akka.remote.artery.Decoder";
  private static final String DESERIALIZER = "akka.remote.artery.Deserializer";

  private final LongAdder sent = new LongAdder();
  private final LongAdder received = new LongAdder();

  private WireFaults(ActorSystem<?> system) {
    system.systemActorOf(listener(), "kiss-wire-faults", Props.empty());
  }

  /** The faults of this node, counted since this was called for the first time. */
  public static WireFaults get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /** Messages that this node could not send. */
  public long sent() {
    return sent.sum();
  }

  /** Messages that reached this node and could not be read. */
  public long received() {
    return received.sum();
  }

  private Behavior<Logging.LogEvent> listener() {
    return Behaviors.setup(
        context -> {
          var events = context.getSystem().eventStream();
          var self = context.getSelf();
          events.tell(new EventStream.Subscribe<>(Logging.Warning.class, self.narrow()));
          events.tell(new EventStream.Subscribe<>(Logging.Error.class, self.narrow()));
          return Behaviors.receiveMessage(
              event -> {
                count(event);
                return Behaviors.same();
              });
        });
  }

  /** Artery has no hook where it drops a message; that it logs each is what can be relied on. */
  private void count(Logging.LogEvent event) {
    String by = event.logClass().getName();
    if (by.startsWith(ENCODER)) {
      sent.increment();
    } else if (by.startsWith(DESERIALIZER) || by.startsWith(DECODER)) {
      received.increment();
    }
  }
}
