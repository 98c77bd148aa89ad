package io.kiss.learner.ppo;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Arrays of known length to and from a stream. */
final class Bytes {
  private Bytes() {}

  static void write(DataOutputStream out, float[] values) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * values.length);
    buffer.asFloatBuffer().put(values);
    out.write(buffer.array());
  }

  static void write(DataOutputStream out, double[] values) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(Double.BYTES * values.length);
    buffer.asDoubleBuffer().put(values);
    out.write(buffer.array());
  }

  static void read(DataInputStream in, float[] values) throws IOException {
    raw(in, Float.BYTES * values.length).asFloatBuffer().get(values);
  }

  static void read(DataInputStream in, double[] values) throws IOException {
    raw(in, Double.BYTES * values.length).asDoubleBuffer().get(values);
  }

  private static ByteBuffer raw(DataInputStream in, int length) throws IOException {
    byte[] raw = in.readNBytes(length);
    if (raw.length < length) {
      throw new EOFException();
    }
    return ByteBuffer.wrap(raw);
  }
}
