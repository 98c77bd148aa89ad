package io.kiss.kisim.autoscale;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Everything a scaler needs to decide: the actor network's weights, the frozen observation
 * normaliser and the range it was trained on, bound to an observation and an action space.
 *
 * <p>The network is a multilayer perceptron with tanh between layers. {@code weights} holds, layer
 * after layer, the matrix {@code [out × in]} row by row and then the bias {@code [out]}.
 *
 * @param observationId {@link ScalerCore#OBSERVATION_ID} at training
 * @param actionId {@link ActionSpace#ID} at training
 * @param layers sizes from the observation to the logits, such as {@code [29, 64, 64, 10]}
 * @param heads logits of each choice made at once, such as {@code [10]} for one choice among ten;
 *     their sum is the last layer's size, and they lie there in this order
 * @param weights all layers' weights and biases
 * @param mean of the observations in training {@code [features]}
 * @param deviation standard deviation of the observations in training {@code [features]}
 * @param lowest seen in training {@code [features]}
 * @param highest seen in training {@code [features]}
 */
public record PolicySnapshot(
    String observationId,
    String actionId,
    int[] layers,
    int[] heads,
    float[] weights,
    float[] mean,
    float[] deviation,
    float[] lowest,
    float[] highest) {

  private static final int MAGIC = 0x4b495353; // "KISS"

  /** One head; most policies are of this kind, and keep the identity they always had. */
  private static final int ONE_HEAD = 1;

  /** The heads follow the layers. */
  private static final int SEVERAL_HEADS = 2;

  private static final int MAX_LAYERS = 16;
  private static final int MAX_WIDTH = 4096;

  /** Checks shapes; keeps the arrays, which nobody may change from here on. */
  public PolicySnapshot {
    if (layers.length < 2 || layers.length > MAX_LAYERS) {
      throw new IllegalArgumentException("a policy needs 2.." + MAX_LAYERS + " layer sizes");
    }
    for (int width : layers) {
      if (width < 1 || width > MAX_WIDTH) {
        throw new IllegalArgumentException("layer size " + width + " is not in 1.." + MAX_WIDTH);
      }
    }
    requireHeads(layers, heads);
    if (weights.length != weightCount(layers)) {
      throw new IllegalArgumentException(
          "layers "
              + Arrays.toString(layers)
              + " need "
              + weightCount(layers)
              + " weights, not "
              + weights.length);
    }
    for (float[] perFeature : new float[][] {mean, deviation, lowest, highest}) {
      if (perFeature.length != layers[0]) {
        throw new IllegalArgumentException(
            "the normaliser has " + perFeature.length + " features, the network " + layers[0]);
      }
    }
    for (float weight : weights) {
      if (!Float.isFinite(weight)) {
        throw new IllegalArgumentException("a weight is not a finite number");
      }
    }
  }

  /** A policy that chooses one action among as many as there are logits. */
  public PolicySnapshot(
      String observationId,
      String actionId,
      int[] layers,
      float[] weights,
      float[] mean,
      float[] deviation,
      float[] lowest,
      float[] highest) {
    this(
        observationId,
        actionId,
        layers,
        Arrays.copyOfRange(layers, Math.max(0, layers.length - 1), layers.length),
        weights,
        mean,
        deviation,
        lowest,
        highest);
  }

  private static void requireHeads(int[] layers, int[] heads) {
    int logits = 0;
    for (int head : heads) {
      if (head < 1) {
        throw new IllegalArgumentException("a head of " + head + " actions has nothing to choose");
      }
      logits += head;
    }
    if (logits != layers[layers.length - 1]) {
      throw new IllegalArgumentException(
          "the heads "
              + Arrays.toString(heads)
              + " need "
              + logits
              + " logits, the network has "
              + layers[layers.length - 1]);
    }
  }

  /** Number of weights and biases of a perceptron with these layer sizes. */
  public static int weightCount(int[] layers) {
    int count = 0;
    for (int i = 1; i < layers.length; i++) {
      count += layers[i] * (layers[i - 1] + 1);
    }
    return count;
  }

  /**
   * Says whether this build can run the policy.
   *
   * @throws IllegalArgumentException with the reason where it cannot
   */
  public PolicySnapshot requireCompatible() {
    if (!observationId.equals(ScalerCore.OBSERVATION_ID)
        || layers[0] != ScalerCore.OBSERVATION_SIZE) {
      throw new IllegalArgumentException(
          "the policy was trained on observation "
              + observationId
              + ", this version encodes "
              + ScalerCore.OBSERVATION_ID
              + "; train it again");
    }
    if (!actionId.equals(ActionSpace.ID)
        || heads.length != 1
        || layers[layers.length - 1] != ActionSpace.SIZE) {
      throw new IllegalArgumentException(
          "the policy was trained on actions "
              + actionId
              + ", this version acts by "
              + ActionSpace.ID
              + "; train it again");
    }
    return this;
  }

  /** The snapshot as bytes; equal snapshots give equal bytes. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + 4 * weights.length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeInt(heads.length == 1 ? ONE_HEAD : SEVERAL_HEADS);
      out.writeUTF(observationId);
      out.writeUTF(actionId);
      write(out, layers);
      if (heads.length > 1) {
        write(out, heads);
      }
      for (float[] values : new float[][] {weights, mean, deviation, lowest, highest}) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length);
        buffer.asFloatBuffer().put(values);
        out.write(buffer.array());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, int[] sizes) throws IOException {
    out.writeInt(sizes.length);
    for (int size : sizes) {
      out.writeInt(size);
    }
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException if these bytes are no policy, or a torn one
   */
  public static PolicySnapshot fromBytes(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readInt() != MAGIC) {
        throw new IllegalArgumentException("not a KIS-S policy");
      }
      int version = in.readInt();
      if (version != ONE_HEAD && version != SEVERAL_HEADS) {
        throw new IllegalArgumentException(
            "policy format "
                + version
                + " is not known here; this version reads "
                + ONE_HEAD
                + " and "
                + SEVERAL_HEADS);
      }
      String observationId = in.readUTF();
      String actionId = in.readUTF();
      int[] layers = readSizes(in, 2, MAX_LAYERS, "layers");
      int[] heads =
          version == ONE_HEAD
              ? new int[] {layers[layers.length - 1]}
              : readSizes(in, 2, layers[layers.length - 1], "heads");
      PolicySnapshot snapshot =
          new PolicySnapshot(
              observationId,
              actionId,
              layers,
              heads,
              readFloats(in, weightCount(layers)),
              readFloats(in, layers[0]),
              readFloats(in, layers[0]),
              readFloats(in, layers[0]),
              readFloats(in, layers[0]));
      if (in.available() > 0) {
        throw new IllegalArgumentException("the policy has bytes after its end");
      }
      return snapshot;
    } catch (IOException e) {
      throw new IllegalArgumentException("the policy is torn: it ends too early", e);
    }
  }

  private static int[] readSizes(DataInputStream in, int fewest, int most, String what)
      throws IOException {
    int count = in.readInt();
    if (count < fewest || count > most) {
      throw new IllegalArgumentException("the policy is torn: " + count + " " + what);
    }
    int[] sizes = new int[count];
    for (int i = 0; i < count; i++) {
      sizes[i] = in.readInt();
      if (sizes[i] < 1 || sizes[i] > MAX_WIDTH) {
        throw new IllegalArgumentException("the policy is torn: " + what + " of " + sizes[i]);
      }
    }
    return sizes;
  }

  private static float[] readFloats(DataInputStream in, int count) throws IOException {
    byte[] raw = in.readNBytes(4 * count);
    if (raw.length < 4 * count) {
      throw new java.io.EOFException();
    }
    float[] values = new float[count];
    ByteBuffer.wrap(raw).asFloatBuffer().get(values);
    return values;
  }

  /** SHA-256 of {@link #toBytes}, in hexadecimal: the policy's identity. */
  public String sha256() {
    return sha256(toBytes());
  }

  /** SHA-256 in hexadecimal. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PolicySnapshot that && Arrays.equals(toBytes(), that.toBytes());
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(weights);
  }

  @Override
  public String toString() {
    return "PolicySnapshot" + Arrays.toString(layers);
  }
}
