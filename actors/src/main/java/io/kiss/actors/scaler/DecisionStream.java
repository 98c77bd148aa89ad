package io.kiss.actors.scaler;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Extension;
import akka.actor.typed.ExtensionId;
import akka.actor.typed.Props;
import akka.actor.typed.pubsub.Topic;
import io.kiss.actors.live.DecisionRecord;

/**
 * All decisions of the cluster as they are made, for consoles and event streams: at most once, and
 * sent only to nodes with a subscriber. What must not be lost is read from the journal.
 */
public final class DecisionStream implements Extension {
  private static final String TOPIC = "decisions";

  private static final ExtensionId<DecisionStream> ID =
      new ExtensionId<>() {
        @Override
        public DecisionStream createExtension(ActorSystem<?> system) {
          return new DecisionStream(system);
        }
      };

  private final ActorRef<Topic.Command<DecisionRecord>> topic;

  private DecisionStream(ActorSystem<?> system) {
    topic = system.systemActorOf(Topic.create(DecisionRecord.class, TOPIC), TOPIC, Props.empty());
  }

  /** The stream of this node. */
  public static DecisionStream get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  /** From now on {@code subscriber} is told of every decision made anywhere in the cluster. */
  public void subscribe(ActorRef<DecisionRecord> subscriber) {
    topic.tell(Topic.subscribe(subscriber));
  }

  /** Ends {@link #subscribe}; a subscriber that stops need not say so. */
  public void unsubscribe(ActorRef<DecisionRecord> subscriber) {
    topic.tell(Topic.unsubscribe(subscriber));
  }

  void publish(DecisionRecord decision) {
    topic.tell(Topic.publish(decision));
  }
}
