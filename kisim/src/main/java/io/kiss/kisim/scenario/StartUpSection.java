package io.kiss.kisim.scenario;

import io.kiss.kisim.serving.ReadinessProbe;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.time.Delay;

/**
 * Reads {@code start-up { … }}: the stages {@code image-pull, container-start, model-load,
 * readiness}, or {@code time, cv} where only the whole is known; {@code grace} with either.
 */
final class StartUpSection {
  private static final double GRACE_SECONDS = 30;
  private static final String[] STAGES = {
    "image-pull", "container-start", "model-load", "readiness"
  };

  private StartUpSection() {}

  static StartUp read(Section at) {
    StartUp startUp = at.has("time") ? whole(at) : stages(at);
    at.text("source", "");
    at.done();
    return startUp;
  }

  private static StartUp whole(Section at) {
    for (String stage : STAGES) {
      if (at.has(stage)) {
        throw at.refused(stage, "cannot stand beside time, which is the stages together");
      }
    }
    double time = at.seconds("time");
    double cv = at.number("cv", 0);
    double grace = at.seconds("grace", GRACE_SECONDS);
    return at.build(() -> StartUp.ofTotal(time, cv, grace));
  }

  private static StartUp stages(Section at) {
    Delay pull = at.delay("image-pull", Delay.NONE);
    Delay container = at.delay("container-start", Delay.NONE);
    Delay load = at.delay("model-load", Delay.NONE);
    ReadinessProbe readiness =
        at.section("readiness", ReadinessProbe.IMMEDIATE, StartUpSection::readiness);
    double grace = at.seconds("grace", GRACE_SECONDS);
    return at.build(() -> new StartUp(pull, container, load, readiness, grace));
  }

  private static ReadinessProbe readiness(Section at) {
    double initial = at.seconds("initial-delay", 0);
    double period = at.seconds("period", 10);
    at.text("source", "");
    at.done();
    return at.build(() -> new ReadinessProbe(initial, period));
  }
}
