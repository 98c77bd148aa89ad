package io.kiss.cluster.kubernetes;

import akka.Done;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The lease {@code kiss-scaler} of every namespace.
 *
 * <p>Nobody's clock is compared with another's: whoever waits for the lease counts from the moment
 * it saw the holder renew last, and the holder counts from before it asked. All that is assumed is
 * that two clocks do not run apart by more than the margin within a lease's duration.
 */
final class Leases {
  private static final String NAME = "kiss-scaler";
  private static final int CONFLICT = 409;
  private static final String GONE = "";

  private final ApiServer server;
  private final KubernetesSettings settings;
  private final LongSupplier nanoTime;
  private final Map<String, Observed> observed = new ConcurrentHashMap<>();
  private final Map<String, Held> held = new ConcurrentHashMap<>();

  /**
   * The lease as last seen, and since when it has looked like that.
   *
   * @param resourceVersion {@link #GONE} where it was there and is no more
   * @param holder who had it, also when it was deleted; empty: nobody
   */
  private record Observed(String resourceVersion, String holder, long sinceNanos) {}

  private record Held(String holder, long untilNanos) {}

  Leases(ApiServer server, KubernetesSettings settings, LongSupplier nanoTime) {
    this.server = server;
    this.settings = settings;
    this.nanoTime = nanoTime;
  }

  /** Takes or renews it, by compare-and-set. */
  CompletionStage<Instant> hold(String namespace, String holder) {
    return server.ask(
        "taking the lease kiss-scaler of namespace " + namespace,
        client -> hold(client, namespace, holder));
  }

  private Instant hold(KubernetesClient client, String namespace, String holder) {
    Resource<Lease> resource = resource(client, namespace);
    Lease lease = resource.get();
    long asked = nanoTime.getAsLong();
    Instant askedAt = Instant.now();
    if (lease == null) {
      waitForWhoHadIt(namespace, holder, asked);
    } else {
      waitForOther(namespace, holder, lease, asked);
    }
    try {
      if (lease == null) {
        resource(client, namespace, taken(namespace, holder, null)).create();
      } else {
        resource(client, namespace, taken(namespace, holder, lease)).update();
      }
    } catch (RuntimeException e) {
      if (ApiFailure.code(e) == CONFLICT) {
        throw new ApiFailure(
            "somebody else wrote the lease kiss-scaler of namespace %s at the same moment; it is asked for again"
                .formatted(namespace));
      }
      throw e;
    }
    Duration sure = settings.leaseDuration().minus(settings.leaseMargin());
    held.put(namespace, new Held(holder, asked + sure.toNanos()));
    return askedAt.plus(sure);
  }

  private void waitForOther(String namespace, String holder, Lease lease, long now) {
    String version = lease.getMetadata().getResourceVersion();
    Observed seen =
        observed.compute(
            namespace,
            (key, before) ->
                before != null && before.resourceVersion().equals(version)
                    ? before
                    : new Observed(version, holderOf(lease), now));
    String other = seen.holder();
    Duration unchanged = Duration.ofNanos(now - seen.sinceNanos());
    Duration patience = patience(lease);
    if (!other.isEmpty() && !other.equals(holder) && unchanged.compareTo(patience) < 0) {
      held.remove(namespace);
      throw new ApiFailure(
          "the lease kiss-scaler of namespace %s is held by %s; it is taken over once that has not renewed it for %d s"
              .formatted(namespace, other, patience.toSeconds()));
    }
  }

  /** Somebody may delete the lease: who held it does not know yet, and writes on. */
  private void waitForWhoHadIt(String namespace, String holder, long now) {
    Observed seen =
        observed.computeIfPresent(
            namespace,
            (key, before) ->
                before.resourceVersion().equals(GONE)
                    ? before
                    : new Observed(GONE, before.holder(), now));
    if (seen == null || seen.holder().isEmpty() || seen.holder().equals(holder)) {
      return;
    }
    Duration gone = Duration.ofNanos(now - seen.sinceNanos());
    if (gone.compareTo(settings.leaseDuration()) < 0) {
      held.remove(namespace);
      throw new ApiFailure(
          "the lease kiss-scaler of namespace %s was deleted while %s held it; it is taken once that has been so for %d s"
              .formatted(namespace, seen.holder(), settings.leaseDuration().toSeconds()));
    }
  }

  /** The other's settings may ask for more than ours. */
  private Duration patience(Lease lease) {
    Integer seconds = lease.getSpec() == null ? null : lease.getSpec().getLeaseDurationSeconds();
    Duration theirs = Duration.ofSeconds(seconds == null ? 0 : seconds);
    return theirs.compareTo(settings.leaseDuration()) > 0 ? theirs : settings.leaseDuration();
  }

  private Lease taken(String namespace, String holder, Lease before) {
    LeaseSpec spec = before == null ? null : before.getSpec();
    boolean renewal = spec != null && holder.equals(spec.getHolderIdentity());
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
    int transitions =
        spec == null || spec.getLeaseTransitions() == null ? 0 : spec.getLeaseTransitions();
    return lease(namespace, before)
        .withNewSpec()
        .withHolderIdentity(holder)
        .withLeaseDurationSeconds((int) settings.leaseDuration().toSeconds())
        .withAcquireTime(renewal ? spec.getAcquireTime() : now)
        .withRenewTime(now)
        .withLeaseTransitions(renewal || spec == null ? transitions : transitions + 1)
        .endSpec()
        .build();
  }

  private static LeaseBuilder lease(String namespace, Lease before) {
    return before == null
        ? new LeaseBuilder()
            .withNewMetadata()
            .withName(NAME)
            .withNamespace(namespace)
            .addToLabels("app.kubernetes.io/name", "kiss")
            .endMetadata()
        : new LeaseBuilder(before);
  }

  /** Gives it back, so that nobody has to wait. */
  CompletionStage<Done> release(String namespace, String holder) {
    held.computeIfPresent(namespace, (key, now) -> now.holder().equals(holder) ? null : now);
    return server.ask(
        "giving back the lease kiss-scaler of namespace " + namespace,
        client -> release(client, namespace, holder));
  }

  private static Done release(KubernetesClient client, String namespace, String holder) {
    Lease lease = resource(client, namespace).get();
    if (lease != null && holderOf(lease).equals(holder)) {
      Lease free =
          new LeaseBuilder(lease)
              .editSpec()
              .withHolderIdentity("")
              .withLeaseDurationSeconds(1)
              .withRenewTime(ZonedDateTime.now(ZoneOffset.UTC))
              .endSpec()
              .build();
      try {
        resource(client, namespace, free).update();
      } catch (RuntimeException e) {
        // Taken by somebody else meanwhile: it is not ours to give any more.
        if (ApiFailure.code(e) != CONFLICT) {
          throw e;
        }
      }
    }
    return Done.getInstance();
  }

  /** How much longer may be written to a namespace; nothing or less: not at all. */
  Duration left(String namespace) {
    return Optional.ofNullable(held.get(namespace))
        .map(lease -> Duration.ofNanos(lease.untilNanos() - nanoTime.getAsLong()))
        .orElse(Duration.ZERO);
  }

  private static String holderOf(Lease lease) {
    return lease.getSpec() == null
        ? ""
        : Objects.requireNonNullElse(lease.getSpec().getHolderIdentity(), "");
  }

  private static Resource<Lease> resource(KubernetesClient client, String namespace) {
    return client.leases().inNamespace(namespace).withName(NAME);
  }

  private static Resource<Lease> resource(KubernetesClient client, String namespace, Lease lease) {
    return client.leases().inNamespace(namespace).resource(lease);
  }
}
