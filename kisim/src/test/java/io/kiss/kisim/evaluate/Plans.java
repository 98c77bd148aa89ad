package io.kiss.kisim.evaluate;

import io.kiss.kisim.env.Episode;
import io.kiss.kisim.scenario.EngineChoice;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.ServiceNoise;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.util.Arrays;
import java.util.List;

/** Small evaluations: servers that answer four at a time in half a second. */
final class Plans {
  static final ServiceModel SERVICE =
      ServiceModel.ofServers("p", 0.5, 4, ServiceNoise.NONE, StartUp.ofTotal(40, 0.1, 30));

  static final FleetSpec FLEET = new FleetSpec(SERVICE, 6, 1.5, 1, 12, 10);

  private Plans() {}

  /** A wave that rises to its peak twice in half an hour. */
  static EvaluationCase wave(String name, double depth) {
    double[] counts = new double[180];
    Arrays.setAll(counts, t -> Math.round(300 * (1 + depth * Math.sin(2 * Math.PI * t / 90))));
    return replay(new ArrivalTrace(name, 10, counts));
  }

  /** A calm level with a crowd of four times as much from minute ten on, for five minutes. */
  static EvaluationCase crowd(String name) {
    double[] counts = new double[180];
    Arrays.setAll(counts, t -> t >= 60 && t < 90 ? 400 : 100);
    return replay(new ArrivalTrace(name, 10, counts));
  }

  private static EvaluationCase replay(ArrivalTrace trace) {
    Episode episode = FLEET.replay(trace);
    return EvaluationCase.of(trace.name(), trace.name() + ".csv", 0, FLEET.factor(trace), episode);
  }

  static List<Entrant> entrants(String... texts) {
    return Arrays.stream(texts).map(EntrantText::parse).map(Entrant::of).toList();
  }

  static EvaluationPlan plan(
      EngineChoice engine, int seeds, List<Entrant> entrants, EvaluationCase... cases) {
    return new EvaluationPlan("command", "1", engine, 10, List.of(cases), entrants, seeds);
  }
}
