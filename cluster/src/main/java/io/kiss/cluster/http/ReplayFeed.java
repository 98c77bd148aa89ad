package io.kiss.cluster.http;

import akka.NotUsed;
import akka.stream.OverflowStrategy;
import akka.stream.javadsl.Source;
import akka.stream.javadsl.SourceQueueWithComplete;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Events for any number of listeners, and the latest of them for one who comes back. Each listener
 * has a buffer of its own; one who is too slow loses the oldest events and holds up nobody.
 */
final class ReplayFeed<T> {
  private final int remembered;
  private final Function<T, String> id;
  private final Deque<T> latest = new ArrayDeque<>();
  private final Set<SourceQueueWithComplete<T>> listeners = new HashSet<>();

  /**
   * A feed without events.
   *
   * @param remembered events that are kept for those who come back, and that a listener may be
   *     behind
   */
  ReplayFeed(int remembered, Function<T, String> id) {
    this.remembered = remembered;
    this.id = id;
  }

  /** Tells all listeners. */
  synchronized void publish(T event) {
    latest.addLast(event);
    if (latest.size() > remembered) {
      latest.removeFirst();
    }
    listeners.forEach(listener -> listener.offer(event));
  }

  /** What came last; empty before the first. */
  synchronized Optional<T> last() {
    return Optional.ofNullable(latest.peekLast());
  }

  String id(T event) {
    return id.apply(event);
  }

  /**
   * Events from now on.
   *
   * @param lastSeen id of the event the listener has seen last: those after it come first; all that
   *     are remembered where it is so old that it is not; empty: none
   */
  Source<T, NotUsed> since(Optional<String> lastSeen) {
    return Source.<T>queue(remembered, OverflowStrategy.dropHead())
        .mapMaterializedValue(
            queue -> {
              listen(queue, lastSeen);
              return NotUsed.getInstance();
            });
  }

  private synchronized void listen(SourceQueueWithComplete<T> queue, Optional<String> lastSeen) {
    lastSeen.ifPresent(seen -> after(seen).forEach(queue::offer));
    listeners.add(queue);
    queue.watchCompletion().whenComplete((done, failure) -> forget(queue));
  }

  private List<T> after(String seen) {
    List<T> after = new ArrayList<>();
    for (T event : latest) {
      if (id.apply(event).equals(seen)) {
        after.clear();
      } else {
        after.add(event);
      }
    }
    return after;
  }

  private synchronized void forget(SourceQueueWithComplete<T> queue) {
    listeners.remove(queue);
  }
}
