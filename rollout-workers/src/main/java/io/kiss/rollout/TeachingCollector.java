package io.kiss.rollout;

import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Steps a vector of environments and keeps how teachers choose in the states they pass through.
 *
 * <p>Half of the environments follow the teachers, the other half the student once there is one:
 * learning only where teachers lead, it would not know what to do where its own errors lead (Ross
 * et al., A Reduction of Imitation Learning and Structured Prediction to No-Regret Online Learning,
 * 2011). Not for two threads at once.
 */
public final class TeachingCollector {
  private final VectorEnvironment environment;
  private final int steps;
  private final SplittableRandom random;
  private final List<PolicyNetwork> teachers;
  private final int features;
  private final int actions;
  private final ActionSampler sampler;
  private final float[] together;
  private final float[] alone;
  private final float[] students;
  private final float[] probabilities;
  private final float[] mask;
  private final int[] chosen;
  private VectorStep current;

  /**
   * Resets the environment.
   *
   * @param environment that takes one action at a time
   * @param steps of each environment in a batch of lessons
   * @param seed of the actions drawn
   * @param teachers whose logits are averaged; used by this thread alone from here on
   */
  public TeachingCollector(
      VectorEnvironment environment, int steps, long seed, List<PolicyNetwork> teachers) {
    if (environment.actionHeads().length != 1) {
      throw new IllegalArgumentException("lessons are of one action at a time");
    }
    this.environment = environment;
    this.steps = steps;
    this.teachers = List.copyOf(teachers);
    random = new SplittableRandom(seed);
    features = environment.observationSize();
    actions = environment.actionCount();
    sampler = new ActionSampler(environment.actionHeads());
    together = new float[environment.size() * actions];
    alone = new float[environment.size() * actions];
    students = new float[environment.size() * actions];
    probabilities = new float[actions];
    mask = new float[actions];
    chosen = new int[environment.size()];
    current = environment.reset();
  }

  /**
   * Collects a batch; states in which no policy decides are left out.
   *
   * @param student empty: the teachers act everywhere
   */
  public Lessons collect(Optional<PolicyNetwork> student) {
    int environments = environment.size();
    int most = steps * environments;
    float[] observations = new float[most * features];
    float[] masks = new float[most * actions];
    float[] taught = new float[most * actions];
    int rows = 0;
    for (int t = 0; t < steps; t++) {
      ask();
      student.ifPresent(
          network -> network.logits(current.observations, 0, environments, students, 0));
      for (int e = 0; e < environments; e++) {
        int at = e * actions;
        if (!current.policyDecides[e]) {
          sampler.none(chosen, e);
          continue;
        }
        System.arraycopy(current.masks, at, mask, 0, actions);
        System.arraycopy(together, at, probabilities, 0, actions);
        PolicyNetwork.softmax(probabilities, mask);
        System.arraycopy(
            current.observations, e * features, observations, rows * features, features);
        System.arraycopy(mask, 0, masks, rows * actions, actions);
        System.arraycopy(probabilities, 0, taught, rows * actions, actions);
        rows++;
        boolean own = student.isPresent() && e % 2 == 1;
        sampler.sample(own ? students : together, at, current.masks, at, random, chosen, e);
      }
      current = environment.step(chosen);
    }
    return new Lessons(observations, masks, taught, rows);
  }

  /** The mean of the teachers' logits, as of a {@code PolicyEnsemble}. */
  private void ask() {
    Arrays.fill(together, 0);
    for (PolicyNetwork teacher : teachers) {
      teacher.logits(current.observations, 0, environment.size(), alone, 0);
      for (int i = 0; i < together.length; i++) {
        together[i] += alone[i] / teachers.size();
      }
    }
  }
}
