package io.kiss.cluster.http;

import akka.NotUsed;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;
import akka.http.javadsl.model.headers.CacheControl;
import akka.http.javadsl.model.headers.CacheDirectives;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Server-sent events: <a href="https://html.spec.whatwg.org/#server-sent-events">HTML</a>. */
final class EventStreams {
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /** A comment: keeps proxies from closing a quiet stream, and no client hears of it. */
  private static final ByteString COMMENT = ByteString.fromString(":\n\n");

  private EventStreams() {}

  /**
   * A stream of events that ends when the client or the node goes; after {@code Last-Event-ID}
   * where the client says what it has seen.
   *
   * @param type of each event
   * @param latest the latest event first, where the client has seen none
   */
  static <T> HttpResponse of(String type, ReplayFeed<T> feed, Call call, boolean latest) {
    Optional<String> lastSeen = Envelope.header(call.request(), "Last-Event-ID");
    Source<T, NotUsed> events = feed.since(lastSeen);
    if (latest && lastSeen.isEmpty()) {
      events = events.prepend(Source.from(feed.last().map(List::of).orElse(List.of())));
    }
    Source<ByteString, NotUsed> bytes =
        events
            .map(event -> frame(type, feed.id(event), Json.write(event)))
            // Sent at once, so that the client sees the stream open before anything happens.
            .prepend(Source.single(COMMENT))
            .keepAlive(HEARTBEAT, () -> COMMENT);
    return HttpResponse.create()
        .addHeader(CacheControl.create(CacheDirectives.NO_CACHE))
        .withEntity(
            HttpEntities.createChunked(MediaTypes.TEXT_EVENT_STREAM.toContentType(), bytes));
  }

  /** The JSON here has no line breaks, so one data line carries it. */
  private static ByteString frame(String type, String id, String json) {
    return ByteString.fromString(
        "event: " + type + (id.isEmpty() ? "" : "\nid: " + id) + "\ndata: " + json + "\n\n");
  }
}
