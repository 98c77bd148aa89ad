package io.kiss.cluster.reproduce;

import io.kiss.actors.protocol.TrainingBudget;
import io.kiss.cluster.train.LocalTraining;
import io.kiss.cluster.train.ScenarioFiles;
import io.kiss.cluster.train.TrainingPlan;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.learner.ppo.NetworkShape;
import io.kiss.learner.ppo.PpoOptimizerFactory;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.RolloutSettings;
import java.util.List;
import java.util.function.DoubleConsumer;

/**
 * Trains KIScaler as {@code kiss train} does, on random Deployments: it never sees the paper's
 * patterns or service before it plays them.
 *
 * @param ppo the product's settings
 * @param rollout the product's settings
 */
public record OwnRecipe(PpoSettings ppo, RolloutSettings rollout) {
  private static final long SEED = 1;

  /** As many as the reference machine has cores, so that others get the same weights. */
  private static final int WORKERS = 2;

  PolicySnapshot train(long steps, DoubleConsumer share) throws InterruptedException {
    LocalTraining.Setup setup =
        new LocalTraining.Setup(
            new TrainingPlan(
                SEED, WORKERS, rollout.environmentsPerWorker(), rollout.stepsPerSegment()),
            new TrainingBudget(Double.MAX_VALUE, steps),
            ppo,
            new PpoOptimizerFactory(ppo, NetworkShape.ofScaler()),
            ScenarioFiles.environments(List.of()),
            System::nanoTime);
    try (LocalTraining training = LocalTraining.begin(setup)) {
      while (!training.isBudgetSpent()) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        share.accept(Math.min(1, (double) training.iterate().environmentSteps() / steps));
      }
      return training.policy();
    }
  }
}
