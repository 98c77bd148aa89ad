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
 * @param outageShare share of the episodes whose telemetry has outages
 * @param ranges what Deployments are drawn from
 */
public record EnvironmentSettings(
    int fewestSteps,
    int mostSteps,
    int tickSeconds,
    GuardSettings guards,
    double churnPrice,
    double outageShare,
    ScenarioRanges ranges) {

  /** What the shipped policies are trained with. */
  public static final EnvironmentSettings DEFAULT =
      new EnvironmentSettings(
          240,
          480,
          (int) WorkloadSpec.DEFAULT_TICK_SECONDS,
          GuardSettings.DEFAULT,
          0.05,
          0.15,
          ScenarioRanges.DEFAULT);

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
    if (!(outageShare >= 0 && outageShare <= 1)) {
      throw new IllegalArgumentException("outageShare must be in 0..1");
    }
  }

  /** Most seconds an episode lasts. */
  public int mostSeconds() {
    return mostSteps * tickSeconds;
  }
}
