package io.kiss.cluster.train;

import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.kisim.env.EnvironmentSettings;
import io.kiss.kisim.env.KisimEnvironment;
import io.kiss.kisim.env.ListedScenarios;
import io.kiss.kisim.env.ListedScenarios.Given;
import io.kiss.kisim.file.UnusableFileException;
import io.kiss.kisim.scenario.ScenarioException;
import io.kiss.kisim.scenario.SimulationScenario;
import io.kiss.rollout.EnvironmentFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Environments to train in, by the files a user names. */
public final class ScenarioFiles {
  private ScenarioFiles() {}

  /**
   * Environments of random draws, mixed with the files' Deployments where there are any.
   *
   * @throws UnusableFileException naming the file that cannot be trained on
   */
  public static EnvironmentFactory environments(List<Path> files) {
    EnvironmentSettings settings = EnvironmentSettings.DEFAULT;
    if (files.isEmpty()) {
      return (environments, seed) -> new KisimEnvironment(environments, seed, settings);
    }
    List<Given> given = files.stream().map(ScenarioFiles::read).toList();
    return (environments, seed) ->
        new KisimEnvironment(environments, seed, settings, new ListedScenarios(given, settings));
  }

  private static Given read(Path file) {
    try {
      SimulationScenario read = SimulationScenario.read(file);
      return new Given(
          PolicySnapshot.sha256(Files.readAllBytes(file)), read.scenario(), read.minReplicas());
    } catch (ScenarioException e) {
      throw new UnusableFileException(e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new UnusableFileException(file + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UnusableFileException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
