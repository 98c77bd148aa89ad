package io.kiss.kisim.request;

import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/** Draws the time of a batch: the curve by the number of requests, times a factor of mean 1. */
final class ServiceTimes {
  private final double[] hostNanos;
  private final double[] deviceNanos;
  private final ServiceNoise.Kind kind;
  private final ZigguratSampler.Exponential exponential;
  private final ZigguratSampler.NormalizedGaussian gaussian;
  private final double mu;
  private final double sigma;
  private double factor;
  private int batch;

  ServiceTimes(ServiceModel service, UniformRandomProvider random) {
    int max = service.batching().maxBatch();
    hostNanos = new double[max + 1];
    deviceNanos = new double[max + 1];
    for (int requests = 1; requests <= max; requests++) {
      double items = (double) requests * service.itemsPerRequest();
      hostNanos[requests] = service.curve().hostSeconds(items) * 1e9;
      deviceNanos[requests] = service.curve().deviceSeconds(items) * 1e9;
    }
    kind = service.noise().kind();
    double cv = service.noise().cv();
    double variance = Math.log1p(cv * cv);
    sigma = Math.sqrt(variance);
    mu = -variance / 2;
    exponential = ZigguratSampler.Exponential.of(random);
    gaussian = ZigguratSampler.NormalizedGaussian.of(random);
  }

  /** Draws the time of a batch of {@code requests}. */
  void draw(int requests) {
    batch = requests;
    factor =
        switch (kind) {
          case DETERMINISTIC -> 1;
          case EXPONENTIAL -> exponential.sample();
          case LOGNORMAL -> Math.exp(mu + sigma * gaussian.sample());
        };
  }

  long hostNanos() {
    return (long) (hostNanos[batch] * factor + 0.5);
  }

  double deviceNanos() {
    return deviceNanos[batch] * factor;
  }
}
