package io.kiss.kisim.request;

import io.kiss.kisim.gpu.DeviceKind;
import io.kiss.kisim.gpu.DeviceSharing;
import io.kiss.kisim.gpu.DeviceType;
import io.kiss.kisim.serving.BatchCurve;
import io.kiss.kisim.serving.DynamicBatching;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.serving.TimeoutAction;
import io.kiss.kisim.time.Nanos;
import io.kiss.kisim.traffic.pattern.LoadPatterns;
import io.kiss.kisim.traffic.pattern.OpenLoad;
import io.kiss.kisim.traffic.pattern.PatternRate;

/** Services that tests share. */
final class Services {
  static final DeviceType GPU = new DeviceType("gpu", DeviceKind.GPU, 16, 50, 300, 3.6, 1, "test");

  private Services() {}

  /** {@code servers} servers in one pod before one queue of {@code places} (0: endless). */
  static ServiceModel station(int servers, double meanSeconds, ServiceNoise noise, int places) {
    return model(
        new BatchCurve(new double[] {1}, new double[] {meanSeconds}, new double[] {0}, false),
        noise,
        new DynamicBatching(1, new int[0], 0, servers, places, 0, TimeoutAction.REJECT));
  }

  static ServiceModel model(BatchCurve curve, ServiceNoise noise, DynamicBatching batching) {
    return model(curve, noise, batching, new DeviceSharing.Exclusive(), StartUp.INSTANT);
  }

  static ServiceModel model(
      BatchCurve curve,
      ServiceNoise noise,
      DynamicBatching batching,
      DeviceSharing sharing,
      StartUp startUp) {
    return new ServiceModel("service", GPU, sharing, curve, noise, batching, 1, startUp);
  }

  static OpenLoad poisson(double rate, long seed) {
    return open(rate, 1, Double.POSITIVE_INFINITY, seed);
  }

  static OpenLoad open(double rate, double cv, double untilSeconds, long seed) {
    return new OpenLoad(
        new PatternRate(LoadPatterns.constant(rate), Math.min(3600, untilSeconds), untilSeconds),
        cv,
        RequestEngine.random(seed, 99));
  }

  static long seconds(double seconds) {
    return Nanos.of(seconds);
  }
}
