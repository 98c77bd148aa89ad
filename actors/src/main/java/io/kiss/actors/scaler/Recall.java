package io.kiss.actors.scaler;

import io.kiss.actors.live.DecisionRecord;
import java.util.List;
import java.util.Set;

/**
 * Asks the journal what decisions about a Deployment went by before this node saw it. What one
 * replica can serve may have been estimated, and a service that is not overloaded now would not
 * show it again.
 */
final class Recall {
  private final Site site;

  /**
   * The journal's answer.
   *
   * @param failure why there is none
   */
  record Answered(Set<String> deployments, List<DecisionRecord> newest, Throwable failure) {}

  Recall(Site site) {
    this.site = site;
  }

  /** {@link Answered} follows. */
  void ask(Set<String> deployments) {
    site.context()
        .pipeToSelf(
            site.calls()
                .call(
                    "the decision journal",
                    () -> site.environment().journal().newest(site.namespace(), deployments)),
            (newest, failure) -> new Answered(deployments, newest, failure));
  }
}
