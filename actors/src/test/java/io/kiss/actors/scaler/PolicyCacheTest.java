package io.kiss.actors.scaler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kiss.actors.protocol.PolicyRef;
import io.kiss.kisim.autoscale.ActionSpace;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class PolicyCacheTest {
  private final FakeCluster store = new FakeCluster(1);
  private final PolicyCache cache = new PolicyCache(store);

  private PolicyNetwork get(PolicyRef policy) {
    return cache.get(policy).toCompletableFuture().join();
  }

  @Test
  void aPolicyIsFetchedOnceANode() {
    PolicySnapshot policy = TestPolicies.always(5);
    store.put(policy.sha256(), policy.toBytes());

    PolicyNetwork first = get(TestPolicies.ref("a", policy));
    PolicyNetwork second = get(TestPolicies.ref("same-bytes-other-id", policy));

    assertThat(first.snapshot()).isEqualTo(policy);
    assertThat(second).isSameAs(first);
    assertThat(store.fetches).isEqualTo(1);
  }

  @Test
  void bytesThatAreNotWhatWasRegisteredAreRefusedAndAskedForAgain() {
    PolicySnapshot registered = TestPolicies.always(5);
    PolicyRef ref = TestPolicies.ref("a", registered);
    store.put(ref.sha256(), TestPolicies.always(4).toBytes());
    assertThatThrownBy(() -> get(ref))
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("policy 'a' is refused");

    store.put(ref.sha256(), registered.toBytes());
    assertThat(get(ref).snapshot()).isEqualTo(registered);
  }

  @Test
  void aPolicyTheStoreDoesNotHaveIsNamed() {
    PolicyRef ref = TestPolicies.ref("ghost", TestPolicies.always(5));
    assertThatThrownBy(() -> get(ref)).hasMessageContaining("has no policy 'ghost'");
  }

  @Test
  void aPolicyOfAnotherObservationIsRefusedThoughItsHashIsRight() {
    PolicySnapshot good = TestPolicies.always(5);
    PolicySnapshot old =
        new PolicySnapshot(
            "obs-of-last-year",
            ActionSpace.ID,
            good.layers(),
            good.weights(),
            good.mean(),
            good.deviation(),
            good.lowest(),
            good.highest());
    store.put(old.sha256(), old.toBytes());
    assertThatThrownBy(() -> get(TestPolicies.ref("old", old)))
        .hasMessageContaining("obs-of-last-year");
  }

  @Test
  void manyPoliciesDoNotPileUp() {
    PolicySnapshot policy = TestPolicies.always(0);
    for (int i = 0; i < 2 * PolicyCache.CAPACITY; i++) {
      float[] weights = policy.weights().clone();
      weights[0] = i;
      PolicySnapshot other =
          new PolicySnapshot(
              policy.observationId(),
              policy.actionId(),
              policy.layers(),
              weights,
              policy.mean(),
              policy.deviation(),
              policy.lowest(),
              policy.highest());
      store.put(other.sha256(), other.toBytes());
      get(TestPolicies.ref("p" + i, other));
      policy = other;
    }
    int fetched = store.fetches;
    get(TestPolicies.ref("newest", policy));
    assertThat(store.fetches).isEqualTo(fetched);
    PolicySnapshot first = TestPolicies.always(0);
    get(TestPolicies.ref("oldest", first));
    assertThat(store.fetches).isEqualTo(fetched + 1);
  }
}
