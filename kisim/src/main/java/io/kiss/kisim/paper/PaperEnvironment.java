package io.kiss.kisim.paper;

import io.kiss.kisim.env.VectorEnvironment;
import io.kiss.kisim.env.VectorStep;
import io.kiss.kisim.gpu.DeviceKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * The paper's environment: ten figures seen, three choices made at once, its reward; the four
 * patterns in turn. Episodes end for good after {@link PaperSetup#STEPS}, which the observation
 * shows coming.
 *
 * <p>Actions: GPU replicas −2..+2, CPU replicas −2..+2, {@link Placement}.
 */
public final class PaperEnvironment implements VectorEnvironment {
  /** Names the observation, for policies. */
  public static final String OBSERVATION_ID = "kis-s-paper-10";

  /** Names the actions, for policies. */
  public static final String ACTION_ID = "kis-s-paper-5-5-3";

  /** The figures of an observation, in order. */
  public static final List<String> OBSERVATION =
      List.of(
          "CPU %",
          "memory %",
          "GPU %",
          "p95 ms",
          "throughput/s",
          "GPU replicas",
          "CPU replicas",
          "load trend",
          "load variance",
          "episode progress");

  /** Choices a head. */
  public static final List<Integer> HEADS = List.of(5, 5, 3);

  /** Index of "as many as before" in a head of replicas. */
  public static final int STAY = 2;

  private static final int ACTIONS = 13;
  private static final int STATE_VERSION = 1;
  private static final double MOST_MS = 10_000;
  private static final double MOST_THROUGHPUT = 100;
  private static final List<DeviceKind> BOTH = List.of(DeviceKind.GPU, DeviceKind.CPU);

  private final PaperSetup setup;
  private final long seed;
  private final Slot[] slots;
  private final VectorStep buffer;
  private boolean started;

  /** One of the environments: the present episode and how it came to be. */
  private static final class Slot {
    private final PaperEpisode episode;
    private final PaperLoadHistory history = new PaperLoadHistory();
    private final byte[] actions = new byte[PaperSetup.STEPS * HEADS.size()];
    private int number;
    private double sum;
    private PaperStep last;

    Slot(PaperSetup setup) {
      episode = new PaperEpisode(setup, BOTH);
    }
  }

  /**
   * Makes environments.
   *
   * @param environments how many
   * @param seed all randomness comes from it; the same seed and actions give the same steps
   */
  public PaperEnvironment(int environments, long seed, PaperSetup setup) {
    if (environments < 1) {
      throw new IllegalArgumentException("environments must be at least 1, not " + environments);
    }
    this.setup = setup;
    this.seed = seed;
    slots = new Slot[environments];
    for (int e = 0; e < environments; e++) {
      slots[e] = new Slot(setup);
    }
    buffer = new VectorStep(environments, OBSERVATION.size(), ACTIONS);
  }

  @Override
  public int size() {
    return slots.length;
  }

  @Override
  public int observationSize() {
    return OBSERVATION.size();
  }

  @Override
  public int actionCount() {
    return ACTIONS;
  }

  @Override
  public int[] actionHeads() {
    return HEADS.stream().mapToInt(head -> head).toArray();
  }

  @Override
  public VectorStep reset() {
    for (int e = 0; e < slots.length; e++) {
      start(e, 0);
      show(e);
    }
    Arrays.fill(buffer.rewards, 0);
    Arrays.fill(buffer.terminated, false);
    Arrays.fill(buffer.masks, 1);
    started = true;
    return buffer;
  }

  private void start(int e, int number) {
    Slot slot = slots[e];
    slot.number = number;
    slot.sum = 0;
    slot.last = null;
    slot.history.clear();
    PaperPattern[] patterns = PaperPattern.values();
    PaperPattern pattern = patterns[(number + e) % patterns.length];
    slot.episode.start(pattern, PaperSetup.INITIAL_REPLICAS, episodeSeed(seed, e, number));
  }

  /** Seed of an episode; neighbours share no bits (SplitMix64). */
  private static long episodeSeed(long seed, int environment, int number) {
    return mix(mix(mix(seed) + environment) + number);
  }

  private static long mix(long value) {
    long z = value + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Override
  public VectorStep step(int[] actions) {
    if (!started) {
      throw new IllegalStateException("reset() comes before step()");
    }
    for (int e = 0; e < slots.length; e++) {
      Slot slot = slots[e];
      buffer.rewards[e] = (float) act(slot, actions, e * HEADS.size());
      boolean ended = slot.episode.ended();
      buffer.terminated[e] = ended;
      if (ended) {
        encode(slot, buffer.terminalObservations, e * OBSERVATION.size());
        buffer.episodeReturns[e] = slot.sum;
        buffer.episodeSloAttainment[e] = attainment(slot.episode);
        buffer.episodeGpuHours[e] = slot.episode.truth(DeviceKind.GPU).gpuSeconds() / 3600;
        start(e, slot.number + 1);
      }
      show(e);
    }
    return buffer;
  }

  private static double act(Slot slot, int[] actions, int from) {
    PaperEpisode episode = slot.episode;
    for (int head = 0; head < HEADS.size(); head++) {
      int action = actions[from + head];
      if (action < 0 || action >= HEADS.get(head)) {
        throw new IllegalArgumentException("head " + head + " has no action " + action);
      }
      slot.actions[episode.steps() * HEADS.size() + head] = (byte) action;
    }
    apply(episode, actions, from);
    slot.last = episode.endStep();
    slot.history.add(slot.last.throughput());
    double reward = slot.last.reward().total();
    slot.sum += reward;
    return reward;
  }

  /** Does what three choices say. */
  static void apply(PaperEpisode episode, int[] actions, int from) {
    int gpu = episode.replicas(DeviceKind.GPU) + actions[from] - STAY;
    int cpu = episode.replicas(DeviceKind.CPU) + actions[from + 1] - STAY;
    episode.scaleTo(DeviceKind.GPU, gpu);
    episode.scaleTo(DeviceKind.CPU, cpu);
    episode.place(Placement.values()[actions[from + 2]]);
  }

  private static double attainment(PaperEpisode episode) {
    double violating =
        episode.truth(DeviceKind.GPU).violating() + episode.truth(DeviceKind.CPU).violating();
    double departed =
        episode.truth(DeviceKind.GPU).departed() + episode.truth(DeviceKind.CPU).departed();
    return departed > 0 ? 1 - violating / departed : 1;
  }

  private void show(int e) {
    Slot slot = slots[e];
    // Without a measurement nobody decides: no constant stands in for one.
    boolean known = slot.last == null || !Double.isNaN(slot.last.p95Ms());
    buffer.policyDecides[e] = known;
    encode(slot, buffer.observations, e * OBSERVATION.size());
  }

  /** Writes what is known; zeros where no request was answered, and before the first step. */
  private static void encode(Slot slot, float[] out, int offset) {
    encode(slot.episode, slot.last, slot.history, out, offset);
  }

  /**
   * Writes an observation.
   *
   * @param last step measured; null before the first, when all that was measured reads 0
   */
  static void encode(
      PaperEpisode episode, PaperStep last, PaperLoadHistory history, float[] out, int offset) {
    boolean measured = last != null && !Double.isNaN(last.p95Ms());
    out[offset] = measured ? (float) last.cpuPercent() : 0;
    out[offset + 1] =
        last == null
            ? 100f * PaperSetup.INITIAL_REPLICAS / PaperSetup.MOST_REPLICAS
            : (float) last.memoryPercent();
    out[offset + 2] = measured ? (float) last.gpuPercent() : 0;
    out[offset + 3] = measured ? (float) Math.min(MOST_MS, last.p95Ms()) : 0;
    out[offset + 4] = measured ? (float) Math.min(MOST_THROUGHPUT, last.throughput()) : 0;
    out[offset + 5] = episode.replicas(DeviceKind.GPU);
    out[offset + 6] = episode.replicas(DeviceKind.CPU);
    out[offset + 7] = (float) history.trend();
    out[offset + 8] = (float) history.variance();
    out[offset + 9] = (float) episode.steps() / PaperSetup.STEPS;
  }

  @Override
  public byte[] saveState() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(STATE_VERSION);
      out.writeInt(slots.length);
      out.writeLong(seed);
      out.writeInt(setup.toString().hashCode());
      for (Slot slot : slots) {
        out.writeInt(slot.number);
        out.writeInt(slot.episode.steps());
        out.write(slot.actions, 0, slot.episode.steps() * HEADS.size());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The engine is deterministic: repeating an episode's actions leads back to the same bits. */
  @Override
  public VectorStep restoreState(byte[] state) {
    reset();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(state))) {
      if (in.readInt() != STATE_VERSION
          || in.readInt() != slots.length
          || in.readLong() != seed
          || in.readInt() != setup.toString().hashCode()) {
        throw new IllegalArgumentException(
            "the state is not of an environment with this size, seed and setup");
      }
      for (int e = 0; e < slots.length; e++) {
        start(e, in.readInt());
        int steps = in.readInt();
        if (steps < 0 || steps >= PaperSetup.STEPS) {
          throw new IOException("an episode has " + steps + " steps");
        }
        for (int s = 0; s < steps; s++) {
          int[] actions = {in.readByte(), in.readByte(), in.readByte()};
          act(slots[e], actions, 0);
        }
        show(e);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("environment state refused: " + e.getMessage(), e);
    }
    return buffer;
  }
}
