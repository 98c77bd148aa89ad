package io.kiss.cluster.prometheus;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** A body's bytes, received up to a limit: whatever answers cannot fill the memory. */
final class BoundedBody implements BodySubscriber<byte[]> {
  private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
  private final long most;
  private Flow.Subscription subscription;
  private long received;
  private boolean refused;

  private BoundedBody(long most) {
    this.most = most;
  }

  static BodyHandler<byte[]> upTo(long most) {
    return head -> new BoundedBody(most);
  }

  static QueryFailure tooLarge(long most) {
    return QueryFailure.lasting(
        "sent more than kiss.prometheus.response-limit allows, %d bytes".formatted(most));
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return bytes.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    bytes.onSubscribe(given);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    if (refused) {
      return;
    }
    for (ByteBuffer buffer : buffers) {
      received += buffer.remaining();
    }
    if (received > most) {
      refused = true;
      subscription.cancel();
      bytes.onError(tooLarge(most));
    } else {
      bytes.onNext(buffers);
    }
  }

  @Override
  public void onError(Throwable failure) {
    if (!refused) {
      bytes.onError(failure);
    }
  }

  @Override
  public void onComplete() {
    if (!refused) {
      bytes.onComplete();
    }
  }
}
