package io.kiss.kisim.evaluate.oracle;

import io.kiss.kisim.cluster.KubernetesCluster;
import io.kiss.kisim.cluster.PodListener;
import io.kiss.kisim.engine.Scenario;
import io.kiss.kisim.engine.WarmUp;
import io.kiss.kisim.time.Nanos;
import java.util.Arrays;

/**
 * The pods of a run under a path of replicas, faults and all, without any requests: when each was
 * created and when it was ready. Pods that are to go have nothing to finish here.
 */
final class Fleet implements PodListener {
  private final KubernetesCluster cluster = new KubernetesCluster();
  private final Scenario scenario;
  private final long seed;

  /** Pods ready in each second, as the fluid engine counts them. */
  final int[] ready;

  /** Of each pod by its number: seconds; infinite where that never was. */
  double[] createdAt = new double[64];

  double[] readyAt = new double[64];
  int created;
  private int[] numbers = new int[64];

  Fleet(Scenario scenario, long seed) {
    this.scenario = scenario;
    this.seed = seed;
    ready = new int[scenario.seconds()];
  }

  /** Lets a path happen: what is asked for at each second. */
  void follow(int[] desired) {
    created = 0;
    cluster.reset(
        scenario.cluster(),
        scenario.service(),
        scenario.initialReplicas(),
        scenario.maxReplicas(),
        seed,
        -WarmUp.seconds(scenario) * Nanos.PER_SECOND,
        this);
    for (int second = 0; second < desired.length; second++) {
      long now = second * Nanos.PER_SECOND;
      boolean changes = second == 0 || desired[second] != desired[second - 1];
      if (changes || cluster.nextEventNanos() <= now + Nanos.PER_SECOND / 2) {
        cluster.advanceTo(now);
        cluster.setDesired(desired[second]);
        cluster.advanceTo(now + Nanos.PER_SECOND / 2);
      }
      ready[second] = cluster.ready();
    }
  }

  @Override
  public void created(int pod, long now) {
    if (created == createdAt.length) {
      createdAt = Arrays.copyOf(createdAt, 2 * created);
      readyAt = Arrays.copyOf(readyAt, 2 * created);
    }
    if (pod >= numbers.length) {
      numbers = Arrays.copyOf(numbers, Math.max(pod + 1, 2 * numbers.length));
    }
    numbers[pod] = created;
    createdAt[created] = Nanos.toSeconds(now);
    readyAt[created++] = Double.POSITIVE_INFINITY;
  }

  @Override
  public void ready(int pod, long now) {
    readyAt[numbers[pod]] = Nanos.toSeconds(now);
  }

  @Override
  public void draining(int pod, long now) {
    cluster.drained(pod);
  }

  @Override
  public void unreachable(int pod, long now) {}

  @Override
  public void killed(int pod, long now) {}

  @Override
  public void gone(int pod, long now) {}
}
