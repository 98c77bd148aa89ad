package io.kiss.actors.scaler;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.estimate.ServiceEstimator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What is known of a service although nobody states it.
 *
 * @param seen by this node
 * @param before what decisions went by at the tick before
 * @param remembered what they went by before this node saw it
 */
record Knowledge(
    ServiceEstimator seen, Optional<WorkloadSpec> before, Optional<WorkloadSpec> remembered) {

  /**
   * An estimate replaces the one in use only where it differs by more than this share: a scaler is
   * told of each change, and telemetry wobbles.
   */
  private static final double WORTH_A_CHANGE = 0.1;

  /**
   * One figure.
   *
   * @param ifNobodyKnows what was assumed then is not remembered as if it had been known
   * @param estimated gains its name
   * @return empty: neither seen nor remembered
   */
  OptionalDouble figure(
      String name,
      Function<ServiceEstimator, OptionalDouble> estimate,
      ToDoubleFunction<WorkloadSpec> inUse,
      double ifNobodyKnows,
      List<String> estimated) {
    OptionalDouble now = estimate.apply(seen);
    if (now.isPresent()) {
      estimated.add(name);
      OptionalDouble old = of(before, inUse);
      return old.isPresent() && close(now.getAsDouble(), old.getAsDouble()) ? old : now;
    }
    OptionalDouble then = of(remembered, inUse);
    if (then.isPresent() && then.getAsDouble() == ifNobodyKnows) {
      return OptionalDouble.empty();
    }
    if (then.isPresent()) {
      estimated.add(name + " (remembered)");
    }
    return then;
  }

  private static OptionalDouble of(
      Optional<WorkloadSpec> spec, ToDoubleFunction<WorkloadSpec> figure) {
    return spec.map(s -> OptionalDouble.of(figure.applyAsDouble(s))).orElse(OptionalDouble.empty());
  }

  private static boolean close(double now, double old) {
    return Math.abs(now - old) <= WORTH_A_CHANGE * old;
  }
}
