package io.kiss.actors.scaler;

import io.kiss.actors.scaler.ScalerActor.ShadowsStand;
import io.kiss.actors.scaler.ScalerActor.Tick;
import io.kiss.actors.scaler.ScalerActor.UseShadows;
import io.kiss.kisim.autoscale.shadow.Shadows;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * Those who decide beside one scaler. They come after it has answered, and have nothing of it but a
 * copy of its memory from before their first tick: whatever they do, it decides as without them.
 */
final class ShadowBench {
  private final String deployment;
  private final Logger log;
  private UseShadows order;
  private Optional<Shadows> shadows = Optional.empty();

  ShadowBench(String deployment, Logger log) {
    this.deployment = deployment;
    this.log = log;
  }

  /** Begins anew where it is another list. */
  void use(UseShadows newOrder) {
    if (order == null || order.set() != newOrder.set()) {
      shadows = Optional.empty();
    }
    order = newOrder;
  }

  /**
   * Lets them decide on a tick.
   *
   * @param memory the scaler's, before it decided
   */
  void tick(Tick tick, byte[] memory) {
    if (order == null || order.set().entries().isEmpty()) {
      return;
    }
    try {
      if (shadows.isEmpty()) {
        shadows =
            Optional.of(new Shadows(order.set().entries(), tick.workload(), tick.guards(), memory));
      }
      shadows.get().tick(tick.telemetry(), tick.workload(), tick.guards());
      shadows
          .get()
          .report()
          .ifPresent(
              report -> order.replyTo().tell(new ShadowsStand(deployment, order.set(), report)));
    } catch (RuntimeException | AssertionError e) {
      log.error("The shadows of {} failed and begin anew", deployment, e);
      shadows = Optional.empty();
    }
  }
}
