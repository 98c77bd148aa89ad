package io.kiss.kisim.env;

import io.kiss.kisim.autoscale.GuardSettings;
import io.kiss.kisim.autoscale.WorkloadSpec;

/**
 * How KISim environments are drawn and rewarded.
 *
 * @param fewestSteps of an episode
 * @param mostSteps of an episode
 * @param tickSeconds length of a step, whole seconds
 * @param guards that stand behind every action, as they do live
 * @param churnPrice cost of a replica added or removed, in units of a needed replica for one step
 * @param troubles how often something is harder than usual
 * @param ranges what Deployments are drawn from
 */
public record EnvironmentSettings(
    int fewestSteps,
    int mostSteps,
    int tickSeconds,
    GuardSettings guards,
    double churnPrice,
    TroubleShares troubles,
    ScenarioRanges ranges) {

  private static final int SMALL_STEPS = 8;

  /** What the shipped policies are trained with. */
  public static final EnvironmentSettings DEFAULT =
      new EnvironmentSettings(
          240,
          480,
          (int) WorkloadSpec.DEFAULT_TICK_SECONDS,
          GuardSettings.DEFAULT,
          0.05,
          TroubleShares.DEFAULT,
          ScenarioRanges.DEFAULT);

  /**
   * Episodes of {@value #SMALL_STEPS} short ticks with few requests and much trouble: what property
   * tests run request by request in milliseconds.
   */
  public static final EnvironmentSettings SMALL =
      new EnvironmentSettings(
          SMALL_STEPS / 2,
          SMALL_STEPS,
          5,
          GuardSettings.DEFAULT,
          0.05,
          new TroubleShares(0.25, 0.25, 0.6, 0.3, 0.3, 0.3, 0.5),
          ScenarioRanges.SMALL);

  public EnvironmentSettings {
    if (fewestSteps < 1 || mostSteps < fewestSteps) {
      throw new IllegalArgumentException(
          "an episode cannot last " + fewestSteps + ".." + mostSteps + " steps");
    }
    if (tickSeconds < 1) {
      throw new IllegalArgumentException("tickSeconds must be at least 1");
    }
    if (!(churnPrice >= 0)) {
      throw new IllegalArgumentException("churnPrice must not be negative");
    }
  }

  /** The same drawn from other ranges. */
  public EnvironmentSettings with(ScenarioRanges other) {
    return new EnvironmentSettings(
        fewestSteps, mostSteps, tickSeconds, guards, churnPrice, troubles, other);
  }

  /** Most seconds an episode lasts. */
  public int mostSeconds() {
    return mostSteps * tickSeconds;
  }
}
