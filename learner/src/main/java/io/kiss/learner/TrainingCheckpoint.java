package io.kiss.learner;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * A run with one worker at rest.
 *
 * <p>Layout, big endian: magic, version, counters, then optimiser, rollout and pending policy, each
 * behind its length (-1 where there is no pending policy), and a CRC-32 of everything before.
 *
 * @param iteration updates so far
 * @param environmentSteps learned from so far
 * @param optimizer a {@link PolicyOptimizer#checkpoint}
 * @param rollout state before the pending segment was collected
 * @param pendingPolicy a {@code PolicySnapshot}'s bytes, by which the segment that the next update
 *     learns from is collected; empty where it is the optimiser's
 */
record TrainingCheckpoint(
    long iteration,
    long environmentSteps,
    byte[] optimizer,
    byte[] rollout,
    Optional<byte[]> pendingPolicy) {

  private static final int MAGIC = 0x4b54524e; // "KTRN"
  private static final int VERSION = 1;

  byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + optimizer.length + rollout.length);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(MAGIC);
      out.writeInt(VERSION);
      out.writeLong(iteration);
      out.writeLong(environmentSteps);
      write(out, optimizer);
      write(out, rollout);
      if (pendingPolicy.isPresent()) {
        write(out, pendingPolicy.get());
      } else {
        out.writeInt(-1);
      }
      out.writeInt(crc(bytes.toByteArray(), bytes.size()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, byte[] part) throws IOException {
    out.writeInt(part.length);
    out.write(part);
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IllegalArgumentException saying why where it is torn or foreign
   */
  static TrainingCheckpoint fromBytes(byte[] bytes) {
    int body = bytes.length - Integer.BYTES;
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (bytes.length < 3 * Integer.BYTES || in.readInt() != MAGIC) {
        throw new IllegalArgumentException("not a checkpoint of a KIS-S training run");
      }
      if (crc(bytes, body) != ByteBuffer.wrap(bytes).getInt(body)) {
        throw new IllegalArgumentException(
            "the checkpoint of the training run is torn: its checksum does not match");
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw new IllegalArgumentException(
            "the checkpoint of the training run has format "
                + version
                + ", this version reads "
                + VERSION
                + "; go on with the version that wrote it, or start a new run");
      }
      return new TrainingCheckpoint(
          in.readLong(),
          in.readLong(),
          read(in).orElseThrow(TrainingCheckpoint::torn),
          read(in).orElseThrow(TrainingCheckpoint::torn),
          read(in));
    } catch (IOException e) {
      throw torn();
    }
  }

  private static Optional<byte[]> read(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length == -1) {
      return Optional.empty();
    }
    if (length < 0 || length > in.available() - Integer.BYTES) {
      throw torn();
    }
    return Optional.of(in.readNBytes(length));
  }

  private static IllegalArgumentException torn() {
    return new IllegalArgumentException("the checkpoint of the training run ends too early");
  }

  private static int crc(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }
}
