package io.kiss.kisim.fluid;

import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.Routing;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.serving.TimeoutAction;

/**
 * What decides how a service queues in a steady state, with all times in units of the latency of a
 * lone request: services that differ only in their time scale have one shape. Queue limit and
 * timeout are left out, since the fluid applies them itself.
 *
 * @param service pods whose lone request takes 1 s
 * @param routing how the Service picks one
 * @param cv coefficient of variation of the gaps between requests
 */
record ServiceShape(ServiceModel service, Routing routing, double cv) {
  /** Digits that count: a rescaled service must come back to the very same shape. */
  private static final double DIGITS = 1e9;

  static ServiceShape of(ServiceModel service, Routing routing, double cv) {
    double perUnit = 1 / service.loneLatencySeconds();
    BatchCurve curve = service.curve();
    DynamicBatching batching = service.batching();
    DynamicBatching unlimited =
        new DynamicBatching(
            batching.maxBatch(),
            batching.preferredSizes(),
            rounded(batching.maxQueueDelaySeconds() * perUnit),
            batching.instances(),
            0,
            0,
            TimeoutAction.REJECT);
    ServiceModel unit =
        new ServiceModel(
            "shape",
            service.device(),
            service.sharing(),
            new BatchCurve(
                curve.items(),
                rounded(curve.hostSeconds(), perUnit),
                rounded(curve.deviceSeconds(), perUnit),
                curve.padded()),
            service.noise(),
            unlimited,
            service.itemsPerRequest(),
            StartUp.INSTANT);
    // Each pod of a randomly routed Service has a stream of its own; Poisson's stays Poisson's.
    return new ServiceShape(unit, routing, rounded(cv));
  }

  /** Whether a pod's queue does not depend on how many there are. */
  boolean podsAreAlone() {
    return routing == Routing.RANDOM && cv == 1 && !service.sharing().contended();
  }

  private static double[] rounded(double[] values, double factor) {
    for (int i = 0; i < values.length; i++) {
      values[i] = rounded(values[i] * factor);
    }
    return values;
  }

  private static double rounded(double value) {
    if (value == 0) {
      return 0;
    }
    double unit = Math.pow(10, Math.floor(Math.log10(value)));
    return Math.rint(value / unit * DIGITS) / DIGITS * unit;
  }
}
