package io.kiss.kisim.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kiss.kisim.engine.Engine;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.Truth;
import io.kiss.kisim.fluid.FluidEngine;
import io.kiss.kisim.request.RequestLevelEngine;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** What must hold for every Deployment that training may draw, in either engine. */
class DrawnScenariosTest {
  private static final ScenarioGenerator GENERATOR =
      new ScenarioGenerator(EnvironmentSettings.SMALL);

  @Property(tries = 150)
  void everyRequestIsServedRefusedLostOrStillThere(@ForAll long seed) {
    check(new RequestLevelEngine(), seed, 0);
    check(new FluidEngine(), seed, 1e-6);
  }

  private static void check(Engine engine, long seed, double relative) {
    UniformRandomProvider random = RandomSource.XO_SHI_RO_256_PP.create(seed);
    Scenario scenario = GENERATOR.draw(random).scenario();
    engine.reset(scenario, seed);
    Truth truth = engine.truth();
    double atStart = truth.present();
    while (engine.timeSeconds() < scenario.seconds()) {
      engine.setDesiredReplicas(1 + random.nextInt(scenario.maxReplicas()));
      engine.advance(1 + random.nextInt(7));
      assertThat(truth.departed() + truth.present())
          .isCloseTo(atStart + truth.requests(), within(relative * (1 + truth.requests())));
      assertThat(truth.violating()).isBetween(0.0, truth.departed() + 1e-6);
      // The fluid engine counts work by whole seconds, in which pods come and go.
      double changes = relative > 0 ? scenario.maxReplicas() * truth.scalingActions() + 1 : 0;
      assertThat(truth.busyGpuSeconds())
          .isBetween(0.0, truth.gpuSeconds() * (1 + 1e-9) + 0.5 * changes);
    }
  }
}
