package io.kiss.actors.scaler;

import io.kiss.actors.live.PolicyStore;
import io.kiss.actors.protocol.PolicyRef;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A node's policies: each is fetched once, checked against its hash, and shared by all scalers.
 *
 * <p>Safe to use from any thread. A policy that could not be had is asked for again next time.
 */
public final class PolicyCache {
  /** Champion, the one before it, candidates, shadows: some dozens at any time. */
  static final int CAPACITY = 64;

  private final PolicyStore store;
  private final Map<String, CompletableFuture<PolicyNetwork>> bySha256 =
      new LinkedHashMap<>(CAPACITY, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(
            Map.Entry<String, CompletableFuture<PolicyNetwork>> eldest) {
          return size() > CAPACITY;
        }
      };

  public PolicyCache(PolicyStore store) {
    this.store = store;
  }

  /**
   * The network of a policy. Its working arrays belong to nobody: every user forks it.
   *
   * @return fails with a sentence where the store does not have it, has other bytes than the hash
   *     says, or this version cannot run it
   */
  public CompletionStage<PolicyNetwork> get(PolicyRef policy) {
    CompletableFuture<PolicyNetwork> loading;
    synchronized (bySha256) {
      CompletableFuture<PolicyNetwork> known = bySha256.get(policy.sha256());
      if (known != null) {
        return known.copy();
      }
      loading = new CompletableFuture<>();
      bySha256.put(policy.sha256(), loading);
    }
    fetch(policy)
        .whenComplete(
            (network, failure) -> {
              if (failure == null) {
                loading.complete(network);
                return;
              }
              synchronized (bySha256) {
                bySha256.remove(policy.sha256(), loading);
              }
              loading.completeExceptionally(failure);
            });
    return loading.copy();
  }

  private CompletionStage<PolicyNetwork> fetch(PolicyRef policy) {
    try {
      return store.get(policy.sha256()).thenApply(bytes -> read(policy, bytes));
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private static PolicyNetwork read(PolicyRef policy, Optional<byte[]> bytes) {
    if (bytes.isEmpty()) {
      throw new IllegalStateException(
          "the policy store has no policy '" + policy.id() + "' (SHA-256 " + policy.sha256() + ")");
    }
    String sha256 = PolicySnapshot.sha256(bytes.get());
    if (!sha256.equals(policy.sha256())) {
      throw new IllegalStateException(
          "policy '"
              + policy.id()
              + "' is refused: its SHA-256 is "
              + sha256
              + ", registered was "
              + policy.sha256());
    }
    return new PolicyNetwork(PolicySnapshot.fromBytes(bytes.get()).requireCompatible());
  }
}
