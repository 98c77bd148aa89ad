package io.kiss.kisim.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.kiss.kisim.cluster.KubernetesCluster;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps its own book of pods and of what each holds, from what an observer is told, and fails where
 * the engine serves, loses or places something that this book forbids.
 */
final class PodLedger implements RequestObserver {
  private enum State {
    CREATED,
    READY,
    DRAINING,
    UNREACHABLE,
    KILLED
  }

  private static final class Entry {
    State state = State.CREATED;
    boolean inService;
    long held;
    long createdNanos;
    long killedNanos = Long.MIN_VALUE;
  }

  private final KubernetesCluster cluster;
  private final int podsPerDevice;
  private final Map<Integer, Entry> pods = new HashMap<>();
  final long[] outcomes = new long[Outcome.values().length];
  BigInteger sojourns = BigInteger.ZERO;
  private BigInteger podNanos = BigInteger.ZERO;
  private long sent;
  private long unsent;
  long fingerprint = 17;

  /** How often pods were killed, by what they held; how often one was unreachable or drained. */
  int killedWithRequests;

  int unreachable;
  int drained;

  /** Watches {@code engine}, whose pods have held nothing yet. */
  PodLedger(RequestEngine engine) {
    cluster = engine.cluster();
    podsPerDevice = engine.service().sharing().podsPerDevice();
    for (int pod = 0; pod < cluster.mostPods(); pod++) {
      created(pod, engine.nowNanos());
      if (cluster.deviceOf(pod) >= 0) {
        ready(pod, engine.nowNanos());
      }
    }
    engine.observe(this);
  }

  @Override
  public void sent(int pod, long now) {
    Entry entry = pods.get(pod);
    require(entry.inService, "a request went to a pod outside the Service", pod, now);
    entry.held++;
    sent++;
    mix(now);
  }

  @Override
  public void left(int pod, long arrived, long started, long left, Outcome outcome) {
    outcomes[outcome.ordinal()]++;
    sojourns = sojourns.add(BigInteger.valueOf(left - arrived));
    require(arrived <= left, "a request left before it came", pod, left);
    require(
        started == NEVER_STARTED || started >= arrived && started <= left,
        "a request's batch began before it came or after it left",
        pod,
        left);
    mix(left * 7 + started * 5 + arrived * 3 + outcome.ordinal());
    if (outcome == Outcome.REJECTED) {
      unsent++;
      return;
    }
    Entry entry = pods.get(pod);
    require(--entry.held >= 0, "more requests left than it was sent", pod, left);
    if (outcome == Outcome.LOST) {
      require(
          entry.state == State.KILLED && left == entry.killedNanos,
          "a request was lost though its pod was not killed at that moment",
          pod,
          left);
    } else {
      require(
          entry.state == State.READY || entry.state == State.DRAINING,
          "a pod served that is neither ready nor draining",
          pod,
          left);
    }
  }

  /** Cheap where it holds, since it is asked for every request. */
  private static void require(boolean holds, String what, int pod, long now) {
    if (!holds) {
      throw new AssertionError(what + ": pod " + pod + " at " + now + " ns");
    }
  }

  @Override
  public void created(int pod, long now) {
    Entry entry = new Entry();
    entry.createdNanos = now;
    assertThat(pods.put(pod, entry)).as("pod %d was there", pod).isNull();
    mix(now);
  }

  @Override
  public void ready(int pod, long now) {
    Entry entry = pods.get(pod);
    assertThat(entry.state).isIn(State.CREATED, State.KILLED);
    assertThat(entry.held).as("held by pod %d as it starts", pod).isZero();
    entry.state = State.READY;
    entry.inService = true;
    int device = cluster.deviceOf(pod);
    assertThat(device).isNotNegative();
    assertThat(pods.keySet().stream().filter(other -> cluster.deviceOf(other) == device).count())
        .as("pods on device %d", device)
        .isBetween(1L, (long) podsPerDevice);
    mix(now);
  }

  @Override
  public void draining(int pod, long now) {
    Entry entry = pods.get(pod);
    entry.inService = false;
    if (entry.state == State.READY) {
      entry.state = State.DRAINING;
      drained += entry.held > 0 ? 1 : 0;
    }
    mix(now);
  }

  @Override
  public void unreachable(int pod, long now) {
    pods.get(pod).state = State.UNREACHABLE;
    unreachable++;
    mix(now);
  }

  @Override
  public void killed(int pod, long now) {
    Entry entry = pods.get(pod);
    entry.state = State.KILLED;
    entry.inService = false;
    entry.killedNanos = now;
    killedWithRequests += entry.held > 0 ? 1 : 0;
    mix(now);
  }

  @Override
  public void gone(int pod, long now) {
    Entry entry = pods.remove(pod);
    assertThat(entry.held).as("held by pod %d as it goes", pod).isZero();
    podNanos = podNanos.add(BigInteger.valueOf(now - entry.createdNanos));
    mix(now);
  }

  /** Requests that pods hold. */
  long held() {
    return pods.values().stream().mapToLong(entry -> entry.held).sum();
  }

  /** Requests that arrived. */
  long arrived() {
    return sent + unsent;
  }

  /** Σ age of pods, gone or not. */
  BigInteger podNanos(long now) {
    BigInteger sum = podNanos;
    for (Entry entry : pods.values()) {
      sum = sum.add(BigInteger.valueOf(now - entry.createdNanos));
    }
    return sum;
  }

  private void mix(long value) {
    fingerprint = fingerprint * 31 + value;
  }
}
