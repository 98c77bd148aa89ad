package io.kiss.kisim.estimate;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.env.ScenarioGenerator;
import io.kiss.kisim.fluid.FluidEngine;
import io.kiss.kisim.telemetry.TelemetryBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

/**
 * Estimates against the simulator's truth: services, traffic, nodes, faults and telemetry as
 * training draws them, replicas now and then set to what keeps them so busy.
 */
class EstimatesOfDrawnServicesTest {
  private static final int DEPLOYMENTS = 160;
  private static final int TICKS_BETWEEN_CHANGES = 16;
  private static final ScenarioGenerator GENERATOR =
      new ScenarioGenerator(EnvironmentSettings.DEFAULT);

  /** Relative errors of one quantity, over the Deployments where it was known. */
  private static final class Errors {
    private final String name;
    private final List<Double> errors = new ArrayList<>();
    private int unknown;

    Errors(String name) {
      this.name = name;
    }

    void add(OptionalDouble estimate, double truth) {
      if (estimate.isEmpty()) {
        unknown++;
      } else {
        errors.add(estimate.getAsDouble() / truth - 1);
      }
    }

    double absolute(double share) {
      List<Double> sorted = new ArrayList<>(errors.stream().map(Math::abs).toList());
      Collections.sort(sorted);
      return sorted.get((int) (share * (sorted.size() - 1)));
    }

    private double quantile(double share) {
      List<Double> sorted = new ArrayList<>(errors);
      Collections.sort(sorted);
      return sorted.get((int) (share * (sorted.size() - 1)));
    }

    @Override
    public String toString() {
      return errors.isEmpty()
          ? name + ": never known"
          : String.format(
              Locale.ROOT,
              "%s: known of %d, unknown of %d; error median %.3f, 90th percentile %.3f; signed 10 %%"
                  + " %.3f, 50 %% %.3f, 90 %% %.3f",
              name,
              errors.size(),
              unknown,
              absolute(0.5),
              absolute(0.9),
              quantile(0.1),
              quantile(0.5),
              quantile(0.9));
    }
  }

  private final Errors capacity = new Errors("capacity");
  private final Errors service = new Errors("service time");
  private final Errors startup = new Errors("start-up");

  /**
   * Watches drawn Deployments.
   *
   * @param least replicas are kept this busy at least
   * @param most replicas are kept this busy at most; above 1 they are saturated
   */
  private void watch(long seed, double least, double most) {
    FluidEngine engine = FluidEngine.withoutLatencies();
    TelemetryBuffer telemetry = new TelemetryBuffer(100);
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(seed);
    for (int i = 0; i < DEPLOYMENTS; i++) {
      Episode episode = GENERATOR.draw(random);
      WorkloadSpec truth = episode.workload();
      ServiceEstimator estimator = new ServiceEstimator();
      engine.reset(episode.scenario(), seed + i);
      double busy = random.nextDouble(least, most);
      for (int tick = 0; engine.timeSeconds() < episode.scenario().seconds(); tick++) {
        engine.readTelemetry(telemetry);
        estimator.observe(telemetry);
        if (tick % TICKS_BETWEEN_CHANGES == 0) {
          busy = random.nextDouble(least, most);
          double rate = telemetry.arrivalRate;
          if (!Double.isNaN(rate)) {
            engine.setDesiredReplicas((int) Math.ceil(rate / truth.replicaCapacity() / busy));
          }
        }
        engine.advance((int) truth.tickSeconds());
      }
      capacity.add(estimator.replicaCapacity(), truth.replicaCapacity());
      service.add(estimator.serviceTimeSeconds(), truth.serviceTimeSeconds());
      startup.add(estimator.startupSeconds(), truth.startupSeconds());
    }
    System.out.printf(
        "seed %d, busy %.1f to %.1f: %s; %s; %s%n", seed, least, most, capacity, service, startup);
  }

  @Test
  void ofServicesThatAreSometimesSaturated() {
    watch(20260608, 0.3, 1.5);
    assertThat(capacity.absolute(0.5)).isLessThan(0.04);
    assertThat(capacity.absolute(0.9)).isLessThan(0.2);
    // An estimate that is too high would keep too few replicas.
    assertThat(capacity.quantile(0.9)).isLessThan(0.1);
    assertThat(service.absolute(0.5)).isLessThan(0.15);
    assertThat(service.absolute(0.9)).isLessThan(1.1);
    assertThat(startup.absolute(0.5)).isLessThan(0.2);
    assertThat(startup.absolute(0.9)).isLessThan(0.45);
  }

  @Test
  void ofServicesThatAreNeverSaturated() {
    watch(20260609, 0.2, 0.7);
    // Where service times scatter widely, waiting begins long before a replica is full.
    assertThat(capacity.absolute(0.5)).isLessThan(0.15);
    assertThat(capacity.absolute(0.9)).isLessThan(0.5);
    assertThat(capacity.quantile(0.9)).isLessThan(0.1);
    assertThat(service.absolute(0.5)).isLessThan(0.1);
    assertThat(service.absolute(0.9)).isLessThan(0.5);
    assertThat(startup.absolute(0.5)).isLessThan(0.2);
    assertThat(startup.absolute(0.9)).isLessThan(0.45);
  }
}
