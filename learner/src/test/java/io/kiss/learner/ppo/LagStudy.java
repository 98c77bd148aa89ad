package io.kiss.learner.ppo;

import io.kiss.actors.protocol.Iteration;
import io.kiss.actors.protocol.TrajectorySegment;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.KisimEnvironment;
import io.kiss.kisim.evaluate.TournamentCase;
import io.kiss.learner.SingleWorkerTraining;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * What weights that are some updates old cost in learning: each update learns from a segment that
 * was collected with exactly that lag, with and without off-policy correction, on KISim. What counts
 * is the mean logarithm of what the policy costs over RECIPE.md's held-out draws, so that a
 * difference of 0.01 is 1 %. The same seeds throughout, so differences are taken seed by seed.
 * Arguments: engine, steps of each run,
 * first and last seed, and the arms, such as {@code 0 1 1c 1p 4cp 0@0.9} (c: traces cut by min(1,
 * π/μ); p: PPO's ratio over the policy that is updated; @: another λ).
 */
public final class LagStudy {
  private static final int ENVIRONMENTS = 128;
  private static final int STEPS = 64;
  private static final List<TournamentCase> CASES = RecipeCases.drawn().cases();

  private LagStudy() {}

  public static void main(String[] arguments) {
    String engine = arguments[0];
    long steps = (long) Double.parseDouble(arguments[1]);
    int first = Integer.parseInt(arguments[2]);
    int last = Integer.parseInt(arguments[3]);
    List<String> arms = Arrays.asList(arguments).subList(4, arguments.length);
    Map<String, List<Double>> logs = new LinkedHashMap<>();
    for (int seed = first; seed <= last; seed++) {
      for (String arm : arms) {
        double cost = train(engine, steps, seed, arm);
        logs.computeIfAbsent(arm, none -> new ArrayList<>()).add(cost);
        System.out.printf("seed %d, lag %s: log cost %.4f%n", seed, arm, cost);
      }
    }
    List<Double> reference = logs.get(arms.get(0));
    logs.forEach(
        (arm, cost) ->
            System.out.printf(
                "lag %s: log cost %s; less lag %s's: %s%n",
                arm, interval(cost), arms.get(0), interval(minus(cost, reference))));
  }

  private static double train(String engine, long steps, long seed, String arm) {
    boolean traces = arm.contains("c");
    boolean proximal = arm.contains("p");
    int at = arm.indexOf('@');
    int lag = Integer.parseInt((at < 0 ? arm : arm.substring(0, at)).replaceAll("[cp]", ""));
    PpoSettings settings =
        Engines.settings(
            engine, at < 0 ? Map.of() : Map.of("lambda", Double.valueOf(arm.substring(at + 1))));
    NetworkShape shape = NetworkShape.ofScaler();
    ActorCritic network = ActorCritic.of(shape, settings.hidden());
    SingleWorkerTraining.Rollout rollout =
        Rollouts.of(
            new KisimEnvironment(ENVIRONMENTS, seed, EnvironmentSettings.DEFAULT), STEPS, seed);
    Deque<PolicySnapshot> policies = new ArrayDeque<>();
    try (PpoOptimizer optimizer = new PpoOptimizer(settings, PpoState.random(shape, network, seed))) {
      long done = 0;
      for (int update = 0; done < steps; update++) {
        policies.add(optimizer.snapshot());
        if (policies.size() > lag + 1) {
          policies.remove();
        }
        TrajectorySegment segment =
            rollout.collect(
                new Iteration("study", 0, update), new PolicyNetwork(policies.peekFirst()));
        if (traces || proximal) {
          PpoState now = PpoState.fromBytes(shape, network, optimizer.checkpoint());
          segment =
              new OffPolicyCorrection(now, settings.gamma(), settings.lambda())
                  .correct(segment, traces, proximal);
        }
        optimizer.progress(Math.min(1, (double) done / steps));
        optimizer.update(List.of(segment));
        done += segment.environmentSteps();
      }
      return Arrays.stream(RecipeBench.costs(optimizer.snapshot(), CASES))
          .map(Math::log)
          .average()
          .orElseThrow();
    }
  }

  private static List<Double> minus(List<Double> a, List<Double> b) {
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      differences.add(a.get(i) - b.get(i));
    }
    return differences;
  }

  /** Mean and 95 % confidence interval by Student's t. */
  private static String interval(List<Double> values) {
    int n = values.size();
    double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    double t = n < 2 ? Double.NaN : TDistribution.of(n - 1).inverseCumulativeProbability(0.975);
    return "%.4f ± %.4f".formatted(mean, t * Math.sqrt(squares / (n - 1) / n));
  }
}
