package io.kiss.kisim.env;

import io.kiss.kisim.serving.ReadinessProbe;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * A mean time from decision to Ready, drawn, and taken apart into the stages it consists of.
 *
 * @param api from a change of {@code spec.replicas} until pods are created
 * @param scheduling from then until they are bound to a node
 * @param startUp from then until they are Ready
 */
record StartUpDraw(Delay api, Delay scheduling, StartUp startUp) {
  private static final double GRACE_SECONDS = 30;
  private static final double MOST_PROBE_PERIOD = 10;

  static StartUpDraw of(UniformRandomProvider random, ScenarioRanges ranges) {
    double total = ranges.startupSeconds().draw(random);
    double deviation = total * ranges.startupVariation().draw(random);
    double api = Math.min(1, 0.03 * total) * random.nextDouble();
    double scheduling = Math.min(3, 0.05 * total) * random.nextDouble();
    double period = Math.min(MOST_PROBE_PERIOD, 0.3 * total) * random.nextDouble();
    double onNode = total - api - scheduling - period / 2;
    double container = onNode * random.nextDouble(0.05, 0.4);
    double load = onNode - container;
    double pull = ranges.imagePullSeconds().draw(random);
    // Container start and model load scatter alike; together they have the deviation drawn.
    double cv = deviation / Math.hypot(container, load);
    return new StartUpDraw(
        Delay.constant(api),
        Delay.constant(scheduling),
        new StartUp(
            Delay.lognormal(pull, 0.2),
            Delay.lognormal(container, cv),
            Delay.lognormal(load, cv),
            new ReadinessProbe(0, period),
            Math.min(GRACE_SECONDS, total)));
  }
}
