package io.kiss.kisim.evaluate;

import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.env.ScenarioGenerator;
import io.kiss.kisim.serving.ServiceModel;
import io.kiss.kisim.serving.StartUp;
import io.kiss.kisim.traffic.ArrivalTrace;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Where tournament cases come from. */
public final class TournamentCases {
  /**
   * Mixed into every seed here and into none in training, so that a case drawn from a seed is not
   * an episode that training drew from the same one.
   */
  private static final long HELD_OUT = 0x6C62272E07BB0142L;

  private static final long SEED_STEP = 0xD1B54A32D192ED03L;
  private static final double STARTUP_VARIATION = 0.1;
  private static final double GRACE_SECONDS = 30;

  private TournamentCases() {}

  /** Draws Deployments of the kind training draws, but none that it drew. */
  public static List<TournamentCase> heldOut(int count, long seed, EnvironmentSettings settings) {
    ScenarioGenerator generator = new ScenarioGenerator(settings);
    List<TournamentCase> cases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      UniformRandomProvider random =
          RandomSource.XO_SHI_RO_256_PP.create((seed ^ HELD_OUT) + SEED_STEP * (i + 1));
      Episode episode = generator.draw(random);
      cases.add(
          new TournamentCase(
              episode.scenario().name() + "-" + (i + 1), episode, random.nextLong()));
    }
    return cases;
  }

  /**
   * A trace replayed on a fleet, at a level where its busiest minute keeps {@code peakReplicas}
   * busy.
   *
   * @param startupSeconds mean start-up time of a pod
   */
  public static TournamentCase replay(
      ArrivalTrace trace,
      ServiceModel service,
      double peakReplicas,
      double sloSeconds,
      double startupSeconds,
      double violationPrice,
      double tickSeconds,
      long seed) {
    FleetSpec fleet =
        new FleetSpec(
            service.with(StartUp.ofTotal(startupSeconds, STARTUP_VARIATION, GRACE_SECONDS)),
            peakReplicas,
            sloSeconds,
            1,
            Math.max(2, (int) Math.ceil(2 * peakReplicas)),
            violationPrice);
    Episode replayed = fleet.replay(trace);
    Episode episode =
        new Episode(replayed.scenario(), replayed.workload().withTickSeconds(tickSeconds));
    return new TournamentCase(trace.name(), episode, seed);
  }
}
