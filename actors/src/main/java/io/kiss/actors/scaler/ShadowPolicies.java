package io.kiss.actors.scaler;

import io.kiss.actors.protocol.ShadowRef;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.shadow.Shadows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The shadows of a namespace, with the networks of those that are policies. */
final class ShadowPolicies {

  /** All that could be had. */
  record Fetched(List<ShadowRef> asked, List<Shadows.Entry> entries) {}

  private final Site site;
  private List<ShadowRef> inForce = List.of();
  private List<String> failures = List.of();
  private boolean fetching;

  ShadowPolicies(Site site) {
    this.site = site;
  }

  /** Fetches what is new or could not be had the last time; {@link Fetched} follows then. */
  void follow(List<ShadowRef> shadows) {
    boolean lacking = failures.stream().anyMatch(failure -> !failure.isEmpty());
    if (shadows.equals(inForce) && (fetching || !lacking)) {
      return;
    }
    if (!shadows.equals(inForce)) {
      failures = List.of();
    }
    inForce = shadows;
    fetching = true;
    CompletionStage<List<Shadows.Entry>> all = CompletableFuture.completedStage(new ArrayList<>());
    for (ShadowRef shadow : shadows) {
      all =
          all.thenCombine(
              entry(shadow),
              (entries, entry) -> {
                entries.add(entry);
                return entries;
              });
    }
    site.context().pipeToSelf(all, (entries, never) -> new Fetched(shadows, entries));
  }

  private CompletionStage<Shadows.Entry> entry(ShadowRef shadow) {
    if (shadow.policy().isEmpty()) {
      return CompletableFuture.completedStage(
          new Shadows.Entry(shadow.name(), Optional.empty(), ""));
    }
    CompletionStage<PolicyNetwork> network =
        site.calls()
            .call(
                "the policy store", () -> site.environment().policies().get(shadow.policy().get()));
    return network.handle(
        (got, failure) ->
            new Shadows.Entry(
                shadow.name(),
                Optional.ofNullable(got),
                failure == null ? "" : PortCalls.sentence(failure)));
  }

  /** What scalers are to be told; empty: nothing they do not know. */
  Optional<ShadowSet> fetched(Fetched fetched) {
    if (!fetched.asked().equals(inForce)) {
      return Optional.empty();
    }
    fetching = false;
    List<String> now = fetched.entries().stream().map(Shadows.Entry::failure).toList();
    boolean known = !inForce.isEmpty() && now.equals(failures);
    failures = now;
    return known ? Optional.empty() : Optional.of(new ShadowSet(fetched.entries()));
  }
}
