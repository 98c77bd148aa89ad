package io.kiss.kisim.cluster;

import io.kiss.kisim.time.Delay;
import io.kiss.kisim.time.DelaySampler;
import io.kiss.kisim.time.Nanos;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * The cluster's random numbers. A draw is a function of the seed, what it is for, and which pod,
 * node or fault it concerns by number: never of what was drawn before. So the k-th pod of a run
 * starts in the same time under either engine, whatever else happened meanwhile.
 *
 * <p>The numbers are SplitMix64's (Steele, Lea and Flood 2014) with Stafford's variant 13, started
 * anew for each draw.
 */
final class Draws implements UniformRandomProvider {
  static final int API = 0;
  static final int SCHEDULING = 1;
  static final int PULL = 2;
  static final int CONTAINER = 3;
  static final int LOAD = 4;
  static final int PROVISIONING = 5;
  static final int GPU_REPAIR = 6;
  static final int NODE_REPAIR = 7;

  /** The first of the four {@link FaultKind}s' times, and below of their victims. */
  static final int FAULT_TIME = 8;

  static final int FAULT_VICTIM = 12;

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final DelaySampler sampler = new DelaySampler(Delay.NONE, this);
  private long seed;
  private long state;

  void reset(long newSeed) {
    seed = newSeed;
  }

  /** A delay for the {@code index}-th thing, whole nanoseconds. */
  long nanos(int purpose, long index, Delay delay) {
    return Nanos.of(seconds(purpose, index, delay));
  }

  /** A delay for the {@code index}-th thing, seconds. */
  double seconds(int purpose, long index, Delay delay) {
    if (delay.kind() == Delay.Kind.CONSTANT) {
      return delay.low();
    }
    start(purpose, index);
    return sampler.seconds(delay);
  }

  /** A number in {@code [0, bound)} for the {@code index}-th thing. */
  int below(int purpose, long index, int bound) {
    start(purpose, index);
    return nextInt(bound);
  }

  @Override
  public long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  private void start(int purpose, long index) {
    state = mix(mix(seed + GOLDEN * (purpose + 1)) + GOLDEN * (index + 1));
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
