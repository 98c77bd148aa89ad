package io.kiss.kisim.evaluate;

import io.kiss.kisim.autoscale.Autoscaler;
import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.KiScaler;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.autoscale.WorkloadSpec;
import io.kiss.kisim.env.Episode;
import io.kiss.kisim.evaluate.oracle.Oracle;
import io.kiss.kisim.evaluate.oracle.PlannedReplicas;
import io.kiss.kisim.evaluate.result.EntrantInfo.Role;
import java.util.Optional;
import java.util.function.Function;

/**
 * An autoscaler that takes part in an evaluation.
 *
 * @param name in results, unique in its evaluation
 * @param role what it is in the comparison
 * @param text its settings, and whether they are to be tuned; empty for what has none
 * @param policySha256 of its weights, empty without any
 * @param maker makes a fresh one for each run; not asked where it is to be tuned
 */
public record Entrant(
    String name, Role role, Optional<EntrantText> text, String policySha256, Maker maker) {

  /** Name of the one that knows the future. */
  public static final String ORACLE = "oracle";

  /** Makes autoscalers without memory; called from several threads. */
  @FunctionalInterface
  public interface Maker {
    /** One for a run of this Deployment with this seed, which only the clairvoyant looks at. */
    Autoscaler make(Episode episode, long seed);
  }

  /** A rule that is told of the workload and nothing else. */
  public Entrant(String name, Function<WorkloadSpec, Autoscaler> factory) {
    this(
        name,
        Role.BASELINE,
        Optional.empty(),
        "",
        (episode, seed) -> factory.apply(episode.workload()));
  }

  /** A classical autoscaler, as the command line has it. */
  public static Entrant of(EntrantText text) {
    Role role =
        switch (text.tuning()) {
          case NONE -> Role.BASELINE;
          case TRAINING -> Role.TUNED;
          case HERE -> Role.TUNED_HERE;
        };
    return new Entrant(
        text.toString(),
        role,
        Optional.of(text),
        "",
        (episode, seed) -> text.choice().create(episode.workload()));
  }

  /** The one that knows the future: for each run it follows a plan that was made for it. */
  public static Entrant oracle() {
    return new Entrant(
        ORACLE,
        Role.ORACLE,
        Optional.empty(),
        "",
        (episode, seed) -> new PlannedReplicas(Oracle.plan(episode, seed)));
  }

  /** KIScaler with this policy. */
  public static Entrant learned(String name, PolicySnapshot policy) {
    return new Entrant(
        name,
        Role.POLICY,
        Optional.empty(),
        policy.sha256(),
        (episode, seed) ->
            new KiScaler(episode.workload(), GuardSettings.DEFAULT, Optional.of(policy)));
  }
}
