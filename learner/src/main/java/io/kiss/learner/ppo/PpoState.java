package io.kiss.learner.ppo;

import io.kiss.kisim.autoscale.PolicyNetwork;
import io.kiss.kisim.autoscale.PolicySnapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * All that an update changes. Its bytes are the checkpoint, and what a failed update goes back to.
 *
 * <p>Layout, big endian: magic, version, observation and action id, layer sizes, heads, counters,
 * weights, Adam's moments, normalisers, and a CRC-32 of everything before.
 */
final class PpoState {
  private static final int MAGIC = 0x4b50504f; // "KPPO"
  private static final int VERSION = 2;

  final NetworkShape shape;
  final ActorCritic network;
  final float[] parameters;
  final float[] first;
  final float[] second;
  final ObservationNormaliser observations;
  final ValueNormaliser returns = new ValueNormaliser();

  /** Of the run; the shuffling of an update is drawn from it and the number of the update. */
  long seed;

  long updates;
  long environmentSteps;
  long adamSteps;
  long rollbacks;

  /** What rollbacks have left of the step, 0..1. */
  double stepScale = 1;

  /** Share of the run that is over as its owner says; NaN where it said nothing. */
  double progress = Double.NaN;

  /** An empty state. */
  private PpoState(NetworkShape shape, ActorCritic network, float[] parameters) {
    this.shape = shape;
    this.network = network;
    this.parameters = parameters;
    first = new float[parameters.length];
    second = new float[parameters.length];
    observations = new ObservationNormaliser(network.features());
  }

  static PpoState random(NetworkShape shape, ActorCritic network, long seed) {
    PpoState state = new PpoState(shape, network, network.initialParameters(seed));
    state.seed = seed;
    return state;
  }

  PolicySnapshot snapshot() {
    return new PolicySnapshot(
        shape.observationId(),
        shape.actionId(),
        network.actor(),
        network.heads(),
        Arrays.copyOf(parameters, network.actorSize()),
        observations.mean(),
        observations.deviation(),
        observations.lowest(),
        observations.highest());
  }

  /**
   * The critic's answers, in plain Java as the actor's are in a worker: a forward pass alone costs
   * the engines several times as much.
   *
   * @param normalised observations {@code [rows × features]}
   * @param rows of the observations, from the first on
   * @return normalised values {@code [rows]}
   */
  float[] values(float[] normalised, int rows) {
    float[] weights = Arrays.copyOfRange(parameters, network.actorSize(), parameters.length);
    return forward(network.critic(), weights, normalised, rows);
  }

  /**
   * The actor's answers, as {@link #values}.
   *
   * @return logits of all heads {@code [rows × actions]}
   */
  float[] logits(float[] normalised, int rows) {
    float[] weights = Arrays.copyOf(parameters, network.actorSize());
    return forward(network.actor(), weights, normalised, rows);
  }

  private float[] forward(int[] layers, float[] weights, float[] normalised, int rows) {
    float[] zeros = new float[network.features()];
    float[] ones = new float[network.features()];
    Arrays.fill(ones, 1);
    PolicySnapshot snapshot =
        new PolicySnapshot(
            shape.observationId(), shape.actionId(), layers, weights, zeros, ones, zeros, zeros);
    float[] outputs = new float[rows * layers[layers.length - 1]];
    new PolicyNetwork(snapshot).logits(normalised, 0, rows, outputs, 0);
    return outputs;
  }

  boolean isFinite() {
    boolean finite = true;
    for (float parameter : parameters) {
      finite &= Float.isFinite(parameter);
    }
    return finite
        && observations.isFinite()
        && Double.isFinite(returns.mean())
        && Double.isFinite(returns.deviation());
  }

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024 + 12 * parameters.length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeInt(VERSION);
      out.writeUTF(shape.observationId());
      out.writeUTF(shape.actionId());
      out.writeUTF(Arrays.toString(network.actor()));
      out.writeUTF(Arrays.toString(network.heads()));
      out.writeLong(seed);
      out.writeLong(updates);
      out.writeLong(environmentSteps);
      out.writeLong(adamSteps);
      out.writeLong(rollbacks);
      out.writeDouble(stepScale);
      out.writeDouble(progress);
      Bytes.write(out, parameters);
      Bytes.write(out, first);
      Bytes.write(out, second);
      observations.write(out);
      returns.write(out);
      out.writeInt(crc(bytes.toByteArray(), bytes.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException saying why where it is torn, foreign or of another network
   */
  static PpoState fromBytes(NetworkShape shape, ActorCritic network, byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (bytes.length < 2 * Integer.BYTES || in.readInt() != MAGIC) {
        throw new IllegalArgumentException("these bytes are no KIS-S training checkpoint");
      }
      int body = bytes.length - Integer.BYTES;
      if (crc(bytes, body) != ByteBuffer.wrap(bytes).getInt(body)) {
        throw new IllegalArgumentException(
            "the training checkpoint is torn: its checksum does not match; use the one before it");
      }
      requireEqual("format", Integer.toString(VERSION), Integer.toString(in.readInt()));
      requireEqual("observation", shape.observationId(), in.readUTF());
      requireEqual("actions", shape.actionId(), in.readUTF());
      requireEqual("layers", Arrays.toString(network.actor()), in.readUTF());
      requireEqual("heads", Arrays.toString(network.heads()), in.readUTF());
      PpoState state = new PpoState(shape, network, new float[network.size()]);
      state.read(in);
      if (in.available() != Integer.BYTES) {
        throw new IllegalArgumentException("the training checkpoint has bytes after its end");
      }
      return state;
    } catch (IOException e) {
      throw new IllegalArgumentException("the training checkpoint ends too early", e);
    }
  }

  private void read(DataInputStream in) throws IOException {
    seed = in.readLong();
    updates = in.readLong();
    environmentSteps = in.readLong();
    adamSteps = in.readLong();
    rollbacks = in.readLong();
    stepScale = in.readDouble();
    progress = in.readDouble();
    Bytes.read(in, parameters);
    Bytes.read(in, first);
    Bytes.read(in, second);
    observations.read(in);
    returns.read(in);
  }

  private static void requireEqual(String what, String here, String found) {
    if (!here.equals(found)) {
      throw new IllegalArgumentException(
          "the training checkpoint is of another kind: its "
              + what
              + " is "
              + found
              + ", here it is "
              + here
              + "; start a new run, or restore it with the settings it was made with");
    }
  }

  private static int crc(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
