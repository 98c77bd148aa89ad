package io.kiss.cluster.train;

import io.kiss.kisim.autoscale.PolicyEnsemble;
import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import io.kiss.learner.ppo.PolicyStudent;
import io.kiss.learner.ppo.PpoSettings;
import io.kiss.rollout.EnvironmentFactory;
import io.kiss.rollout.Lessons;
import io.kiss.rollout.TeachingCollector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleConsumer;

/**
 * Teaches one network to choose as several policies do together, in the states of KISim that they
 * and it get into. Workers collect lessons while the student learns from those before; the same
 * seed and number of workers give the same weights, bit for bit.
 */
public final class Distillation {
  /** Share of the newest batch in the KL divergence that is told, once there are many. */
  private static final double NEWEST = 0.02;

  private Distillation() {}

  /**
   * What it is to be done with.
   *
   * @param states to learn from, at least; whole batches are collected
   * @param settings of the student's network and of the engine; the learning rate goes from its
   *     start to its end over the states
   */
  public record Setup(
      TrainingPlan plan, long states, PpoSettings settings, EnvironmentFactory environments) {}

  /**
   * What came of it.
   *
   * @param states learned from
   * @param batches they came in
   * @param divergence KL divergence from the teachers over the last batches, nats a state
   * @param device where it learned
   */
  public record Result(
      PolicySnapshot policy, long states, long batches, double divergence, String device) {}

  /**
   * Does it.
   *
   * @param teachers that could decide together, at least one
   * @param progress told the share that is done, now and then
   * @throws IllegalArgumentException where they could not
   * @throws IllegalStateException naming the engine's setting that cannot be had here
   */
  public static Result run(Setup setup, List<PolicySnapshot> teachers, DoubleConsumer progress) {
    PolicySnapshot whole = PolicyEnsemble.of(teachers);
    TrainingPlan plan = setup.plan();
    List<ExecutorService> threads = new ArrayList<>();
    try (PolicyStudent student = new PolicyStudent(setup.settings(), whole, plan.seed())) {
      List<TeachingCollector> collectors = new ArrayList<>();
      Queue<Future<Lessons>> coming = new ArrayDeque<>();
      for (int worker = 0; worker < plan.workers(); worker++) {
        threads.add(Executors.newSingleThreadExecutor(Distillation::daemon));
        int number = worker;
        // Environments are made by the thread that steps them.
        collectors.add(
            result(threads.get(worker).submit(() -> collector(setup, number, teachers))));
        coming.add(collect(threads.get(worker), collectors.get(worker), Optional.empty()));
      }
      long states = 0;
      long batches = 0;
      double divergence = 0;
      while (states < setup.states()) {
        int worker = (int) (batches % plan.workers());
        Lessons lessons = result(coming.remove());
        // Of the student as it is now, so that what is collected does not depend on who is faster.
        Optional<PolicyNetwork> acting =
            batches < plan.workers()
                ? Optional.empty()
                : Optional.of(new PolicyNetwork(student.snapshot()));
        coming.add(collect(threads.get(worker), collectors.get(worker), acting));
        double share = Math.min(1, states / (double) setup.states());
        batches++;
        if (lessons.rows() > 0) {
          double newest = learn(student, lessons, setup.settings().learningRateAt(share));
          // The first batches, of which little was learned, are soon forgotten.
          divergence += Math.max(NEWEST, 2.0 / (batches + 1)) * (newest - divergence);
        }
        states += lessons.rows();
        progress.accept(share);
      }
      return new Result(student.snapshot(), states, batches, divergence, student.deviceName());
    } finally {
      threads.forEach(ExecutorService::shutdownNow);
    }
  }

  private static double learn(PolicyStudent student, Lessons lessons, double learningRate) {
    return student.learn(
        lessons.observations(),
        lessons.masks(),
        lessons.probabilities(),
        lessons.rows(),
        learningRate);
  }

  private static TeachingCollector collector(
      Setup setup, int worker, List<PolicySnapshot> teachers) {
    TrainingPlan plan = setup.plan();
    return new TeachingCollector(
        setup
            .environments()
            .create(plan.environments(), plan.seedOf(worker, TrainingPlan.Purpose.EPISODES, 0)),
        plan.stepsPerSegment(),
        plan.seedOf(worker, TrainingPlan.Purpose.ACTIONS, 0),
        teachers.stream().map(PolicyNetwork::new).toList());
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "teacher");
    thread.setDaemon(true);
    return thread;
  }

  private static Future<Lessons> collect(
      ExecutorService thread, TeachingCollector collector, Optional<PolicyNetwork> student) {
    return thread.submit(() -> collector.collect(student));
  }

  private static <T> T result(Future<T> coming) {
    try {
      return coming.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException("a collector failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while collecting", e);
    }
  }
}
